import { asJson, type RowsStatement, type Tx } from '../../platform/database/index.js';
import type { Order } from '../domain/order.js';
import type { NewTimelineEntry } from '../domain/timeline.js';
import type { FulfilmentStatus, OrderStatus, PaymentStatus } from '../domain/order-status.js';

/** What is not named stays. */
export interface OrderChange {
  readonly status?: OrderStatus;
  readonly paymentStatus?: PaymentStatus;
  readonly fulfilmentStatus?: FulfilmentStatus;
  readonly capturedTotal?: bigint;
  readonly refundedTotal?: bigint;
  readonly cancelledAt?: Date;
  readonly cancelReason?: string | null;
}

const LOCK = 'select id from "order" where id = $1 for update';

const REQUIRE = `
  select require_all(count(*), cardinality((select $1::uuid[]))) from (
    select o.id from unnest((select $1::uuid[]), (select $2::int[])) as asked (id, version)
    join "order" o on o.id = asked.id and o.version = asked.version
    where o.erased_at is null order by o.id for update of o) as they_were`;

const INSERT: RowsStatement<Order & { readonly now: Date }> = {
  name: 'order-insert',
  text: `
  with given as (
    select * from jsonb_to_recordset($1::jsonb) as o (id uuid, number text, "customerId" uuid, "cartId" text, status order_status,
      "paymentStatus" payment_status, "fulfilmentStatus" fulfilment_status, email text, currency text, "shippingAddress" jsonb,
      "billingAddress" jsonb, "shippingMethod" text, "shippingName" text, subtotal bigint, "discountTotal" bigint, "shippingTotal" bigint,
      "taxTotal" bigint, "includedTax" bigint, total bigint, version int, "placedAt" timestamptz, now timestamptz, lines jsonb)
  ), made as (
    insert into "order" (id, number, customer_id, cart_id, status, payment_status, fulfilment_status, email, currency, shipping_address,
      billing_address, shipping_method, shipping_name, subtotal, discount_total, shipping_total, tax_total, included_tax, total,
      version, placed_at, updated_at)
    select id, number, "customerId", "cartId", status, "paymentStatus", "fulfilmentStatus", email, currency, "shippingAddress",
      "billingAddress", "shippingMethod", "shippingName", subtotal, "discountTotal", "shippingTotal", "taxTotal", "includedTax", total,
      version, "placedAt", now
    from given)
  insert into order_line (id, order_id, position, variant_id, product_id, sku, title, variant_title, image, quantity, unit_price, line_total,
    discount, tax, included_tax)
  select l.id, o.id, l.position, l."variantId", l."productId", l.sku, l.title, l."variantTitle", l.image, l.quantity, l."unitPrice", l."lineTotal",
    l.discount, l.tax, l."includedTax"
  from given o cross join jsonb_to_recordset(o.lines) as l (id uuid, position int, "variantId" uuid, "productId" uuid, sku text, title text,
    "variantTitle" text, image text, quantity int, "unitPrice" bigint, "lineTotal" bigint, discount bigint, tax bigint, "includedTax" bigint)`,
  values: (orders) =>
    asJson(orders.map((order) => ({ ...order, lines: order.lines.map((line, position) => ({ ...line, position })) }))),
};

const CHANGE: RowsStatement<OrderChange & { readonly id: string; readonly now: Date }> = {
  name: 'order-change',
  text: `
  update "order" o set status = coalesce(c.status, o.status), payment_status = coalesce(c."paymentStatus", o.payment_status),
    fulfilment_status = coalesce(c."fulfilmentStatus", o.fulfilment_status), captured_total = coalesce(c."capturedTotal", o.captured_total),
    refunded_total = coalesce(c."refundedTotal", o.refunded_total), cancelled_at = coalesce(c."cancelledAt", o.cancelled_at),
    cancel_reason = coalesce(c."cancelReason", o.cancel_reason), version = o.version + 1, updated_at = c.now
  from jsonb_to_recordset($1::jsonb) as c (id uuid, status order_status, "paymentStatus" payment_status,
    "fulfilmentStatus" fulfilment_status, "capturedTotal" bigint, "refundedTotal" bigint, "cancelledAt" timestamptz, "cancelReason" text,
    now timestamptz)
  where o.id = c.id`,
  values: asJson,
  key: ({ id }) => id,
};

const NOTE: RowsStatement<NewTimelineEntry & { readonly id: string; readonly now: Date }> = {
  name: 'order-note',
  text: `
  insert into order_timeline_entry (id, order_id, type, actor, actor_id, data, public, created_at)
  select id, "orderId", type, actor, "actorId", data, public, now from jsonb_to_recordset($1::jsonb)
    as e (id uuid, "orderId" uuid, type text, actor timeline_actor, "actorId" uuid, data jsonb, public boolean, now timestamptz)`,
  values: asJson,
};

/** Locks the order until the transaction ends; false where there is none. */
export async function lockOrder(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx.sql('order-lock', LOCK, [id]);
  return rows.length > 0;
}

/**
 * Locks orders until the transaction ends, in the order of their ids, and waits for no answer: the transaction fails (`isStale`) unless each of them
 * has the version that the caller knows, and its person.
 */
export function requireOrders(tx: Tx, orders: readonly Pick<Order, 'id' | 'version'>[]): void {
  tx.write('orders-require', REQUIRE, [orders.map(({ id }) => id), orders.map(({ version }) => version)]);
}

/** A new order with its lines, whose counters stand at 0. */
export function insertOrder(tx: Tx, order: Order, now: Date): void {
  tx.writeRow(INSERT, { ...order, now });
}

/** Writes what the change names, and a new version. The order must be locked. A null is written as if it were not named. */
export function changeOrder(tx: Tx, id: string, change: OrderChange, now: Date): void {
  tx.writeRow(CHANGE, { ...change, id, now });
}

/** The order must be locked, or be new, so that its entries stand in order. */
export function insertTimelineEntry(tx: Tx, id: string, entry: NewTimelineEntry, now: Date): void {
  tx.writeRow(NOTE, { ...entry, id, now });
}
