import { asJson, type RowsStatement, type Tx } from '../../platform/database/index.js';
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

/** Variants as whoever knows of them asks for them: a query of one column, `variant_id`, whose only parameter is `$1`. */
export interface VariantsQuery {
  /** Of the prepared statement that it becomes a part of: one for each text. */
  readonly name: string;
  readonly text: string;
  readonly value: unknown;
}

const LOCK = (variantIds: string, orderId: string) => `
  select variant_id as "variantId", sku, tracked, backorder, on_hand as "onHand", reserved, backordered, withheld,
    low_stock_at as "lowStockAt", version, main_location_id as "mainLocationId", levels, reservations
  from lock_stock(${variantIds}, ${orderId})`;
const LOCK_NAMED = LOCK('$1::uuid[]', '$2::uuid');

const HOLD: RowsStatement<Allocation & { readonly orderId: string; readonly now: Date }> = {
  name: 'stock-hold',
  text: `
  with part as (
    select * from jsonb_to_recordset($1::jsonb)
      as p ("orderId" uuid, "variantId" uuid, "locationId" uuid, quantity int, backordered int, now timestamptz)
  ), level as (
    update stock_level l set reserved = l.reserved + d.quantity
    from (select "variantId", "locationId", sum(quantity) as quantity from part where quantity > 0 group by 1, 2) d
    where l.variant_id = d."variantId" and l.location_id = d."locationId"
  ), item as (
    update stock_item s
    set reserved = s.reserved + d.quantity, backordered = s.backordered + d.backordered, version = s.version + 1, updated_at = d.now
    from (select "variantId", sum(quantity) as quantity, sum(backordered) as backordered, max(now) as now from part group by 1) d
    where s.variant_id = d."variantId"
  )
  insert into stock_reservation (order_id, variant_id, location_id, quantity, backordered, status, created_at)
  select "orderId", "variantId", "locationId", quantity, backordered, 'held', now from part`,
  values: asJson,
};

/** Of several orders' units of one level the movements follow each other in the order of the orders' ids, as their counts do. */
const CONSUME: RowsStatement<{ readonly orderId: string; readonly now: Date }> = {
  name: 'stock-consume',
  text: `
  with held as materialized (
    select order_id, variant_id, location_id from stock_reservation
    where order_id = any((select $1::uuid[])::uuid[]) and status = 'held'
  ), locked as materialized (
    select s.variant_id from stock_item s where s.variant_id in (select variant_id from held) order by s.variant_id for update
  ), settled as (
    update stock_reservation r set status = 'consumed', settled_at = $2
    from locked l join held h on h.variant_id = l.variant_id
    where r.order_id = h.order_id and r.variant_id = h.variant_id and r.location_id = h.location_id and r.status = 'held'
    returning r.order_id, r.variant_id, r.location_id, r.quantity
  ), taken as (
    update stock_level l set on_hand = l.on_hand - d.quantity, reserved = l.reserved - d.quantity
    from (select variant_id, location_id, sum(quantity) as quantity from settled where quantity > 0 group by 1, 2) d
    where l.variant_id = d.variant_id and l.location_id = d.location_id
    returning l.variant_id, l.location_id, l.on_hand
  ), item as (
    update stock_item s
    set on_hand = s.on_hand - d.quantity, reserved = s.reserved - d.quantity, version = s.version + 1, updated_at = $2
    from (select variant_id, sum(quantity) as quantity from settled group by 1) d where s.variant_id = d.variant_id
  )
  insert into stock_movement (variant_id, location_id, kind, delta, on_hand_after, reason, order_id, created_at)
  select s.variant_id, s.location_id, 'sale', -s.quantity, t.on_hand + coalesce(sum(s.quantity) over later, 0), 'Sold', s.order_id, $2
  from settled s join taken t on t.variant_id = s.variant_id and t.location_id = s.location_id
  where s.quantity > 0
  window later as (partition by s.variant_id, s.location_id order by s.order_id rows between 1 following and unbounded following)
  order by s.variant_id, s.location_id, s.order_id`,
  values: (orders) => [orders.map(({ orderId }) => orderId), orders[0]?.now],
};

/** See `StockRepository.lockMany`. */
export function lockStock(tx: Tx, variantIds: readonly string[], orderId: string | null): Promise<LockedStock[]> {
  return tx.sql<LockedStock>('stock-lock', LOCK_NAMED, [variantIds, orderId]);
}

/** The same for all that a query names, which need not have been answered before. */
export function lockStockOf(tx: Tx, { name, text, value }: VariantsQuery): Promise<LockedStock[]> {
  const variantIds = `(select array_agg(distinct wanted.variant_id) from (${text}) wanted)`;
  return tx.sql<LockedStock>(`stock-lock ${name}`, LOCK(variantIds, 'null'), [value]);
}

/** Holds the allocations for an order. The stock items must be locked. */
export function holdStock(tx: Tx, orderId: string, allocations: readonly Allocation[], now: Date): void {
  for (const allocation of allocations) tx.writeRow(HOLD, { ...allocation, orderId, now });
}

/**
 * Takes what the order holds off the shelf, where it is held: the held part leaves the stock on hand, a back-ordered
 * part stays promised. Locks the stock items in the order of their ids. What can be sold stays the same, so that
 * nothing need be read first.
 */
export function consumeStock(tx: Tx, orderId: string, now: Date): void {
  tx.writeRow(CONSUME, { orderId, now });
}
