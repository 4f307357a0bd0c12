import type { Tx } from '../../platform/database/index.js';
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

const LOCK = 'select version, erased_at is not null as erased from "order" where id = $1::uuid for update';

const INSERT = `
  with made as (
    insert into "order" (id, number, customer_id, cart_id, status, payment_status, fulfilment_status, email, currency, shipping_address,
      billing_address, shipping_method, shipping_name, subtotal, discount_total, shipping_total, tax_total, included_tax, total,
      version, placed_at, updated_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22))
  insert into order_line (id, order_id, position, variant_id, product_id, sku, title, variant_title, image, quantity, unit_price, line_total,
    discount, tax, included_tax)
  select l.id, $1, l.position, l."variantId", l."productId", l.sku, l.title, l."variantTitle", l.image, l.quantity, l."unitPrice", l."lineTotal",
    l.discount, l.tax, l."includedTax"
  from jsonb_to_recordset($23::jsonb) as l (id uuid, position int, "variantId" uuid, "productId" uuid, sku text, title text, "variantTitle" text,
    image text, quantity int, "unitPrice" bigint, "lineTotal" bigint, discount bigint, tax bigint, "includedTax" bigint)`;

const CHANGE = `
  update "order" set status = coalesce($2, status), payment_status = coalesce($3, payment_status),
    fulfilment_status = coalesce($4, fulfilment_status), captured_total = coalesce($5, captured_total),
    refunded_total = coalesce($6, refunded_total), cancelled_at = coalesce($7, cancelled_at),
    cancel_reason = coalesce($8, cancel_reason), version = version + 1, updated_at = $9
  where id = $1`;

const NOTE = `
  insert into order_timeline_entry (id, order_id, type, actor, actor_id, data, public, created_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8)`;

/** Locks the order until the transaction ends; undefined where there is none. `erased`: its person was taken out of it. */
export async function lockOrder(tx: Tx, id: string): Promise<{ version: number; erased: boolean } | undefined> {
  const [row] = await tx.sql<{ version: number; erased: boolean }>('order-lock', LOCK, [id]);
  return row;
}

/** A new order with its lines, whose counters stand at 0. */
export function insertOrder(tx: Tx, order: Order, now: Date): void {
  tx.write('order-insert', INSERT, [
    ...[order.id, order.number, order.customerId, order.cartId, order.status, order.paymentStatus],
    ...[order.fulfilmentStatus, order.email, order.currency],
    ...[JSON.stringify(order.shippingAddress), JSON.stringify(order.billingAddress)],
    ...[order.shippingMethod, order.shippingName, order.subtotal, order.discountTotal, order.shippingTotal],
    ...[order.taxTotal, order.includedTax, order.total, order.version, order.placedAt, now],
    JSON.stringify(order.lines.map(lineJson)),
  ]);
}

/** Writes what the change names, and a new version. The order must be locked. A null is written as if it were not named. */
export function changeOrder(tx: Tx, id: string, change: OrderChange, now: Date): void {
  tx.write('order-change', CHANGE, [
    ...[id, change.status, change.paymentStatus, change.fulfilmentStatus, change.capturedTotal],
    ...[change.refundedTotal, change.cancelledAt, change.cancelReason, now],
  ]);
}

/** The order must be locked, or be new, so that its entries stand in order. */
export function insertTimelineEntry(tx: Tx, id: string, entry: NewTimelineEntry, now: Date): void {
  const { orderId, type, actor, actorId, data } = entry;
  tx.write('order-note', NOTE, [id, orderId, type, actor, actorId, JSON.stringify(data), entry.public, now]);
}

function lineJson(line: Order['lines'][number], position: number) {
  const { id, variantId, productId, sku, title, variantTitle, image, quantity } = line;
  return {
    ...{ id, position, variantId, productId, sku, title, variantTitle, image, quantity },
    unitPrice: Number(line.unitPrice),
    lineTotal: Number(line.lineTotal),
    discount: Number(line.discount),
    tax: Number(line.tax),
    includedTax: Number(line.includedTax),
  };
}
