import { Injectable } from '@nestjs/common';
import type { SignedIn } from '../../platform/access/index.js';
import type { ExpectedVersions } from '../../platform/http/index.js';
import type { KeptAnswer, KeyUse } from '../../platform/idempotency/index.js';
import { newId } from '../../platform/ids/index.js';
import { Clock } from '../../platform/time/index.js';
import { OrdersRepository } from '../data/orders.repository.js';
import { ReturnsRepository } from '../data/returns.repository.js';
import type { OrderReturn } from '../domain/order-return.js';
import { TooManyReturnsError } from '../domain/orders.errors.js';
import { requireReturnable } from '../domain/return-plan.js';
import { requireStep } from '../domain/return-status.js';
import { AfterSalesNews } from './after-sales-news.service.js';
import { ChangeOrder } from './change-order.service.js';
import type { OrderCaller } from './order-access.js';

export interface ReturnRequest {
  readonly items: readonly { readonly itemId: string; readonly quantity: number; readonly reason: string | null }[];
  readonly note: string | null;
  readonly expected: ExpectedVersions;
}

export interface ReturnDecision {
  readonly step: 'approve' | 'reject';
  readonly answer: string | null;
  readonly expected: ExpectedVersions;
}

/** An order's JSON holds its returns: a customer who asks and takes back again and again must not let it grow without end. */
const MAX_RETURNS = 50;

/** Returns until the goods come: customers ask, staff decide. */
@Injectable()
export class ReturnOrderService {
  constructor(
    private readonly changes: ChangeOrder,
    private readonly orders: OrdersRepository,
    private readonly returns: ReturnsRepository,
    private readonly news: AfterSalesNews,
    private readonly clock: Clock,
  ) {}

  /** @throws NotFoundError, TooManyReturnsError, StaleVersionError; `orders.return_*`, `idempotency.*` */
  async request(
    orderId: string,
    { items, note, expected }: ReturnRequest,
    caller: OrderCaller,
    key: KeyUse | undefined,
  ): Promise<KeptAnswer> {
    const request = { orderId, caller, permission: 'orders:write', expected, key, status: 201 } as const;
    return this.changes.run(request, async (tx, order) => {
      const earlier = await this.returns.findByOrderWithLines(tx, order.id);
      requireReturnable(order.lines, earlier, items);
      if (earlier.length >= MAX_RETURNS) throw new TooManyReturnsError(MAX_RETURNS);
      const now = this.clock.now();
      const asked: OrderReturn = {
        id: newId(),
        orderId: order.id,
        status: 'requested',
        note,
        answer: null,
        refundId: null,
        createdAt: now,
        decidedAt: null,
        receivedAt: null,
        lines: items.map(({ itemId, quantity, reason }) => ({
          orderLineId: itemId,
          quantity,
          reason,
          received: 0,
          restocked: 0,
        })),
      };
      await this.returns.insert(tx, asked);
      this.orders.change(tx, order, {}, now);
      await this.news.returnRequested(tx, order, asked, caller);
    });
  }

  /** @throws NotFoundError, ReturnStateError, StaleVersionError; `idempotency.*` */
  async decide(
    orderId: string,
    returnId: string,
    { step, answer, expected }: ReturnDecision,
    actor: SignedIn,
    key: KeyUse | undefined,
  ): Promise<KeptAnswer> {
    const caller = { actor, token: undefined };
    const request = { orderId, caller, permission: 'orders:write', expected, key, status: 200 } as const;
    return this.changes.run(request, async (tx, order) => {
      const found = await this.returns.getWithLines(tx, order.id, returnId);
      const status = requireStep(found.status, step);
      const now = this.clock.now();
      await this.returns.change(tx, found.id, { status, answer, decidedAt: now });
      this.orders.change(tx, order, {}, now);
      await this.news.returnDecided(tx, order, { ...found, status, answer, decidedAt: now }, caller);
    });
  }

  /** @throws NotFoundError, ReturnStateError, StaleVersionError; `idempotency.*` */
  async cancel(
    orderId: string,
    returnId: string,
    expected: ExpectedVersions,
    caller: OrderCaller,
    key: KeyUse | undefined,
  ): Promise<KeptAnswer> {
    const request = { orderId, caller, permission: 'orders:write', expected, key, status: 200 } as const;
    return this.changes.run(request, async (tx, order) => {
      const found = await this.returns.getWithLines(tx, order.id, returnId);
      await this.returns.change(tx, found.id, { status: requireStep(found.status, 'cancel') });
      this.orders.change(tx, order, {}, this.clock.now());
      await this.news.returnCancelled(tx, order, found, caller);
    });
  }
}
