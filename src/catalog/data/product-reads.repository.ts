import { Injectable } from '@nestjs/common';
import { Config } from '../../platform/config/index.js';
import { Db, type Tx } from '../../platform/database/index.js';
import type { ProductFilter } from '../domain/product-listing.js';
import { findDetail, readDetail, type DetailRow } from './product-detail.sql.js';
import { facetStatement, type FacetRow } from './product-facets.sql.js';
import { listStatement, type ListQuery, type ListRow } from './product-list.sql.js';
import type { Statement } from './sql-parameters.js';

/** Reads of products, each one statement, written by PostgreSQL as the JSON that clients get. */
@Injectable()
export class ProductReadsRepository {
  constructor(
    private readonly db: Db,
    private readonly config: Config,
  ) {}

  async findPage(query: Omit<ListQuery, 'currency'>): Promise<ListRow> {
    return this.one<ListRow>(listStatement({ ...query, currency: this.config.currency }));
  }

  async countFacets(filter: ProductFilter): Promise<FacetRow> {
    return this.one<FacetRow>(facetStatement(filter));
  }

  /** The product at an address; the public finds active ones only. */
  async findDetail(idOrSlug: string, viewer: 'public' | 'staff'): Promise<DetailRow | undefined> {
    return findDetail(this.db, idOrSlug, viewer, this.config.currency);
  }

  /** The product as the transaction leaves it. */
  async readDetail(tx: Tx, id: string): Promise<DetailRow> {
    return readDetail(tx, id, this.config.currency);
  }

  private async one<Row extends Record<string, unknown>>({ name, text, values }: Statement): Promise<Row> {
    const [row] = await this.db.sql<Row>(name, text, values);
    if (!row) throw new Error(`${name} gave no row, which an aggregate always does`);
    return row;
  }
}
