import type { VariantForSale } from '../../catalog/index.js';
import type { VariantsQuery } from '../../inventory/index.js';
import { asJson, type Db, type RowsStatement, type SqlReader, type Tx } from '../../platform/database/index.js';
import type { CartId } from '../../platform/ids/index.js';
import type { CartLineRow, CartRow, CartWrite, Offer, OfferedLine } from './cart-rows.js';

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

const READ = `select ${CART}, (${LINES('c.id')}) as lines from cart c where c.id = any((select $1::text[])::text[])`;
const READ_LINES = LINES('$1');
const READ_ALL_LINES = `select c.id, (${LINES('c.id')}) as lines from unnest((select $1::text[])) as c (id)`;
const READ_OFFERS = `
  select json_build_object(${OFFER}) as offer
  from variant_for_sale v left join stock_availability s on s.variant_id = v.id where v.id = any((select $1::uuid[])::uuid[])`;
const LOCK = `select ${CART} from cart c where c.id = any((select $1::text[])::text[]) order by c.id for update`;
/** An ordered cart keeps its lines: nobody's stock is locked for them again. */
const VARIANTS_IN = `
  select l.variant_id from cart c join cart_line l on l.cart_id = c.id where c.id = any((select $1::text[])::text[]) and c.status = 'active'`;
const ACTIVE_ID = `select id from cart where customer_id = $1 and status = 'active'`;
const LINE_COLUMNS = 'id, cart_id, variant_id, quantity, created_at';
const LINES_GIVEN = (first: number) =>
  `unnest(${['uuid', 'text', 'uuid', 'int', 'timestamptz'].map((type, index) => `(select $${first + index}::${type}[])`).join(', ')}) as l (${LINE_COLUMNS})`;
const CREATE = `
  with made as (
    insert into cart (id, customer_id, status, currency, created_at, updated_at, expires_at)
    select c.id, c.customer_id, 'active', c.currency, c.now, c.now, c.expires_at
    from unnest((select $1::text[]), (select $2::uuid[]), (select $3::text[]), (select $4::timestamptz[]), (select $5::timestamptz[]))
      as c (id, customer_id, currency, now, expires_at))
  insert into cart_line (${LINE_COLUMNS}) select ${LINE_COLUMNS} from ${LINES_GIVEN(6)}`;
/** Passes over carts that somebody has locked: whoever they are left to can wait for the lock alone. */
const CHANGE = `
  with asked as (
    select * from unnest((select $1::text[]), (select $2::int[]), (select $3::uuid[]), (select $4::timestamptz[]), (select $5::timestamptz[]))
      as a (id, version, customer_id, now, expires_at)),
  same as materialized (
    select c.id from asked a join cart c on c.id = a.id and c.version = a.version and c.customer_id is not distinct from a.customer_id
    where c.status = 'active' for update of c skip locked),
  touched as (
    update cart c set version = c.version + 1, updated_at = a.now, expires_at = a.expires_at
    from asked a join same s on s.id = a.id where c.id = a.id returning c.id),
  written as (
    insert into cart_line (${LINE_COLUMNS}) select l.* from ${LINES_GIVEN(6)} join touched t on t.id = l.cart_id
    on conflict (cart_id, variant_id) do update set quantity = excluded.quantity)
  select id from touched`;
const WRITE_LINES = `
  insert into cart_line (id, cart_id, variant_id, quantity, created_at)
  select l.id, $1, l.variant_id, l.quantity, $2 from unnest((select $3::uuid[]), (select $4::uuid[]), (select $5::int[])) as l (id, variant_id, quantity)
  on conflict (cart_id, variant_id) do update set quantity = excluded.quantity`;
