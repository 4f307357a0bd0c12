import { Injectable } from '@nestjs/common';
import { Config } from '../../platform/config/index.js';
import { Db, uniqueViolation } from '../../platform/database/index.js';
import { minorUnits } from '../../platform/money/index.js';
import { CatalogNews } from '../../platform/reads/index.js';
import { Clock } from '../../platform/time/index.js';
import { ImportCategoriesRepository } from '../data/import-categories.repository.js';
import { ImportProductsRepository } from '../data/import-products.repository.js';
import { ImportProgressRepository, type ImportState } from '../data/import-progress.repository.js';
import { categoryFinder } from '../domain/shopify/category-names.js';
import type { FindCategory } from '../domain/shopify/diff-product.js';
import { parseShopifyRow } from '../domain/shopify/parse-row.js';

/** Products whose types are looked at together. */
const AT_ONCE = 500;
const MAX_TRIES = 5;

/** Makes the categories that the types of a file name, before any product is written: tags may name them, too. */
@Injectable()
export class ImportCategoriesService {
  constructor(
    private readonly db: Db,
    private readonly categories: ImportCategoriesRepository,
    private readonly products: ImportProductsRepository,
    private readonly progress: ImportProgressRepository,
    private readonly config: Config,
    private readonly clock: Clock,
    private readonly news: CatalogNews,
  ) {}

  /** @returns how the import finds categories from now on. */
  async prepare(state: ImportState): Promise<FindCategory> {
    if (state.stage === 1) await this.makeMissing(state);
    return this.finder();
  }

  private async finder(): Promise<FindCategory> {
    return categoryFinder(await this.categories.findAll(this.db.prisma));
  }

  private async makeMissing({ id, columns }: ImportState): Promise<void> {
    const context = { columns: new Set(columns), exponent: minorUnits(this.config.currency) };
    let find = await this.finder();
    for (let after = ''; ;) {
      const rows = await this.progress.findFirstRows(id, after, AT_ONCE);
      const last = rows.at(-1);
      if (!last) return;
      after = last.handle;
      const known = await this.products.findTypes(
        this.db.prisma,
        rows.map(({ handle }) => handle),
      );
      const types = rows.flatMap((row) => {
        const type = parseShopifyRow(row, context, true).product?.type;
        // A type that the product has already says nothing new, even if its category has gone since.
        return type && type !== known.get(row.handle) && find(type) === undefined ? type : [];
      });
      const names = distinct(types);
      if (names.length === 0) continue;
      await this.insert(names);
      find = await this.finder();
    }
  }

  private async insert(names: readonly string[]): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        await this.db.transaction((tx) => {
          this.news.catalogChanges(tx);
          return this.categories.insertMany(tx, names, this.clock.now());
        });
        return;
      } catch (error) {
        if (!uniqueViolation(error) || tries >= MAX_TRIES) throw error;
      }
    }
  }
}

/** Of names that differ in capitals alone the first. */
function distinct(names: readonly string[]): string[] {
  const byKey = new Map<string, string>();
  for (const name of names) if (!byKey.has(name.toLowerCase())) byKey.set(name.toLowerCase(), name);
  return [...byKey.values()];
}
