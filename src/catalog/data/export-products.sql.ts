import type pg from 'pg';
import type { Db } from '../../platform/database/index.js';
import type { NamedCategory } from '../domain/shopify/category-names.js';
import type { ExportVariant } from '../domain/shopify/export-rows.js';
import type { Extra, ImageDraft, OptionDraft, ProductStatus } from '../domain/shopify/product-draft.js';

const AT_ONCE = 100;
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/** A product as the export reads it. */
export interface ExportRecord {
  readonly id: string;
  readonly handle: string;
  readonly title: string;
  readonly description: string;
  readonly vendor: string;
  readonly type: string;
  readonly tags: readonly string[];
  readonly status: ProductStatus;
  readonly options: readonly OptionDraft[];
  readonly extra: Extra | null;
  readonly images: readonly ImageDraft[];
  readonly categoryIds: readonly string[];
  readonly variants: readonly ExportVariantRecord[];
}

/** A variant as JSON carries it; prices as text. */
export type ExportVariantRecord = Omit<ExportVariant, 'optionValues' | 'price' | 'compareAtPrice' | 'extra'> & {
  readonly options: Readonly<Record<string, string>>;
  readonly price: string;
  readonly compareAtPrice: string | null;
  readonly extra: Extra | null;
};

/** What the header of an export and the types in it depend on. */
export interface ExportShape {
  readonly extraColumns: readonly string[];
  /** The most options that a product has. */
  readonly options: number;
  readonly categories: readonly NamedCategory[];
}

const COLUMNS = `
  select coalesce(array_agg(distinct c.name), '{}') as columns from (
    select jsonb_object_keys(extra) as name from product where deleted_at is null and extra is not null
    union select jsonb_object_keys(v.extra) from variant v where v.deleted_at is null and v.extra is not null) c`;

const OPTIONS = `select coalesce(max(jsonb_array_length(options)), 0)::int as options from product where deleted_at is null`;

/** A product that came from no file is called by its slug, unless another product came with that for a handle. */
const PAGE = `
  select p.id, coalesce(p.handle, case when exists (select from product o where o.handle = p.slug) then p.id::text else p.slug end) as handle,
    p.title, p.description, p.vendor, p.product_type as type, coalesce(p.tags, '{}') as tags, p.status::text as status, p.options, p.extra,
    (select coalesce(json_agg(json_build_object('url', i.url, 'alt', i.alt) order by i.position, i.id), '[]')
      from product_image i where i.product_id = p.id) as images,
    (select coalesce(json_agg(pc.category_id order by pc.category_id), '[]')
      from product_category pc where pc.product_id = p.id) as "categoryIds",
    (select coalesce(json_agg(json_build_object('sku', v.sku, 'options', v.options, 'price', v.price::text,
        'compareAtPrice', v.compare_at_price::text, 'weightGrams', v.weight_grams, 'barcode', v.barcode, 'image', v.image,
        'taxable', v.taxable, 'requiresShipping', v.requires_shipping, 'tracked', coalesce(s.tracked, false),
        'backorder', coalesce(s.backorder, false), 'onHand', coalesce(s.on_hand, 0), 'extra', v.extra) order by v.position, v.id), '[]')
      from variant v left join stock_item s on s.variant_id = v.id
      where v.product_id = p.id and v.deleted_at is null) as variants
  from product p where p.deleted_at is null and p.id > $1 order by p.id limit ${AT_ONCE}`;

/**
 * Reads all products as they were at one moment, some at a time. It holds a connection of the pool from `open` until `close`, which
 * may be called at any time and again.
 */
export class ExportSnapshot {
  private closing: Promise<void> | undefined;

  private constructor(
    private readonly client: pg.PoolClient,
    readonly shape: ExportShape,
  ) {}

  static async open(db: Db): Promise<ExportSnapshot> {
    const client = await db.pool.connect();
    try {
      await client.query('begin isolation level repeatable read read only');
      const columns = await client.query<{ columns: string[] }>(COLUMNS);
      const options = await client.query<{ options: number }>(OPTIONS);
      const categories = await client.query<NamedCategory & pg.QueryResultRow>('select id, name from category');
      return new ExportSnapshot(client, {
        extraColumns: columns.rows[0]?.columns ?? [],
        options: options.rows[0]?.options ?? 0,
        categories: categories.rows,
      });
    } catch (error) {
      client.release(true);
      throw error;
    }
  }

  /** Pages of products, in the order of their ids, which is that of their age. */
  async *pages(): AsyncGenerator<ExportRecord[], void, undefined> {
    for (let after = BEFORE_ALL; ;) {
      const { rows } = await this.client.query<ExportRecord & pg.QueryResultRow>(PAGE, [after]);
      const last = rows.at(-1);
      if (!last) return;
      after = last.id;
      yield rows;
    }
  }

  close(): Promise<void> {
    return (this.closing ??= this.client.query('rollback').then(
      () => this.client.release(),
      () => this.client.release(true),
    ));
  }
}
