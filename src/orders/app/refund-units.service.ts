import { Injectable } from '@nestjs/common';
import { InventoryFacade } from '../../inventory/index.js';
import { PaymentsFacade, type Refund } from '../../payments/index.js';
import { userIdOf, type Actor } from '../../platform/access/index.js';
import type { Tx } from '../../platform/database/index.js';
import type { RefundId } from '../../platform/ids/index.js';
import { Clock } from '../../platform/time/index.js';
import { OrdersRepository, type LineRefund } from '../data/orders.repository.js';
import { paidFor, sentOffShelf, unsentOffShelf, type Order, type OrderLine } from '../domain/order.js';
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
   * Counts the units, and writes the refund that the provider is to be asked for; null where the units cost nothing, so that no provider
   * is asked. Units that a customer sent back go on the shelf at once: they are here, whatever the provider says. Those that were not sent
   * go there when the money has gone back, since until then they may have to be sent after all.
   */
  async begin(tx: Tx, order: Order, { plan, reason, actor }: RefundIntention): Promise<RefundId | null> {
    const counted = await this.orders.countOnLines(
      tx,
      order,
      plan.items.map(({ itemId, quantity, cancelled, amount }) => ({
        orderLineId: itemId,
        refunded: quantity,
        cancelled,
        amount,
      })),
      this.clock.now(),
    );
    const items = plan.items.map(({ itemId, ...item }) => ({ orderLineId: itemId, ...item }));
    const refundId = plan.amount === 0n ? null : await this.write(tx, order, { plan, reason, actor });
    const shelved = await this.restock(tx, counted, sentBack(counted, items), true, userIdOf(actor));
    if (refundId === null) await this.giveUp(tx, shelved, items, userIdOf(actor));
    return refundId;
  }

  /** The money has gone back: what was never sent and is to be restocked goes on the shelf, and nothing of it stays promised. */
  async finish(tx: Tx, order: Order, refund: Pick<Refund, 'id' | 'actorId'>): Promise<Order> {
    return this.giveUp(tx, order, await this.orders.findRefundLines(tx, [refund.id]), refund.actorId);
  }

  /** The provider refused: the units' money is still the shop's, and what was not sent can be sent after all. */
  async takeBack(tx: Tx, order: Order, refundId: string): Promise<Order> {
    // Nothing of a cancelled order is sent, whatever became of its money.
    return this.unrefund(tx, order, refundId, order.status !== 'cancelled');
  }

  /** The money came back to the shop after all was done: the units are not paid for again, and stay where they went. */
  async owe(tx: Tx, order: Order, refundId: string): Promise<Order> {
    return this.unrefund(tx, order, refundId, false);
  }

  private async unrefund(tx: Tx, order: Order, refundId: string, unsentAreDue: boolean): Promise<Order> {
    const lines = await this.orders.findRefundLines(tx, [refundId]);
    const counts = lines.map(({ orderLineId, quantity, cancelled, amount }) => ({
      orderLineId,
      refunded: -quantity,
      amount: -amount,
      cancelled: unsentAreDue ? -cancelled : 0,
    }));
    return this.orders.countOnLines(tx, order, counts, this.clock.now());
  }

  private async write(tx: Tx, order: Order, { plan, reason, actor }: RefundIntention): Promise<RefundId> {
    const actorId = userIdOf(actor);
    const { refundId } = await this.payments.startRefund(tx, {
      orderId: order.id,
      amount: plan.amount,
      reason,
      actorId,
    });
    await this.orders.insertRefundLines(
      tx,
      refundId,
      plan.items.map(({ itemId, ...item }) => ({ orderLineId: itemId, ...item })),
    );
    await this.news.refundRequested(tx, order, { id: refundId, amount: plan.amount, reason }, actor);
    return refundId;
  }

  /** Units that were not sent and never will be. A promise beyond the stock ends with them, put back or not: there is no unit to lose. */
  private async giveUp(tx: Tx, order: Order, items: readonly LineRefund[], actorId: string | null): Promise<Order> {
    const back = items.filter(({ restock }) => restock);
    const shelved = await this.restock(tx, order, givenUp(order, back), false, actorId);
    const lost = givenUp(
      shelved,
      items.filter(({ restock }) => !restock),
    );
    const why = { reason: `Refund of order ${order.number}`, actorId };
    const released = await this.inventory.giveUp(tx, order.id, lost, why);
    const counts = lost.flatMap(({ orderLineId, variantId }) => {
      const units = released.get(variantId) ?? 0;
      return units > 0 ? [{ orderLineId, restocked: units, withdrawn: units }] : [];
    });
    return counts.length > 0 ? this.orders.countOnLines(tx, shelved, counts, this.clock.now()) : shelved;
  }

  private async restock(
    tx: Tx,
    order: Order,
    units: readonly ShelvedUnits[],
    sent: boolean,
    actorId: string | null,
  ): Promise<Order> {
    if (units.length === 0) return order;
    await this.inventory.giveBack(tx, order.id, units, { reason: `Refund of order ${order.number}`, actorId, sent });
    const counts = units.map(({ orderLineId, quantity }) => ({
      orderLineId,
      restocked: quantity,
      withdrawn: sent ? 0 : quantity,
    }));
    return this.orders.countOnLines(tx, order, counts, this.clock.now());
  }
}

interface ShelvedUnits {
  readonly orderLineId: string;
  readonly variantId: string;
  readonly quantity: number;
}

/** Sent units that a refund puts on the shelf. Of those that came back with a return, it was decided when they came. */
function sentBack(order: Order, items: readonly LineRefund[]): ShelvedUnits[] {
  const back = items.filter(({ restock }) => restock);
  return unitsOf(order, back, (item, line) => {
    const kept = line.fulfilledQuantity - line.returnedQuantity;
    return Math.min(item.quantity - item.cancelled, kept, sentOffShelf(line));
  });
}

/** Units that a refund gives up unsent. */
function givenUp(order: Order, items: readonly LineRefund[]): ShelvedUnits[] {
  return unitsOf(order, items, (item, line) => Math.min(item.cancelled, unsentOffShelf(line)));
}

function unitsOf(
  order: Order,
  items: readonly LineRefund[],
  count: (item: LineRefund, line: OrderLine) => number,
): ShelvedUnits[] {
  const lines = new Map(order.lines.map((line) => [line.id, line]));
  return items.flatMap((item) => {
    const line = lines.get(item.orderLineId);
    const quantity = line ? count(item, line) : 0;
    return line && quantity > 0 ? [{ orderLineId: line.id, variantId: line.variantId, quantity }] : [];
  });
}
