import { InvalidError } from '../../platform/errors/index.js';
import type { MoneyDto } from '../../platform/http/index.js';
import type { BrowseQuery, ProductPage } from '../app/browse-products.service.js';
import type { NewProductInput, NewVariantInput, ProductChange, VariantChange } from '../app/product-inputs.js';
import { CurrencyError } from '../domain/catalog.errors.js';
import type { ListProductsQuery } from './list-products.dto.js';
import type { CreateProductRequest, UpdateProductRequest } from './product.dto.js';
import type { CreateVariantRequest, UpdateVariantRequest } from './variant.dto.js';

/** @throws CurrencyError (422) */
export function toNewProduct(body: CreateProductRequest, currency: string): NewProductInput {
  return {
    ...toProductChange(body),
    title: body.title,
    variants: (body.variants ?? []).map((variant, index) => toNewVariant(variant, currency, `/variants/${index}`)),
  };
}

export function toProductChange(body: UpdateProductRequest): ProductChange {
  const { title, slug, description, vendor, categories, tags, options, images, status } = body;
  return {
    ...given({ title, slug, description, vendor, categories, options, status }),
    ...(tags && { tags: [...new Set(tags)] }),
    ...(images && { images: images.map(({ url, alt = '' }) => ({ url, alt })) }),
  };
}

/** @throws CurrencyError (422), InvalidError when a stock is given that is not to be tracked. */
export function toNewVariant(body: CreateVariantRequest, currency: string, pointer = ''): NewVariantInput {
  return {
    sku: body.sku,
    price: amountOf(body.price, currency, `${pointer}/price/currency`),
    compareAtPrice: body.compareAtPrice
      ? amountOf(body.compareAtPrice, currency, `${pointer}/compareAtPrice/currency`)
      : null,
    options: { ...body.options },
    stock: stockOf(body, pointer),
    backorder: body.backorder ?? false,
    weightGrams: body.weightGrams ?? null,
    barcode: body.barcode ?? null,
    image: body.image ?? null,
    taxable: body.taxable ?? true,
    requiresShipping: body.requiresShipping ?? true,
  };
}

/** @throws CurrencyError (422) */
export function toVariantChange(body: UpdateVariantRequest, currency: string): VariantChange {
  const { sku, price, compareAtPrice, options, trackInventory, backorder, weightGrams, barcode, image } = body;
  const { taxable, requiresShipping } = body;
  return given({
    ...{ sku, backorder, weightGrams, barcode, image, taxable, requiresShipping, tracked: trackInventory },
    options: options && { ...options },
    price: price && amountOf(price, currency, '/price/currency'),
    compareAtPrice: compareAtPrice && amountOf(compareAtPrice, currency, '/compareAtPrice/currency'),
  });
}

export function toBrowseQuery(query: ListProductsQuery): BrowseQuery {
  const { category, vendor, tag, minPrice, maxPrice, inStock, status, sort, limit, cursor, facets } = query;
  return {
    filter: { category, q: query.q?.trim(), vendor, tag, minPrice, maxPrice, inStock },
    ...{ status, sort, limit, cursor, facets },
  };
}

/** The page around the JSON that PostgreSQL wrote. */
export function pageJson({ items, nextCursor, facets }: ProductPage): string {
  const counted =
    facets &&
    `,"facets":{"categories":${facets.categories},"vendors":${facets.vendors},"priceBands":${JSON.stringify(facets.priceBands)}}`;
  return `{"items":${items},"nextCursor":${JSON.stringify(nextCursor)}${counted ?? ''}}`;
}

function amountOf(money: MoneyDto, currency: string, pointer: string): bigint {
  if (money.currency !== currency) throw new CurrencyError(pointer, currency);
  return BigInt(money.amount);
}

function stockOf({ stock, trackInventory }: CreateVariantRequest, pointer: string): number | null {
  if (trackInventory ?? stock !== null) return stock ?? 0;
  if (typeof stock === 'number')
    throw new InvalidError('request.invalid', 'Stock that is not tracked has no number.', [
      { pointer: `${pointer}/stock`, code: 'stock_untracked', detail: 'must be absent where trackInventory is false' },
    ]);
  return null;
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without what is undefined: absent stays absent. */
function given<T extends object>(fields: T): Given<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<T>;
}
