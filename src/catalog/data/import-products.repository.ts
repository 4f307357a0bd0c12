import { Injectable } from '@nestjs/common';
import type { Reader, Tx } from '../../platform/database/index.js';
import { isUuid } from '../../platform/ids/index.js';
import type { ExistingVariant } from '../domain/shopify/diff-product.js';
import type { LoadedProduct } from '../domain/shopify/import-writes.js';
import { matchByHandle, type NamedProduct } from '../domain/shopify/match-products.js';
import type { Extra, ImageDraft, OptionDraft, ProductStatus } from '../domain/shopify/product-draft.js';

interface ProductRecord extends NamedProduct {
  readonly title: string;
  readonly description: string;
  readonly vendor: string;
  readonly type: string;
  readonly tags: readonly string[];
  readonly status: ProductStatus;
  readonly options: readonly OptionDraft[];
  readonly extra: Extra | null;
}

interface VariantRecord extends Omit<ExistingVariant, 'optionValues' | 'extra'> {
  readonly productId: string;
  readonly position: number;
  readonly options: Readonly<Record<string, string>>;
  readonly extra: Extra | null;
}

/** The products of the shop that a file names, many at a time. */
@Injectable()
export class ImportProductsRepository {
  /** The ids of the products that the handles name. */
  async findIds(reader: Reader, handles: readonly string[]): Promise<Map<string, string>> {
    const rows = await reader.$queryRaw<NamedProduct[]>`
      select id, handle, slug from product
      where deleted_at is null and (handle = any(${[...handles]}::text[])
        or handle is null and (slug = any(${[...handles]}::text[]) or id = any(${uuids(handles)}::uuid[])))`;
    return new Map([...matchByHandle(handles, rows)].map(([handle, { id }]) => [handle, id]));
  }

  /** The types of the products that the handles name; '' where one has none. */
  async findTypes(reader: Reader, handles: readonly string[]): Promise<Map<string, string>> {
    const ids = await this.findIds(reader, handles);
    const rows = await reader.$queryRaw<{ id: string; type: string }[]>`
      select id, product_type as type from product where id = any(${[...ids.values()]}::uuid[])`;
    const types = new Map(rows.map(({ id, type }) => [id, type]));
    return new Map([...ids].map(([handle, id]) => [handle, types.get(id) ?? '']));
  }

  /** The products, locked, with all that belongs to them. */
  async lockAndLoad(tx: Tx, handles: readonly string[]): Promise<Map<string, LoadedProduct>> {
    const rows = await tx.$queryRaw<ProductRecord[]>`
      select id, handle, slug, title, description, vendor, product_type as type, coalesce(tags, '{}') as tags, status::text, options, extra
      from product
      where deleted_at is null and (handle = any(${[...handles]}::text[])
        or handle is null and (slug = any(${[...handles]}::text[]) or id = any(${uuids(handles)}::uuid[])))
      order by id for no key update`;
    const matched = matchByHandle(handles, rows);
    if (matched.size === 0) return new Map();
    const ids = [...matched.values()].map(({ id }) => id);
    const variants = groupBy(await this.findVariants(tx, ids));
    const images = groupBy(await this.findImages(tx, ids));
    const links = groupBy(await this.findLinks(tx, ids));
    return new Map(
      [...matched].map(([handle, row]) => [
        handle,
        toLoaded(row, variants.get(row.id) ?? [], images.get(row.id) ?? [], links.get(row.id) ?? []),
      ]),
    );
  }

  private findVariants(tx: Tx, ids: readonly string[]): Promise<VariantRecord[]> {
    return tx.$queryRaw<VariantRecord[]>`
      select v.id, v.product_id as "productId", v.position, v.sku, v.options, v.price, v.compare_at_price as "compareAtPrice",
        v.weight_grams as "weightGrams", v.barcode, v.image, v.taxable, v.requires_shipping as "requiresShipping", v.extra,
        v.imported_quantity as "importedQuantity",
        coalesce(s.tracked, false) as tracked, coalesce(s.backorder, false) as backorder, coalesce(s.on_hand, 0) as "onHand"
      from variant v left join stock_item s on s.variant_id = v.id
      where v.product_id = any(${[...ids]}::uuid[]) and v.deleted_at is null order by v.position, v.id`;
  }

  private findImages(tx: Tx, ids: readonly string[]): Promise<(ImageDraft & { productId: string })[]> {
    return tx.$queryRaw<(ImageDraft & { productId: string })[]>`
      select product_id as "productId", url, alt from product_image
      where product_id = any(${[...ids]}::uuid[]) order by position, id`;
  }

  private findLinks(tx: Tx, ids: readonly string[]): Promise<{ productId: string; categoryId: string }[]> {
    return tx.$queryRaw<{ productId: string; categoryId: string }[]>`
      select product_id as "productId", category_id as "categoryId" from product_category
      where product_id = any(${[...ids]}::uuid[]) order by category_id`;
  }
}

function uuids(handles: readonly string[]): string[] {
  return handles.filter(isUuid);
}

function groupBy<T extends { readonly productId: string }>(rows: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(row.productId);
    if (group) group.push(row);
    else groups.set(row.productId, [row]);
  }
  return groups;
}

function toLoaded(
  { id, handle, slug: _slug, extra, ...product }: ProductRecord,
  variants: readonly VariantRecord[],
  images: readonly ImageDraft[],
  links: readonly { readonly categoryId: string }[],
): LoadedProduct {
  return {
    id,
    handle,
    lastPosition: Math.max(-1, ...variants.map(({ position }) => position)),
    product: {
      ...product,
      extra: extra ?? {},
      images: images.map(({ url, alt }) => ({ url, alt })),
      categoryIds: links.map(({ categoryId }) => categoryId),
      variants: variants.map((variant) => toExisting(variant, product.options)),
    },
  };
}

function toExisting(
  { productId: _product, position: _position, options: values, extra, ...variant }: VariantRecord,
  options: readonly OptionDraft[],
): ExistingVariant {
  const optionValues = options.map(({ name }) => (Object.hasOwn(values, name) ? (values[name] ?? '') : ''));
  return { ...variant, optionValues, extra: extra ?? {} };
}
