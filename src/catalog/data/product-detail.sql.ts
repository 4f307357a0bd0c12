import type { Db, Reader } from '../../platform/database/index.js';
import { moneySql, timeSql } from './money.sql.js';

export interface DetailRow {
  readonly version: number;
  /** The whole product as clients see it. */
  readonly json: string;
  readonly [column: string]: unknown;
}

/** A whole product. `from` names it `p`; `$2` is the shop's currency. */
const detail = (columns: string, from: string, condition: string) => `
  select ${columns}p.version, json_build_object(
    'id', p.id, 'slug', p.slug, 'title', p.title, 'description', p.description, 'vendor', p.vendor,
    'categories', (select coalesce(json_agg(json_build_object('id', c.id, 'slug', c.slug, 'name', c.name) order by c.name, c.id), '[]')
      from product_category pc join category c on c.id = pc.category_id where pc.product_id = p.id),
    'tags', coalesce(p.tags, '{}'), 'options', p.options,
    'images', (select coalesce(json_agg(json_build_object('id', i.id, 'url', i.url, 'alt', i.alt) order by i.position, i.id), '[]')
      from product_image i where i.product_id = p.id),
    'price', ${moneySql('p.price', '$2')}, 'compareAtPrice', ${moneySql('p.compare_at_price', '$2')},
    'variants', (select coalesce(json_agg(json_build_object(
        'id', v.id, 'sku', v.sku, 'title', v.title, 'options', v.options,
        'price', ${moneySql('v.price', '$2')}, 'compareAtPrice', ${moneySql('v.compare_at_price', '$2')},
        'available', s.available, 'inStock', coalesce(s.in_stock, false),
        'weightGrams', v.weight_grams, 'barcode', v.barcode, 'image', v.image,
        'taxable', v.taxable, 'requiresShipping', v.requires_shipping) order by v.position, v.id), '[]')
      from variant v left join stock_availability s on s.variant_id = v.id
      where v.product_id = p.id and v.deleted_at is null),
    'status', p.status, 'version', p.version, 'createdAt', ${timeSql('p.created_at')}, 'updatedAt', ${timeSql('p.updated_at')}
  )::text as json
  from ${from} where p.deleted_at is null and ${condition}`;

/**
 * The product at an address as `p`, which is looked up by that alone, and who may see it is looked at afterwards: where PostgreSQL has no statistics yet,
 * as in the minute after the first import, it takes an index of all that are active for as short as that of addresses, and would read it from end to end.
 */
const PRODUCT = (address: string) => `(
    select id, slug, title, description, vendor, tags, options, price, compare_at_price, status, version, created_at, updated_at, deleted_at
    from product where ${address} offset 0) p`;

const VISIBILITY = { public: `p.status = 'active' and `, staff: '' } as const;

export type Viewer = 'public' | 'staff';
export type Address = 'id' | 'slug';

interface AskedRow extends DetailRow {
  readonly asked: string;
}

const ONE = (by: Address, viewer: Viewer) => detail('', PRODUCT(`${by} = $1`), `${VISIBILITY[viewer]}true`);

/** Names come as JSON: of an array PostgreSQL would want to know how long it is, and plan anew for each length. */
const SEVERAL = (by: Address, viewer: Viewer) =>
  detail(
    'asked.address as asked, ',
    `json_array_elements_text($1::json) as asked (address) cross join lateral ${PRODUCT(`${by} = asked.address${by === 'id' ? '::uuid' : ''}`)}`,
    `${VISIBILITY[viewer]}true`,
  );

/**
 * The products at some addresses, by address, as one statement; ids must be such. The public finds active products only.
 * A row costs a fifth of a statement, so that products which are asked for at the same time are best asked for together.
 */
export async function findDetails(
  db: Db,
  addresses: readonly string[],
  by: Address,
  viewer: Viewer,
  currency: string,
): Promise<Map<string, DetailRow>> {
  const [first] = addresses;
  if (first === undefined) return new Map();
  if (addresses.length === 1) {
    const [row] = await db.sql<DetailRow>(`product-detail ${by} ${viewer}`, ONE(by, viewer), [first, currency]);
    return new Map(row && [[first, row]]);
  }
  const values = [JSON.stringify(addresses), currency];
  const rows = await db.sql<AskedRow>(`product-details ${by} ${viewer}`, SEVERAL(by, viewer), values);
  return new Map(rows.map((row) => [row.asked, row]));
}

const BY_ID = detail('', PRODUCT('id = $1::uuid'), 'true');

/** The product as the transaction leaves it, for the answer to a change. */
export async function readDetail(reader: Reader, id: string, currency: string): Promise<DetailRow> {
  const [row] = await reader.$queryRawUnsafe<DetailRow[]>(BY_ID, id, currency);
  if (!row) throw new Error(`product ${id} has vanished within its own transaction`);
  return row;
}
