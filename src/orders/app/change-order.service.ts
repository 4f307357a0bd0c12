import { Injectable } from '@nestjs/common';
import type { Permission } from '../../platform/access/index.js';
import { Db, type Tx } from '../../platform/database/index.js';
import { requireVersion, type ExpectedVersions } from '../../platform/http/index.js';
import { IdempotencyStore, type KeptAnswer, type KeyUse } from '../../platform/idempotency/index.js';
import { isUuid } from '../../platform/ids/index.js';
import { OrdersRepository } from '../data/orders.repository.js';
import type { Order } from '../domain/order.js';
import { OrderAccess, type OrderCaller } from './order-access.js';
import { OrderAnswers } from './order-answers.js';
import { ReadOrdersService } from './read-orders.service.js';

/** Who changes which order, and on what condition. */
export interface OrderChangeRequest {
  readonly orderId: string;
  readonly caller: OrderCaller;
  /** What lets somebody change it who is neither its owner nor the holder of its token. */
  readonly permission: Permission;
  readonly expected: ExpectedVersions;
  readonly key: KeyUse | undefined;
  /** Of the answer, which is the whole order. */
  readonly status: number;
}

/** Changes of an order that need no network: one transaction for the order's lock, the key, the change and its answer. */
@Injectable()
export class ChangeOrder {
  constructor(
    private readonly db: Db,
    private readonly orders: OrdersRepository,
    private readonly access: OrderAccess,
    private readonly keys: IdempotencyStore,
    private readonly reads: ReadOrdersService,
    private readonly answers: OrderAnswers,
  ) {}

  /**
   * `work` gets the locked order, and writes a new version of it where it changes what the order's JSON shows.
   * @throws NotFoundError, StaleVersionError; `idempotency.*`; what `work` throws, which rolls everything back
   */
  async run(request: OrderChangeRequest, work: (tx: Tx, order: Order) => Promise<void>): Promise<KeptAnswer> {
    const { orderId, key, status } = request;
    return this.db.transaction(async (tx) => {
      const opened = await this.open(tx, request);
      if ('answer' in opened) return opened.answer;
      await work(tx, opened.order);
      const answer = this.answers.changed(await this.reads.readById(tx, orderId), status);
      if (key) this.keys.complete(tx, key, answer);
      return answer;
    });
  }

  /**
   * The beginning of such a transaction: the locked order, or the answer that the key stands for already.
   * @throws NotFoundError, StaleVersionError; `idempotency.*`
   */
  async open(
    tx: Tx,
    { orderId, caller, permission, expected, key }: Omit<OrderChangeRequest, 'status'>,
  ): Promise<{ readonly order: Order } | { readonly answer: KeptAnswer }> {
    const found = isUuid(orderId) ? await this.orders.lockWithLines(tx, orderId) : null;
    // Before the key is looked at: an answer is only for those who may see the order.
    const order = this.access.require(found, caller, permission);
    const kept = key && (await this.keys.begin(tx, key));
    if (kept) return { answer: kept };
    requireVersion(expected, order.version);
    return { order };
  }
}
