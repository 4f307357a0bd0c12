import { Injectable } from '@nestjs/common';
import { userIdOf } from '../../platform/access/index.js';
import { AuditLog } from '../../platform/audit-log/index.js';
import type { Tx } from '../../platform/database/index.js';
import { Outbox } from '../../platform/outbox/index.js';
import { TimelineRepository } from '../data/timeline.repository.js';
import {
  orderFulfilled,
  returnDecided,
  returnReceived,
  returnRequested,
  type AfterSalesEvent,
} from '../domain/after-sales.events.js';
import { auditedFacts } from '../domain/audited-facts.js';
import type { Fulfilment, Tracking } from '../domain/fulfilment.js';
import type { OrderReturn } from '../domain/order-return.js';
import { unsentUnits, type Order } from '../domain/order.js';
import type { TimelineData, TimelineType } from '../domain/timeline.js';
import { OrderAccess, type OrderCaller } from './order-access.js';

/**
 * Tells what became of an order's goods, in the transaction of the change: an entry of its timeline, and an event where other modules have
 * to know. What staff did stands in the audit log, too. The order must be locked.
 */
@Injectable()
export class AfterSalesNews {
  constructor(
    private readonly outbox: Outbox,
    private readonly timeline: TimelineRepository,
    private readonly access: OrderAccess,
    private readonly audit: AuditLog,
  ) {}

  /** @param order with the parcel's units counted */
  async fulfilled(tx: Tx, order: Order, parcel: Fulfilment, caller: OrderCaller): Promise<void> {
    const { id, position, lines, carrier, trackingNumber, trackingUrl } = parcel;
    const complete = order.lines.every((line) => unsentUnits(line) === 0);
    const data = { fulfilmentId: id, position, items: itemsOf(lines), carrier, trackingNumber, trackingUrl, complete };
    await this.note(tx, order, 'fulfilled', caller, data);
    await this.tell(tx, orderFulfilled(order, parcel, this.access.tokenFor(order), complete));
  }

  async trackingChanged(tx: Tx, order: Order, parcel: Fulfilment, to: Tracking, caller: OrderCaller): Promise<void> {
    const data = { fulfilmentId: parcel.id, position: parcel.position, ...to };
    await this.note(tx, order, 'tracking_changed', caller, data);
  }

  async returnRequested(tx: Tx, order: Order, back: OrderReturn, caller: OrderCaller): Promise<void> {
    const data = { returnId: back.id, items: itemsOf(back.lines), note: back.note };
    await this.note(tx, order, 'return_requested', caller, data);
    await this.tell(tx, returnRequested(order, back, this.access.tokenFor(order)));
  }

  /** @param back as it was decided */
  async returnDecided(tx: Tx, order: Order, back: OrderReturn, caller: OrderCaller): Promise<void> {
    const type = back.status === 'rejected' ? 'return_rejected' : 'return_approved';
    await this.note(tx, order, type, caller, { returnId: back.id, answer: back.answer });
    await this.tell(tx, returnDecided(order, back, this.access.tokenFor(order)));
  }

  async returnCancelled(tx: Tx, order: Order, back: OrderReturn, caller: OrderCaller): Promise<void> {
    await this.note(tx, order, 'return_cancelled', caller, { returnId: back.id });
  }

  /** @param back with the units that came; @param refundAmount what is asked back for them, in minor units; null for nothing */
  async returnReceived(
    tx: Tx,
    order: Order,
    back: OrderReturn,
    refundAmount: bigint | null,
    caller: OrderCaller,
  ): Promise<void> {
    const come = back.lines.filter(({ received }) => received > 0);
    const data = {
      returnId: back.id,
      items: come.map(({ orderLineId, received, restocked }) => ({ itemId: orderLineId, received, restocked })),
      refundId: back.refundId,
    };
    await this.note(tx, order, 'return_received', caller, data);
    await this.tell(tx, returnReceived(order, back, this.access.tokenFor(order), refundAmount));
  }

  /** What staff wrote down. @param open whether the customer sees it */
  async noted(tx: Tx, order: Order, text: string, open: boolean, caller: OrderCaller): Promise<void> {
    await this.note(tx, order, 'note', caller, { text }, open);
  }

  private async note(
    tx: Tx,
    order: Order,
    type: TimelineType,
    caller: OrderCaller,
    data: TimelineData,
    open = true,
  ): Promise<void> {
    const actor = this.access.roleOf(order, caller, 'orders:write');
    const actorId = userIdOf(caller.actor);
    this.timeline.append(tx, { orderId: order.id, type, actor, actorId, data, public: open });
    if (actor === 'staff') await this.audit.record(tx, caller.actor, auditedFacts(order.id, type, data));
  }

  private async tell(tx: Tx, event: AfterSalesEvent & { readonly subjectId: string }): Promise<void> {
    this.outbox.append(tx, event);
  }
}

function itemsOf(lines: readonly { readonly orderLineId: string; readonly quantity: number }[]) {
  return lines.map(({ orderLineId, quantity }) => ({ itemId: orderLineId, quantity }));
}
