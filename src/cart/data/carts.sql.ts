import type { VariantForSale } from '../../catalog/index.js';
import type { SqlReader, Tx } from '../../platform/database/index.js';
import type { CartId } from '../../platform/ids/index.js';
import type { CartLineRow, CartRow, NewCart, Offer, OfferedLine } from './cart-rows.js';

/** A line as JSON carries it: the price is a number, whole minor units below 2^53 as the database checks. */
type LineJson = CartLineRow & { available: number | null; variant: Omit<VariantForSale, 'price'> & { price: number } };

const CART = `c.id, c.customer_id as "customerId", c.status::text as status, c.currency, c.merged_into_id as "mergedIntoId",
  c.order_id as "orderId", c.version, c.expires_at as "expiresAt"`;

/**
 * What catalogue and inventory publish of a variant. (Arrays go through a sub-select below: PostgreSQL plans a statement anew each time
 * where it takes the length of an array for a hint.)
 */
const OFFER = `'available', case when v.purchasable and s.variant_id is not null then s.available else 0 end,
  'variant', json_build_object('id', v.id, 'productId', v.product_id, 'productSlug', v.product_slug, 'productTitle', v.product_title,
    'sku', v.sku, 'title', v.title, 'image', v.image, 'price', v.price, 'taxable', v.taxable, 'requiresShipping', v.requires_shipping,
    'purchasable', v.purchasable)`;

const LINES = (cart: string) => `
  select coalesce(json_agg(json_build_object('id', l.id, 'variantId', l.variant_id, 'quantity', l.quantity, ${OFFER})
    order by l.created_at, l.id), '[]') as lines
  from cart_line l join variant_for_sale v on v.id = l.variant_id left join stock_availability s on s.variant_id = l.variant_id
  where l.cart_id = ${cart}`;

const READ = `select ${CART}, (${LINES('c.id')}) as lines from cart c where c.id = $1`;
const READ_LINES = LINES('$1');
const READ_OFFERS = `
  select json_build_object(${OFFER}) as offer
  from variant_for_sale v left join stock_availability s on s.variant_id = v.id where v.id = any((select $1::uuid[])::uuid[])`;
const LOCK = `select ${CART} from cart c where c.id = any((select $1::text[])::text[]) order by c.id for update`;
const ACTIVE_ID = `select id from cart where customer_id = $1 and status = 'active'`;
const CREATE = `
  with made as (
    insert into cart (id, customer_id, status, currency, created_at, updated_at, expires_at) values ($1, $2, 'active', $3, $4, $4, $5))
  insert into cart_line (id, cart_id, variant_id, quantity, created_at)
  select l.id, $1, l.variant_id, l.quantity, $4 from unnest((select $6::uuid[]), (select $7::uuid[]), (select $8::int[])) as l (id, variant_id, quantity)`;
const WRITE_LINES = `
  insert into cart_line (id, cart_id, variant_id, quantity, created_at)
  select l.id, $1, l.variant_id, l.quantity, $2 from unnest((select $3::uuid[]), (select $4::uuid[]), (select $5::int[])) as l (id, variant_id, quantity)
  on conflict (cart_id, variant_id) do update set quantity = excluded.quantity`;
const TOUCH = 'update cart set version = version + 1, updated_at = $2, expires_at = $3 where id = $1';
const MARK_ORDERED = `
  update cart set status = 'ordered', order_id = $2, version = version + 1, updated_at = $3 where id = $1`;

/** A cart with its lines, each with what it is of and how much there is of that, in one query; null where there is none. */
export async function readCart(
  reader: SqlReader,
  id: string,
): Promise<(CartRow & { readonly lines: readonly OfferedLine[] }) | null> {
  const [row] = await reader.sql<CartRow & { lines: LineJson[] }>('cart-read', READ, [id]);
  return row ? { ...row, lines: row.lines.map(toLine) } : null;
}

/** The lines of a cart, in the order in which they were added. */
export async function readLines(reader: SqlReader, cartId: string): Promise<OfferedLine[]> {
  const [row] = await reader.sql<{ lines: LineJson[] }>('cart-lines', READ_LINES, [cartId]);
  return (row?.lines ?? []).map(toLine);
}

/** What could be put into a cart, by variant id; ids that name no variant are missing. */
export async function readOffers(reader: SqlReader, variantIds: readonly string[]): Promise<Map<string, Offer>> {
  if (variantIds.length === 0) return new Map();
  const rows = await reader.sql<{ offer: Pick<LineJson, 'available' | 'variant'> }>('cart-offers', READ_OFFERS, [
    variantIds,
  ]);
  return new Map(rows.map(({ offer }) => [offer.variant.id, toOffer(offer)]));
}

/** The customer's active cart, of which there is one at most. */
export async function readActiveCartId(reader: SqlReader, customerId: string): Promise<CartId | null> {
  const [row] = await reader.sql<{ id: CartId }>('cart-active-id', ACTIVE_ID, [customerId]);
  return row?.id ?? null;
}

/** The rows, locked until the transaction ends, in the order of their ids, so that two that lock the same ones do not wait for each other. */
export function lockCarts(tx: Tx, ids: readonly string[]): Promise<CartRow[]> {
  return tx.sql<CartRow>('cart-lock', LOCK, [ids]);
}

/** A new cart with its first lines. The id must be free. */
export function createCart(tx: Tx, cart: NewCart, lines: readonly CartLineRow[]): void {
  tx.write('cart-create', CREATE, [
    ...[cart.id, cart.customerId, cart.currency, cart.now, cart.expiresAt],
    ...columnsOf(lines),
  ]);
}

/** Sets the quantities of lines, and adds those that are new. The cart must be locked. */
export function writeLines(tx: Tx, cartId: string, lines: readonly CartLineRow[], now: Date): void {
  if (lines.length > 0) tx.write('cart-write-lines', WRITE_LINES, [cartId, now, ...columnsOf(lines)]);
}

/** Marks a change: a new version, and more time before the cart expires. */
export function touchCart(tx: Tx, id: string, now: Date, expiresAt: Date): void {
  tx.write('cart-touch', TOUCH, [id, now, expiresAt]);
}

/** The cart must be locked and active. */
export function markCartOrdered(tx: Tx, id: string, orderId: string, now: Date): void {
  tx.write('cart-mark-ordered', MARK_ORDERED, [id, orderId, now]);
}

function columnsOf(lines: readonly CartLineRow[]): unknown[] {
  return [lines.map(({ id }) => id), lines.map(({ variantId }) => variantId), lines.map(({ quantity }) => quantity)];
}

function toLine({ id, variantId, quantity, ...offer }: LineJson): OfferedLine {
  return { id, variantId, quantity, ...toOffer(offer) };
}

function toOffer({ available, variant }: Pick<LineJson, 'available' | 'variant'>): Offer {
  return { available, variant: { ...variant, price: BigInt(variant.price) } };
}