const TOUCH = 'update cart set version = version + 1, updated_at = $2, expires_at = $3 where id = $1';
const MARK_ORDERED: RowsStatement<{ readonly id: string; readonly orderId: string; readonly now: Date }> = {
  name: 'cart-mark-ordered',
  text: `
  update cart c set status = 'ordered', order_id = m."orderId", version = c.version + 1, updated_at = m.now
  from jsonb_to_recordset($1::jsonb) as m (id text, "orderId" uuid, now timestamptz) where c.id = m.id`,
  values: asJson,
  key: ({ id }) => id,
};

/** Carts by id with their lines, each with what it is of and how much there is of that, in one query; ids that name none are missing. */
export async function readCarts(
  db: Db,
  ids: readonly string[],
): Promise<Map<string, CartRow & { readonly lines: readonly OfferedLine[] }>> {
  const rows = await db.sql<CartRow & { lines: LineJson[] }>('carts-read', READ, [ids]);
  return new Map(rows.map((row) => [row.id, { ...row, lines: row.lines.map(toLine) }]));
}

/** The lines of a cart, in the order in which they were added. */
export async function readLines(reader: SqlReader, cartId: string): Promise<OfferedLine[]> {
  const [row] = await reader.sql<{ lines: LineJson[] }>('cart-lines', READ_LINES, [cartId]);
  return (row?.lines ?? []).map(toLine);
}

/** The lines of carts, by the cart's id. */
export async function readAllLines(tx: Tx, cartIds: readonly string[]): Promise<Map<string, OfferedLine[]>> {
  const rows = await tx.sql<{ id: string; lines: LineJson[] }>('carts-lines', READ_ALL_LINES, [cartIds]);
  return new Map(rows.map(({ id, lines }) => [id, lines.map(toLine)]));
}

/** What is in the carts that are active, for whoever locks the stock of it. */
export function variantsInCarts(cartIds: readonly string[]): VariantsQuery {
  return { name: 'of carts', text: VARIANTS_IN, value: cartIds };
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
export function createCart(tx: Tx, cart: CartWrite): void {
  tx.write('carts-create', CREATE, columnsOfNew([cart]));
}

/** New carts with their first lines, by one statement, which is a transaction of its own. The ids must be free. */
export async function createCarts(db: Db, carts: readonly CartWrite[]): Promise<void> {
  await db.sql('carts-create', CREATE, columnsOfNew(carts));
}

/**
 * Changes carts that are as they were when they were read, by one statement, which is a transaction of its own: sets quantities, adds lines, marks
 * the change as `touchCart` does. Answers the ids of those that it changed; what had changed before, or is locked, stays as it is. Each cart at most once.
 */
export async function changeCarts(db: Db, changes: readonly CartWrite[]): Promise<Set<string>> {
  const rows = await db.sql<{ id: string }>('carts-change', CHANGE, [
    ...[changes.map(({ cart }) => cart.id), changes.map(({ cart }) => cart.version)],
    ...[changes.map(({ cart }) => cart.customerId), changes.map(({ now }) => now)],
    ...[changes.map(({ expiresAt }) => expiresAt), ...columnsOfLines(changes)],
  ]);
  return new Set(rows.map(({ id }) => id));
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
  tx.writeRow(MARK_ORDERED, { id, orderId, now });
}

function columnsOfNew(carts: readonly CartWrite[]): unknown[] {
  return [
    ...[
      carts.map(({ cart }) => cart.id),
      carts.map(({ cart }) => cart.customerId),
      carts.map(({ cart }) => cart.currency),
    ],
    ...[carts.map(({ now }) => now), carts.map(({ expiresAt }) => expiresAt), ...columnsOfLines(carts)],
  ];
}

function columnsOfLines(carts: readonly CartWrite[]): unknown[] {
  const rows = carts.flatMap(({ cart, lines, now }) => lines.map((line) => ({ ...line, cartId: cart.id, now })));
  return [
    ...[rows.map(({ id }) => id), rows.map(({ cartId }) => cartId)],
    ...columnsOf(rows).slice(1),
    rows.map(({ now }) => now),
  ];
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
