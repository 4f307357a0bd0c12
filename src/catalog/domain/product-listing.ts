import { isUuid } from '../../platform/ids/index.js';
import { InvalidError } from '../../platform/errors/index.js';

export const PRODUCT_STATUSES = ['draft', 'active', 'archived'] as const;
export type ProductStatus = (typeof PRODUCT_STATUSES)[number];

export const PRODUCT_SORTS = ['price', '-price', 'title', '-createdAt', 'relevance'] as const;
export type ProductSort = (typeof PRODUCT_SORTS)[number];

/** Which products a list holds. All that is given must be met. Prices are whole minor units, both ends included. */
export interface ProductFilter {
  /** The public sees active products only; `any` is for staff. */
  readonly status: ProductStatus | 'any';
  /** A category's slug: the products of the category and of all below it. */
  readonly category?: string | undefined;
  readonly q?: string | undefined;
  readonly vendor?: string | undefined;
  readonly tag?: string | undefined;
  readonly minPrice?: number | undefined;
  readonly maxPrice?: number | undefined;
  readonly inStock?: boolean | undefined;
}

/** Where a page begins: behind the product with this sort key and id. */
export interface ListPosition {
  readonly key: string;
  readonly id: string;
}

/** The order that is used: the best first where there is a search, else the newest; relevance means nothing without a search. */
export function effectiveSort(asked: ProductSort | undefined, q: string | undefined): ProductSort {
  if (q === undefined) return asked === undefined || asked === 'relevance' ? '-createdAt' : asked;
  return asked ?? 'relevance';
}

const KEY_PATTERNS: Readonly<Record<ProductSort, RegExp>> = {
  price: /^\d{1,16}$/,
  '-price': /^(-1|\d{1,16})$/,
  title: /^.{0,100}$/su,
  '-createdAt': /^\d{1,14}$/,
  // A rank is a `real`, which goes down to 1e-45; what a double cannot hold is an error for PostgreSQL.
  relevance: /^\d(\.\d{1,20})?(e-\d{1,2})?$/,
};

/**
 * The position that a decoded cursor holds.
 * @throws InvalidError `request.cursor_invalid` (422) for a cursor of another order.
 */
export function positionOf(sort: ProductSort, values: readonly unknown[]): ListPosition {
  const [of, key, id] = values;
  // No text of the database has a NUL in it, and a parameter that has is an error.
  const isKey = typeof key === 'string' && KEY_PATTERNS[sort].test(key) && !key.includes('\0');
  if (of === sort && isKey && typeof id === 'string' && isUuid(id)) return { key, id };
  throw new InvalidError('request.cursor_invalid', 'The cursor is not one that this list gave out.', [
    { pointer: 'query:cursor', code: 'cursor_invalid', detail: 'is not a cursor of this list' },
  ]);
}
