import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/index.js';
import type { Allocation } from '../domain/choose-locations.js';

/** What orders hold of the stock, on the way to a sale: one statement each. */
@Injectable()
export class ReservationsRepository {
  /** Holds the allocations for an order. The stock items must be locked. */
  async hold(tx: Tx, orderId: string, allocations: readonly Allocation[], now: Date): Promise<void> {
    const variants = allocations.map(({ variantId }) => variantId);
    const locations = allocations.map(({ locationId }) => locationId);
    const quantities = allocations.map(({ quantity }) => quantity);
    const beyond = allocations.map(({ backordered }) => backordered);
    await tx.$executeRaw`
      with part as (
        select * from unnest(${variants}::uuid[], ${locations}::uuid[], ${quantities}::int[], ${beyond}::int[])
          as p (variant_id, location_id, quantity, backordered)
      ), level as (
        update stock_level l set reserved = l.reserved + p.quantity
        from part p where l.variant_id = p.variant_id and l.location_id = p.location_id and p.quantity > 0
      ), item as (
        update stock_item s
        set reserved = s.reserved + d.quantity, backordered = s.backordered + d.backordered, version = s.version + 1, updated_at = ${now}
        from (select variant_id, sum(quantity) as quantity, sum(backordered) as backordered from part group by variant_id) d
        where s.variant_id = d.variant_id
      )
      insert into stock_reservation (order_id, variant_id, location_id, quantity, backordered, status, created_at)
      select ${orderId}::uuid, variant_id, location_id, quantity, backordered, 'held', ${now} from part`;
  }

  /**
   * Takes what the order holds off the shelf, where it is held: the held part leaves the stock on hand, a back-ordered
   * part stays promised. Locks the stock items in the order of their ids. What can be sold stays the same, so that
   * nothing need be read first.
   */
  async consume(tx: Tx, orderId: string, now: Date): Promise<void> {
    await tx.$executeRaw`
      with locked as materialized (
        select s.variant_id from stock_item s
        where s.variant_id in (select variant_id from stock_reservation where order_id = ${orderId}::uuid and status = 'held')
        order by s.variant_id for update
      ), settled as (
        update stock_reservation r set status = 'consumed', settled_at = ${now}
        from locked l where r.order_id = ${orderId}::uuid and r.variant_id = l.variant_id and r.status = 'held'
        returning r.variant_id, r.location_id, r.quantity
      ), taken as (
        update stock_level l set on_hand = l.on_hand - r.quantity, reserved = l.reserved - r.quantity
        from settled r where l.variant_id = r.variant_id and l.location_id = r.location_id and r.quantity > 0
        returning l.variant_id, l.location_id, r.quantity, l.on_hand
      ), item as (
        update stock_item s
        set on_hand = s.on_hand - d.quantity, reserved = s.reserved - d.quantity, version = s.version + 1, updated_at = ${now}
        from (select variant_id, sum(quantity) as quantity from settled group by variant_id) d where s.variant_id = d.variant_id
      )
      insert into stock_movement (variant_id, location_id, kind, delta, on_hand_after, reason, order_id, created_at)
      select variant_id, location_id, 'sale', -quantity, on_hand, 'Sold', ${orderId}::uuid, ${now} from taken order by variant_id, location_id`;
  }
}
