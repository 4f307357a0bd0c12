import { Injectable } from '@nestjs/common';
import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Config } from '../../platform/config/index.js';
import { Db } from '../../platform/database/index.js';
import { AppError } from '../../platform/errors/index.js';
import { minorUnits } from '../../platform/money/index.js';
import { ExportSnapshot, type ExportRecord } from '../data/export-products.sql.js';
import { categoryFinder, type NamedCategory } from '../domain/shopify/category-names.js';
import { shopifyHeader, toCsv, toShopifyRows, type ExportProduct } from '../domain/shopify/export-rows.js';

/** An export holds a connection for as long as its reader takes. */
const AT_ONCE = 2;

/** Writes all products as Shopify's CSV, drafts and archived ones too. */
@Injectable()
export class ExportProductsService {
  private running = 0;

  constructor(
    private readonly db: Db,
    private readonly config: Config,
  ) {}

  /**
   * A stream of the file, as the shop is now. Memory does not grow with the shop. It has to be read or destroyed.
   * @throws AppError `catalog.exports_busy` (503)
   */
  async open(): Promise<Readable> {
    if (this.running >= AT_ONCE)
      throw new AppError(
        'unavailable',
        'catalog.exports_busy',
        `Only ${AT_ONCE} exports run at once; try again soon.`,
        {
          retryAfterSeconds: 10,
        },
      );
    this.running++;
    try {
      const snapshot = await ExportSnapshot.open(this.db);
      const stream = Readable.from(write(snapshot, minorUnits(this.config.currency)));
      stream.once('close', () => {
        this.running--;
        void snapshot.close();
      });
      return stream;
    } catch (error) {
      this.running--;
      throw error;
    }
  }
}

async function* write(snapshot: ExportSnapshot, exponent: number): AsyncGenerator<string, void, undefined> {
  const { extraColumns, options, categories } = snapshot.shape;
  const header = shopifyHeader(extraColumns, options);
  const nameOf = typeNames(categories);
  yield toCsv([header]);
  for await (const records of snapshot.pages()) {
    yield toCsv(records.flatMap((record) => toShopifyRows(toExport(record, nameOf), header, exponent)));
    await nextTurn();
  }
}

/** The name by which an import into this shop finds just this category again; '' for one that an older category of its name hides. */
function typeNames(categories: readonly NamedCategory[]): (id: string) => string {
  const find = categoryFinder(categories);
  const names = new Map(categories.filter(({ id, name }) => find(name) === id).map(({ id, name }) => [id, name]));
  return (id) => names.get(id) ?? '';
}

function toExport(record: ExportRecord, nameOf: (categoryId: string) => string): ExportProduct {
  const { type, categoryIds, variants, extra } = record;
  return {
    ...record,
    type: type || (categoryIds.map(nameOf).find((name) => name !== '') ?? ''),
    extra: extra ?? {},
    variants: variants.map(({ options: values, ...variant }) => ({
      ...variant,
      optionValues: record.options.map(({ name }) => (Object.hasOwn(values, name) ? (values[name] ?? '') : '')),
      price: BigInt(variant.price),
      compareAtPrice: variant.compareAtPrice === null ? null : BigInt(variant.compareAtPrice),
      extra: variant.extra ?? {},
    })),
  };
}
