import { Injectable } from '@nestjs/common';
import type { Refund } from '../../payments/index.js';
import { userIdOf, type Actor } from '../../platform/access/index.js';
import { AuditLog } from '../../platform/audit-log/index.js';
import type { Tx } from '../../platform/database/index.js';
import { Outbox } from '../../platform/outbox/index.js';
import { TimelineRepository } from '../data/timeline.repository.js';
import type { Order } from '../domain/order.js';
import {
  orderAuthorized,
  orderCancelled,
  orderPaid,
  orderPaymentFailed,
  orderRefunded,
  orderRefundReversed,
} from '../domain/orders.events.js';
import { auditedFacts } from '../domain/audited-facts.js';
import type { NewTimelineEntry, TimelineData, TimelineType } from '../domain/timeline.js';
import { OrderAccess, type OrderCaller } from './order-access.js';

/**
 * Tells what became of an order and its money, in the transaction of the change: an entry of its timeline, and an event where other
 * modules have to know. What staff did stands in the audit log, too. The order must be locked, or be new.
 */
@Injectable()
export class OrderNews {
  constructor(
    private readonly outbox: Outbox,
    private readonly timeline: TimelineRepository,
    private readonly access: OrderAccess,
    private readonly audit: AuditLog,
  ) {}

  async placed(tx: Tx, order: Order, actor: Actor): Promise<void> {
    const who = { actor: 'customer', actorId: userIdOf(actor) } as const;
    await this.note(tx, order, 'placed', who, { total: Number(order.total), currency: order.currency });
  }

  /** The money is set aside: the confirmation is owed from this moment. */
  async authorized(tx: Tx, order: Order): Promise<void> {
    await this.note(tx, order, 'authorized', SYSTEM, { amount: Number(order.total) });
    this.outbox.append(tx, orderAuthorized(order, this.access.tokenFor(order)));
  }

  /** @param confirmed whether the customer has a confirmation; it is owed from this moment otherwise */
  async paid(tx: Tx, order: Order, confirmed: boolean): Promise<void> {
    await this.note(tx, order, 'paid', SYSTEM, { amount: Number(order.total) });
    this.outbox.append(tx, orderPaid(order, this.access.tokenFor(order), confirmed));
  }

  /** @param confirmed whether the customer has a confirmation, so that they have to be told */
  async paymentFailed(tx: Tx, order: Order, reason: string, confirmed: boolean): Promise<void> {
    await this.note(tx, order, 'payment_failed', SYSTEM, { reason });
    this.outbox.append(tx, orderPaymentFailed(order, confirmed));
  }

  /** The money came when the order had been given up; it goes back. */
  async paymentLate(tx: Tx, order: Order): Promise<void> {
    await this.note(tx, order, 'payment_late', SYSTEM, { amount: Number(order.total) });
  }

  async captureRequested(tx: Tx, order: Order, actor: Actor): Promise<void> {
    await this.note(tx, order, 'capture_requested', staff(actor), {}, false, actor);
  }

  /** @param owed what goes back of the captured money, in minor units */
  async cancelled(tx: Tx, order: Order, owed: bigint, caller: OrderCaller): Promise<void> {
    const who = { actor: this.access.roleOf(order, caller, 'orders:write'), actorId: userIdOf(caller.actor) };
    await this.note(tx, order, 'cancelled', who, { reason: order.cancelReason }, true, caller.actor);
    this.outbox.append(tx, orderCancelled(order, owed));
  }

  /** @param actor null where the shop itself gives the money back */
  async refundRequested(
    tx: Tx,
    order: Order,
    refund: Pick<Refund, 'id' | 'amount' | 'reason'>,
    actor: Actor | null,
  ): Promise<void> {
    const data = { refundId: refund.id, amount: Number(refund.amount), reason: refund.reason };
    await this.note(tx, order, 'refund_requested', actor ? staff(actor) : SYSTEM, data, false, actor);
  }

  async refunded(tx: Tx, order: Order, refund: Refund): Promise<void> {
    await this.note(tx, order, 'refunded', SYSTEM, { refundId: refund.id, amount: Number(refund.amount) });
    this.outbox.append(tx, orderRefunded(order, refund.amount, refund.id));
  }

  async refundFailed(tx: Tx, order: Order, refund: Refund): Promise<void> {
    const data = { refundId: refund.id, amount: Number(refund.amount), reason: refund.failure };
    await this.note(tx, order, 'refund_failed', SYSTEM, data, false);
  }

  /** The customer was told that the money is on its way; they have to be told that it is not. */
  async refundReversed(tx: Tx, order: Order, refund: Refund): Promise<void> {
    const facts = { refundId: refund.id, amount: Number(refund.amount) };
    await this.note(tx, order, 'refund_reversed', SYSTEM, { ...facts, reason: refund.failure }, false);
    this.outbox.append(tx, orderRefundReversed(order, refund.amount, refund.id));
  }

  private async note(
    tx: Tx,
    order: Order,
    type: TimelineType,
    who: Pick<NewTimelineEntry, 'actor' | 'actorId'>,
    data: TimelineData,
    open = true,
    actor: Actor | null = null,
  ): Promise<void> {
    this.timeline.append(tx, { orderId: order.id, type, ...who, data, public: open });
    if (who.actor === 'staff' && actor) await this.audit.record(tx, actor, auditedFacts(order.id, type, data));
  }
}

const SYSTEM = { actor: 'system', actorId: null } as const;

/** Who alone may do what is told here. */
function staff(actor: Actor): Pick<NewTimelineEntry, 'actor' | 'actorId'> {
  return { actor: 'staff', actorId: userIdOf(actor) };
}
