import { Injectable } from '@nestjs/common';
import { InventoryFacade } from '../../inventory/index.js';
import { PaymentsFacade } from '../../payments/index.js';
import { may, type SignedIn } from '../../platform/access/index.js';
import { Db, type Tx } from '../../platform/database/index.js';
import { AppError } from '../../platform/errors/index.js';
import type { ExpectedVersions } from '../../platform/http/index.js';
import { IdempotencyStore, type KeptAnswer, type KeyUse } from '../../platform/idempotency/index.js';
import type { RefundId } from '../../platform/ids/index.js';
import { Clock } from '../../platform/time/index.js';
import { OrdersRepository } from '../data/orders.repository.js';
import { ReturnsRepository } from '../data/returns.repository.js';
import type { OrderReturn } from '../domain/order-return.js';
import type { Order } from '../domain/order.js';
import { planReceipt, type ReceiptRequest, type ReceivedUnits } from '../domain/return-plan.js';
import { requireStep } from '../domain/return-status.js';
import { AfterSalesNews } from './after-sales-news.service.js';
import { ChangeOrder } from './change-order.service.js';
import { OrderAnswers } from './order-answers.js';
import { ReadOrdersService } from './read-orders.service.js';
import { RefundOrderService } from './refund-order.service.js';
import { RefundUnits } from './refund-units.service.js';

export interface ReceiveReturn {
  /** Absent: all that was asked for came, and goes on the shelf. */
  readonly items: readonly ReceiptRequest[] | undefined;
  /** Whether the money of what came goes back with it. */
  readonly refund: boolean;
  readonly expected: ExpectedVersions;
}

type Received = { readonly answer: KeptAnswer; readonly refundId: RefundId | null };

/**
 * Takes returned goods in, and gives their money back where that is asked for: the goods and the intention of the refund in one
 * transaction, then the provider, then the outcome. A crash between leaves a refund that the recovery job finishes.
 */
@Injectable()
export class ReceiveReturnService {
  constructor(
    private readonly db: Db,
    private readonly changes: ChangeOrder,
    private readonly orders: OrdersRepository,
    private readonly returns: ReturnsRepository,
    private readonly inventory: InventoryFacade,
    private readonly payments: PaymentsFacade,
    private readonly units: RefundUnits,
    private readonly refunds: RefundOrderService,
    private readonly reads: ReadOrdersService,
    private readonly answers: OrderAnswers,
    private readonly keys: IdempotencyStore,
    private readonly news: AfterSalesNews,
    private readonly clock: Clock,
  ) {}

  /**
   * A refund that the provider refuses undoes nothing: the goods are here. It stands in the answer as failed.
   * @throws NotFoundError, ReturnStateError, StaleVersionError; `auth.permission_missing` for a refund without `payments:refund`,
   *   `orders.return_*`, `orders.refund_*`, `orders.nothing_to_refund`, `idempotency.*`
   */
  async receive(
    orderId: string,
    returnId: string,
    input: ReceiveReturn,
    actor: SignedIn,
    key: KeyUse | undefined,
  ): Promise<KeptAnswer> {
    if (input.refund && !may(actor, 'payments:refund'))
      throw new AppError('forbidden', 'auth.permission_missing', 'A refund takes the permission payments:refund.');
    const { answer, refundId } = await this.db.transaction((tx) =>
      this.begin(tx, orderId, returnId, input, actor, key),
    );
    if (refundId === null) return answer;
    await this.refunds.settle(orderId, refundId, await this.payments.refund(refundId));
    return this.db.transaction(async (tx) => {
      const settled = this.answers.changed(await this.reads.readById(tx, orderId), 200);
      if (key) this.keys.complete(tx, key, settled);
      return settled;
    });
  }

  private async begin(
    tx: Tx,
    orderId: string,
    returnId: string,
    input: ReceiveReturn,
    actor: SignedIn,
    key: KeyUse | undefined,
  ): Promise<Received> {
    const caller = { actor, token: undefined };
    const request = { orderId, caller, permission: 'orders:write', expected: input.expected, key } as const;
    const opened = await this.changes.open(tx, request);
    if ('answer' in opened) return { answer: opened.answer, refundId: null };
    const asked = await this.returns.getWithLines(tx, opened.order.id, returnId);
    const status = requireStep(asked.status, 'receive');
    const units = planReceipt(opened.order.lines, asked.lines, input.items);
    const order = await this.count(tx, opened.order, units);
    const refund = input.refund ? await this.beginRefund(tx, order, units, actor) : null;
    await this.shelve(tx, order, units, actor);
    const now = this.clock.now();
    const change = { status, receivedAt: now, refundId: refund?.id ?? null };
    await this.returns.change(tx, asked.id, change);
    const lines = received(asked, units);
    await this.returns.receiveLines(tx, asked.id, lines);
    this.orders.change(tx, order, {}, now);
    await this.news.returnReceived(tx, order, { ...asked, ...change, lines }, refund?.amount ?? null, caller);
    // With a refund, the answer of a process that dies before it has heard from the provider; overwritten by the final one.
    const answer = this.answers.changed(await this.reads.readById(tx, orderId), 200);
    if (key) this.keys.complete(tx, key, answer);
    return { answer, refundId: refund?.id ?? null };
  }

  private count(tx: Tx, order: Order, units: readonly ReceivedUnits[]): Promise<Order> {
    const counts = units.map(({ itemId, received: returned, restocked }) => ({
      orderLineId: itemId,
      returned,
      restocked,
    }));
    return this.orders.countOnLines(tx, order, counts, this.clock.now());
  }

  /** A refund for just the units that came; null id where they cost nothing. */
  private async beginRefund(
    tx: Tx,
    order: Order,
    units: readonly ReceivedUnits[],
    actor: SignedIn,
  ): Promise<{ readonly id: RefundId | null; readonly amount: bigint }> {
    const items = units.map(({ itemId, received: quantity }) => ({ itemId, quantity }));
    const plan = await this.units.plan(tx, order, { items }, 'return');
    const id = await this.units.begin(tx, order, { plan, reason: 'Returned goods', actor });
    return { id, amount: plan.amount };
  }

  private async shelve(tx: Tx, order: Order, units: readonly ReceivedUnits[], actor: SignedIn): Promise<void> {
    const variants = new Map(order.lines.map(({ id, variantId }) => [id, variantId]));
    const back = units
      .filter(({ restocked }) => restocked > 0)
      .map(({ itemId, restocked }) => ({ variantId: variants.get(itemId) ?? '', quantity: restocked }));
    await this.inventory.giveBack(tx, order.id, back, {
      reason: `Return of order ${order.number}`,
      actorId: actor.userId,
      sent: true,
    });
  }
}

function received(asked: OrderReturn, units: readonly ReceivedUnits[]): OrderReturn['lines'] {
  const byLine = new Map(units.map((unit) => [unit.itemId, unit]));
  return asked.lines.map((line) => {
    const unit = byLine.get(line.orderLineId);
    return { ...line, received: unit?.received ?? 0, restocked: unit?.restocked ?? 0 };
  });
}
