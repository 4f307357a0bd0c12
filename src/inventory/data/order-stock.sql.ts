import type { Tx } from '../../platform/database/index.js';
import type { Allocation } from '../domain/choose-locations.js';
import type { Reservation } from '../domain/reservation.js';
import type { Stock } from '../domain/stock-book.js';

/** Stock as it is while its item is locked. */
export interface LockedStock extends Stock {
  /** The active location of the lowest priority. */
  readonly mainLocationId: string | null;
  /** Of the order that was asked for. */
  readonly reservations: readonly Reservation[];
}

const LOCK = `
  select variant_id as "variantId", sku, tracked, backorder, on_hand as "onHand", reserved, backordered, withheld,
    low_stock_at as "lowStockAt", version, main_location_id as "mainLocationId", levels, reservations
  from lock_stock($1::uuid[], $2::uuid)`;

/** Arrays go through a sub-select: PostgreSQL plans a statement anew each time where it takes the length of an array for a hint. */
const HOLD = `
  with part as (
    select * from unnest((select $2::uuid[]), (select $3::uuid[]), (select $4::int[]), (select $5::int[])) as p (variant_id, location_id, quantity, backordered)
  ), level as (
    update stock_level l set reserved = l.reserved + p.quantity
    from part p where l.variant_id = p.variant_id and l.location_id = p.location_id and p.quantity > 0
  ), item as (
    update stock_item s
    set reserved = s.reserved + d.quantity, backordered = s.backordered + d.backordered, version = s.version + 1, updated_at = $6
    from (select variant_id, sum(quantity) as quantity, sum(backordered) as backordered from part group by variant_id) d
    where s.variant_id = d.variant_id
  )
  insert into stock_reservation (order_id, variant_id, location_id, quantity, backordered, status, created_at)
  select $1, variant_id, location_id, quantity, backordered, 'held', $6 from part`;

const CONSUME = `
  with locked as materialized (
    select s.variant_id from stock_item s
    where s.variant_id in (select variant_id from stock_reservation where order_id = $1 and status = 'held')
    order by s.variant_id for update
  ), settled as (
    update stock_reservation r set status = 'consumed', settled_at = $2
    from locked l where r.order_id = $1 and r.variant_id = l.variant_id and r.status = 'held'
    returning r.variant_id, r.location_id, r.quantity
  ), taken as (
    update stock_level l set on_hand = l.on_hand - r.quantity, reserved = l.reserved - r.quantity
    from settled r where l.variant_id = r.variant_id and l.location_id = r.location_id and r.quantity > 0
    returning l.variant_id, l.location_id, r.quantity, l.on_hand
  ), item as (
    update stock_item s
    set on_hand = s.on_hand - d.quantity, reserved = s.reserved - d.quantity, version = s.version + 1, updated_at = $2
    from (select variant_id, sum(quantity) as quantity from settled group by variant_id) d where s.variant_id = d.variant_id
  )
  insert into stock_movement (variant_id, location_id, kind, delta, on_hand_after, reason, order_id, created_at)
  select variant_id, location_id, 'sale', -quantity, on_hand, 'Sold', $1, $2 from taken order by variant_id, location_id`;

/** See `StockRepository.lockMany`. */
export function lockStock(tx: Tx, variantIds: readonly string[], orderId: string | null): Promise<LockedStock[]> {
  return tx.sql<LockedStock>('stock-lock', LOCK, [variantIds, orderId]);
}

/** Holds the allocations for an order. The stock items must be locked. */
export function holdStock(tx: Tx, orderId: string, allocations: readonly Allocation[], now: Date): void {
  tx.write('stock-hold', HOLD, [
    orderId,
    allocations.map(({ variantId }) => variantId),
    allocations.map(({ locationId }) => locationId),
    allocations.map(({ quantity }) => quantity),
    allocations.map(({ backordered }) => backordered),
    now,
  ]);
}

/**
 * Takes what the order holds off the shelf, where it is held: the held part leaves the stock on hand, a back-ordered
 * part stays promised. Locks the stock items in the order of their ids. What can be sold stays the same, so that
 * nothing need be read first.
 */
export function consumeStock(tx: Tx, orderId: string, now: Date): void {
  tx.write('stock-consume', CONSUME, [orderId, now]);
}
