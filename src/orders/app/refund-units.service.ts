import { Injectable } from '@nestjs/common';
import { InventoryFacade } from '../../inventory/index.js';
import { PaymentsFacade } from '../../payments/index.js';
import { userIdOf, type Actor } from '../../platform/access/index.js';
import type { Tx } from '../../platform/database/index.js';
import type { RefundId } from '../../platform/ids/index.js';
import { Clock } from '../../platform/time/index.js';
import { OrdersRepository } from '../data/orders.repository.js';
import { paidFor, type LineCounts, type Order } from '../domain/order.js';
import { planRefund, type RefundOccasion, type RefundPlan, type RefundRequest } from '../domain/refund-plan.js';
import { capturedAttempt } from './captured-attempt.js';
import { OrderNews } from './order-news.service.js';

export interface RefundIntention {
  readonly plan: RefundPlan;
  readonly reason: string | null;
  readonly actor: Actor;
}

/** The intention of a refund, in the caller's transaction and with the order locked: what it takes of the lines and of the payment. */
@Injectable()
export class RefundUnits {
  constructor(
    private readonly orders: OrdersRepository,
    private readonly payments: PaymentsFacade,
    private readonly inventory: InventoryFacade,
    private readonly news: OrderNews,
    private readonly clock: Clock,
  ) {}

  /** What can still be refunded, by the lines and by the captured attempt. @throws `orders.refund_*` as `planRefund` does */
  async plan(tx: Tx, order: Order, request: RefundRequest, occasion: RefundOccasion): Promise<RefundPlan> {
    const attempts = await this.payments.findByOrder(tx, order.id);
    return planRefund(
      {
        currency: order.currency,
        lines: order.lines.map((line) => ({
          itemId: line.id,
          quantity: line.quantity,
          refundedQuantity: line.refundedQuantity,
          fulfilledQuantity: line.fulfilledQuantity,
          cancelledQuantity: line.cancelledQuantity,
          returnedQuantity: line.returnedQuantity,
          paid: paidFor(line),
          refunded: line.refundedAmount,
        })),
        captured: order.capturedTotal,
        refunded: capturedAttempt(attempts)?.refunded ?? 0n,
      },
      request,
      occasion,
    );
  }

  /**
   * Counts the units, puts those back on the shelf that came back (they are here, whatever the provider says), and writes the refund
   * that the provider is to be asked for; null where the units cost nothing, so that no provider is asked.
   */
  async begin(tx: Tx, order: Order, { plan, reason, actor }: RefundIntention): Promise<RefundId | null> {
    const counts = countsOf(order, plan);
    await this.orders.countOnLines(tx, order, counts, this.clock.now());
    if (plan.amount === 0n) {
      await this.restock(tx, order, counts, actor);
      return null;
    }
    const { refundId } = await this.payments.startRefund(tx, {
      orderId: order.id,
      amount: plan.amount,
      reason,
      actorId: userIdOf(actor),
    });
    await this.orders.insertRefundLines(
      tx,
      refundId,
      plan.items.map(({ itemId, ...item }) => ({ orderLineId: itemId, ...item })),
    );
    await this.restock(tx, order, counts, actor);
    await this.news.refundRequested(tx, order, { id: refundId, amount: plan.amount, reason }, actor);
    return refundId;
  }

  /** The provider refused: the units' money is still the shop's, and what was not sent can be sent after all. */
  async takeBack(tx: Tx, order: Order, refundId: string): Promise<Order> {
    const lines = await this.orders.findRefundLines(tx, [refundId]);
    const counts = lines.map(({ orderLineId, quantity, cancelled, amount }) => ({
      orderLineId,
      refunded: -quantity,
      amount: -amount,
      // Nothing of a cancelled order is sent, whatever became of its money.
      cancelled: order.status === 'cancelled' ? 0 : -cancelled,
    }));
    return this.orders.countOnLines(tx, order, counts, this.clock.now());
  }

  private async restock(tx: Tx, order: Order, counts: readonly LineCounts[], actor: Actor): Promise<void> {
    const variants = new Map(order.lines.map(({ id, variantId }) => [id, variantId]));
    const back = counts.flatMap(({ orderLineId, restocked = 0 }) => {
      const variantId = variants.get(orderLineId);
      return variantId !== undefined && restocked > 0 ? [{ variantId, quantity: restocked }] : [];
    });
    const movement = { reason: `Refund of order ${order.number}`, actorId: userIdOf(actor) };
    await this.inventory.giveBack(tx, order.id, back, movement);
  }
}

function countsOf(order: Order, plan: RefundPlan): LineCounts[] {
  const lines = new Map(order.lines.map((line) => [line.id, line]));
  return plan.items.map(({ itemId, quantity, cancelled, amount, restock }) => {
    const line = lines.get(itemId);
    const restocked = line && restock ? Math.min(quantity, line.quantity - line.restockedQuantity) : 0;
    return { orderLineId: itemId, refunded: quantity, cancelled, amount, restocked };
  });
}
