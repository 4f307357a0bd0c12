import { Injectable } from '@nestjs/common';
import { Config } from '../../platform/config/index.js';
import { Db, type Tx } from '../../platform/database/index.js';
import { isUuid } from '../../platform/ids/index.js';
import { BatchedReads } from '../../platform/batches/index.js';
import { BatchedStatements } from './batched-statements.js';
import type { ProductFilter } from '../domain/product-listing.js';
import { findDetails, readDetail, type Address, type DetailRow, type Viewer } from './product-detail.sql.js';
import { facetStatement, type FacetRow } from './product-facets.sql.js';
import { listStatement, type ListQuery, type ListRow } from './product-list.sql.js';
import type { Statement } from './sql-parameters.js';

/** Reads of products, each one statement, written by PostgreSQL as the JSON that clients get. */
@Injectable()
export class ProductReadsRepository {
  private readonly pages: BatchedStatements<ListRow>;
  private readonly details: Record<Viewer, Record<Address, BatchedReads<DetailRow>>>;

  constructor(
    private readonly db: Db,
    private readonly config: Config,
  ) {
    this.pages = new BatchedStatements(db);
    const batched = (by: Address, viewer: Viewer) =>
      new BatchedReads((addresses) => findDetails(db, addresses, by, viewer, config.currency));
    const both = (viewer: Viewer) => ({ id: batched('id', viewer), slug: batched('slug', viewer) });
    this.details = { public: both('public'), staff: both('staff') };
  }

  async findPage(query: Omit<ListQuery, 'currency'>): Promise<ListRow> {
    return this.pages.one(listStatement({ ...query, currency: this.config.currency }));
  }

  async countFacets(filter: ProductFilter): Promise<FacetRow> {
    return this.one<FacetRow>(facetStatement(filter));
  }

  /** The product at an address, which takes ids and slugs; the public finds active ones only. */
  findDetail(idOrSlug: string, viewer: Viewer): Promise<DetailRow | undefined> {
    const details = this.details[viewer];
    return isUuid(idOrSlug) ? details.id.get(idOrSlug.toLowerCase()) : details.slug.get(idOrSlug);
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
