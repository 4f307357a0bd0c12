import { Injectable } from '@nestjs/common';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Config } from '../../platform/config/index.js';
import { Db } from '../../platform/database/index.js';
import { minorUnits } from '../../platform/money/index.js';
import type { WaitingRecord } from '../data/import-files.repository.js';
import { ImportProductsRepository } from '../data/import-products.repository.js';
import { ImportProgressRepository, type ImportState } from '../data/import-progress.repository.js';
import { buildProduct, type BuiltProduct } from '../domain/shopify/build-product.js';
import { COLUMN } from '../domain/shopify/columns.js';
import type { Batch, HandleTotals } from '../domain/shopify/import-batch.js';
import type { RowError } from '../domain/shopify/row-error.js';
import { SkuClaims } from '../domain/shopify/sku-claims.js';
import { cell } from '../domain/shopify/staged-row.js';

/** A batch, with the totals of its products. */
export interface ChosenBatch extends Batch {
  readonly state: ImportState;
  readonly totals: ReadonlyMap<string, HandleTotals>;
}

/** What the rows say of the products of a batch, before the shop has been looked at closely. */
export interface BuiltBatch {
  readonly products: ReadonlyMap<string, BuiltProduct>;
  /** Products that want a SKU which another one may yet give up. */
  readonly postponed: readonly string[];
}

/** Reads the rows of a batch. This is most of the work, so it holds no lock, and gives way to other requests after each product. */
@Injectable()
export class BuildBatchService {
  constructor(
    private readonly db: Db,
    private readonly progress: ImportProgressRepository,
    private readonly products: ImportProductsRepository,
    private readonly config: Config,
  ) {}

  async build(batch: ChosenBatch, records: readonly WaitingRecord[]): Promise<BuiltBatch> {
    const { state, handles } = batch;
    const groups = new Map<string, WaitingRecord[]>(handles.map((handle) => [handle, []]));
    for (const record of records) groups.get(record.handle)?.push(record);
    const claims = await this.claims(batch, records);
    const context = { columns: new Set(state.columns), exponent: minorUnits(this.config.currency) };
    const products = new Map<string, BuiltProduct>();
    const postponed: string[] = [];
    for (const [handle, rows] of groups) {
      let waits = false;
      const isSkuTaken = (sku: string): boolean => {
        const claim = claims.stateFor(handle, sku);
        waits ||= claim === 'waits';
        return claim !== 'free';
      };
      const { product, errors } = buildProduct(rows, { ...context, isSkuTaken });
      if (waits) postponed.push(handle);
      else {
        claims.claim(handle, product?.variants.flatMap(({ sku }) => sku ?? []) ?? []);
        products.set(handle, { product, errors: [...errors, ...surplus(batch, handle, rows)] });
      }
      await nextTurn();
    }
    return { products, postponed };
  }

  private async claims({ state, handles }: ChosenBatch, records: readonly WaitingRecord[]): Promise<SkuClaims> {
    const skus = new Set(records.map(({ record }) => cell(record, COLUMN.sku)).filter((sku) => sku !== ''));
    const holders = await this.progress.findSkuHolders(state, [...skus]);
    return new SkuClaims(holders, await this.products.findIds(this.db.prisma, handles));
  }
}

/** The rows of a product that were not even looked at. */
function surplus({ totals }: ChosenBatch, handle: string, looked: readonly WaitingRecord[]): RowError[] {
  const left = (totals.get(handle)?.rows ?? 0) - looked.length;
  const last = looked.at(-1);
  if (left <= 0 || !last) return [];
  const detail = `After this row ${left} rows of the product are left out: it has more than an import looks at.`;
  return [{ line: last.line, code: 'catalog.too_many_rows', detail }];
}
