import type { Db, Reader } from '../../platform/database/index.js';
import { isUuid } from '../../platform/ids/index.js';
import { moneySql, timeSql } from './money.sql.js';

export interface DetailRow {
  readonly version: number;
  /** The whole product as clients see it. */
  readonly json: string;
  readonly [column: string]: unknown;
}

/** A whole product. `$1` is its id or slug, `$2` the shop's currency. */
const detail = (condition: string) => `
  select p.version, json_build_object(
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
  from product p where p.deleted_at is null and ${condition}`;

const VISIBILITY = { public: `p.status = 'active' and `, staff: '' } as const;

/** The product at an address, which takes ids and slugs. The public finds active products only. */
export async function findDetail(
  db: Db,
  idOrSlug: string,
  viewer: 'public' | 'staff',
  currency: string,
): Promise<DetailRow | undefined> {
  const by = isUuid(idOrSlug) ? 'id' : 'slug';
  const text = detail(`${VISIBILITY[viewer]}p.${by} = $1`);
  const [row] = await db.sql<DetailRow>(`product-detail ${by} ${viewer}`, text, [idOrSlug, currency]);
  return row;
}

const BY_ID = detail('p.id = $1::uuid');

/** The product as the transaction leaves it, for the answer to a change. */
export async function readDetail(reader: Reader, id: string, currency: string): Promise<DetailRow> {
  const [row] = await reader.$queryRawUnsafe<DetailRow[]>(BY_ID, id, currency);
  if (!row) throw new Error(`product ${id} has vanished within its own transaction`);
  return row;
}
