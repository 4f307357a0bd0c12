import { Injectable } from '@nestjs/common';
import { may, type Actor } from '../../platform/access/index.js';
import { AppError, NotFoundError } from '../../platform/errors/index.js';
import { decodeCursor, encodeCursor } from '../../platform/http/index.js';
import type { DetailRow } from '../data/product-detail.sql.js';
import { ProductReadsRepository } from '../data/product-reads.repository.js';
import { priceBand, type PriceBand } from '../domain/price-bands.js';
import {
  effectiveSort,
  positionOf,
  type ProductFilter,
  type ProductSort,
  type ProductStatus,
} from '../domain/product-listing.js';

export interface BrowseQuery {
  readonly filter: Omit<ProductFilter, 'status'>;
  readonly status: ProductStatus | undefined;
  readonly sort: ProductSort | undefined;
  readonly limit: number;
  readonly cursor: string | undefined;
  readonly facets: boolean;
}

export interface Facets {
  /** JSON text. */
  readonly categories: string;
  /** JSON text. */
  readonly vendors: string;
  readonly priceBands: (PriceBand & { readonly count: number })[];
}

export interface ProductPage {
  /** JSON text. */
  readonly items: string;
  readonly nextCursor: string | null;
  readonly facets: Facets | undefined;
}

const anything = () => true;

/** What the public and the staff see of products: each the same reads, the public the active products only. */
@Injectable()
export class BrowseProductsService {
  constructor(private readonly products: ProductReadsRepository) {}

  /** @throws AppError `auth.required` (401), `auth.permission_missing` (403) for another status than `active`; `request.cursor_invalid`. */
  async list(query: BrowseQuery, actor: Actor): Promise<ProductPage> {
    const staff = may(actor, 'catalog:write');
    if (!staff && query.status !== undefined && query.status !== 'active') throw refusal(actor);
    const filter: ProductFilter = { ...query.filter, status: query.status ?? (staff ? 'any' : 'active') };
    const sort = effectiveSort(query.sort, filter.q);
    const after =
      query.cursor === undefined
        ? undefined
        : positionOf(sort, decodeCursor(query.cursor, [anything, anything, anything]));
    const [page, facets] = await Promise.all([
      this.products.findPage({ filter, sort, limit: query.limit, after, withStatus: staff }),
      query.facets ? this.facets(filter) : undefined,
    ]);
    const nextCursor = page.more ? encodeCursor([sort, page.last_key, page.last_id]) : null;
    return { items: page.items, nextCursor, facets };
  }

  /** @throws NotFoundError `product.not_found`, for drafts and archived products too unless the actor is staff. */
  async get(idOrSlug: string, actor: Actor): Promise<DetailRow> {
    const product = await this.products.findDetail(idOrSlug, may(actor, 'catalog:write') ? 'staff' : 'public');
    if (!product) throw new NotFoundError('product');
    return product;
  }

  private async facets(filter: ProductFilter): Promise<Facets> {
    const { categories, vendors, bands } = await this.products.countFacets(filter);
    return { categories, vendors, priceBands: bands.map(({ band, count }) => ({ ...priceBand(band), count })) };
  }
}

function refusal(actor: Actor): AppError {
  return actor.kind === 'guest'
    ? new AppError('unauthenticated', 'auth.required', 'Sign in as staff to see products that are not for sale.')
    : new AppError(
        'forbidden',
        'auth.permission_missing',
        'Products that are not for sale take the permission catalog:write.',
      );
}
