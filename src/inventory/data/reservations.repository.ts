import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/index.js';
import type { Allocation, StockDemand } from '../domain/reservation.js';

/** What orders hold of the stock. Every statement locks stock items in the order of their ids before it changes them. */
@Injectable()
export class ReservationsRepository {
  /** Holds the allocations for an order. The stock items must be locked. */
  async hold(tx: Tx, orderId: string, allocations: readonly Allocation[], now: Date): Promise<void> {
    const ids = allocations.map(({ variantId }) => variantId);
    const quantities = allocations.map(({ quantity }) => quantity);
    const beyond = allocations.map(({ backordered }) => backordered);
    await tx.$executeRaw`
      with demand as (
        select * from unnest(${ids}::uuid[], ${quantities}::int[], ${beyond}::int[]) as d (variant_id, quantity, backordered)
      ), held as (
        update stock_item s
        set reserved = s.reserved + d.quantity, backordered = s.backordered + d.backordered, version = s.version + 1, updated_at = ${now}
        from demand d where s.variant_id = d.variant_id
        returning s.variant_id, d.quantity, d.backordered
      )
      insert into stock_reservation (order_id, variant_id, quantity, backordered, status, created_at)
      select ${orderId}::uuid, variant_id, quantity, backordered, 'held', ${now} from held`;
  }

  /** Takes what the order holds off the shelf: the held part leaves the stock on hand, a back-ordered part stays promised. */
  async consume(tx: Tx, orderId: string, now: Date): Promise<void> {
    await tx.$executeRaw`
      with locked as materialized (
        select s.variant_id from stock_item s
        where s.variant_id in (select variant_id from stock_reservation where order_id = ${orderId}::uuid and status = 'held')
        order by s.variant_id for update
      ), settled as (
        update stock_reservation r set status = 'consumed', settled_at = ${now}
        from locked l where r.order_id = ${orderId}::uuid and r.variant_id = l.variant_id and r.status = 'held'
        returning r.variant_id, r.quantity
      ), taken as (
        update stock_item s
        set on_hand = s.on_hand - r.quantity, reserved = s.reserved - r.quantity, version = s.version + 1, updated_at = ${now}
        from settled r where s.variant_id = r.variant_id
        returning s.variant_id, r.quantity, s.on_hand
      )
      insert into stock_movement (variant_id, kind, delta, on_hand_after, reason, order_id, created_at)
      select variant_id, 'sale', -quantity, on_hand, 'Sold', ${orderId}::uuid, ${now} from taken where quantity > 0`;
  }

  /** Lets go of everything the order holds. */
  async release(tx: Tx, orderId: string, now: Date): Promise<void> {
    await tx.$executeRaw`
      with locked as materialized (
        select s.variant_id from stock_item s
        where s.variant_id in (select variant_id from stock_reservation where order_id = ${orderId}::uuid and status = 'held')
        order by s.variant_id for update
      ), settled as (
        update stock_reservation r set status = 'released', settled_at = ${now}
        from locked l where r.order_id = ${orderId}::uuid and r.variant_id = l.variant_id and r.status = 'held'
        returning r.variant_id, r.quantity, r.backordered
      )
      update stock_item s
      set reserved = s.reserved - r.quantity, backordered = s.backordered - r.backordered, version = s.version + 1, updated_at = ${now}
      from settled r where s.variant_id = r.variant_id`;
  }

  /**
   * Puts sold units back: first those that were only promised, then those that had left the shelf. The constraint on
   * `returned` refuses more than the order took.
   */
  async giveBack(
    tx: Tx,
    orderId: string,
    demands: readonly StockDemand[],
    movement: { reason: string; actorId: string | null },
    now: Date,
  ): Promise<void> {
    const ids = demands.map(({ variantId }) => variantId);
    const quantities = demands.map(({ quantity }) => quantity);
    await tx.$executeRaw`
      with demand as (
        select * from unnest(${ids}::uuid[], ${quantities}::int[]) as d (variant_id, quantity)
      ), locked as materialized (
        select s.variant_id from stock_item s where s.variant_id = any(${ids}::uuid[]) order by s.variant_id for update
      ), before as materialized (
        select r.variant_id, least(d.quantity, r.backordered) as promised, d.quantity - least(d.quantity, r.backordered) as shelved
        from stock_reservation r join locked using (variant_id) join demand d using (variant_id)
        where r.order_id = ${orderId}::uuid and r.status = 'consumed'
      ), settled as (
        update stock_reservation r set backordered = r.backordered - b.promised, returned = r.returned + b.shelved
        from before b where r.order_id = ${orderId}::uuid and r.variant_id = b.variant_id
      ), given as (
        update stock_item s
        set on_hand = s.on_hand + b.shelved, backordered = s.backordered - b.promised, version = s.version + 1, updated_at = ${now}
        from before b where s.variant_id = b.variant_id
        returning s.variant_id, b.shelved, s.on_hand
      )
      insert into stock_movement (variant_id, kind, delta, on_hand_after, reason, order_id, actor_id, created_at)
      select variant_id, 'return', shelved, on_hand, ${movement.reason}, ${orderId}::uuid, ${movement.actorId}::uuid, ${now} from given where shelved > 0`;
  }
}
