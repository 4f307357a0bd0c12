import { Inject, Injectable } from '@nestjs/common';
import { InventoryFacade } from '../../inventory/index.js';
import { BOOT, type Boot } from '../../platform/boot.js';
import { Db } from '../../platform/database/index.js';
import { Clock } from '../../platform/time/index.js';
import { DemoCatalogRepository } from './data/demo-catalog.repository.js';
import { DEMO_PRODUCTS } from './demo-catalog.js';
import { demoRows } from './demo-rows.js';
import { DEMO_CATEGORIES } from './demo-table.js';

/** Fills an embedded database that has never held a catalogue, so that the first start shows a shop. */
@Injectable()
export class DemoCatalogSeeder {
  constructor(
    @Inject(BOOT) private readonly boot: Boot,
    private readonly db: Db,
    private readonly demo: DemoCatalogRepository,
    private readonly inventory: InventoryFacade,
    private readonly clock: Clock,
  ) {}

  /** Does nothing in tools, with SEED_DEMO=false, on a database that is not the embedded one, or where something was before. */
  async seed(): Promise<void> {
    const { embedded, work = true, config, logger } = this.boot;
    if (!embedded || !work || !config.seedDemo || !(await this.demo.isUntouched())) return;
    const startedAt = performance.now();
    const made = await this.db.transaction(async (tx) => {
      await this.demo.lock(tx);
      // Asked again: another process may have been faster to the lock.
      if (!(await this.demo.isUntouched(tx))) return undefined;
      const now = this.clock.now();
      const rows = demoRows({ categories: DEMO_CATEGORIES, products: DEMO_PRODUCTS }, config.currency, now);
      await this.demo.insert(tx, rows, now);
      const stock = rows.products
        .flatMap(({ variants }) => variants)
        .map(({ id, sku, stock: item }) => ({ variantId: id, sku, ...item }));
      await this.inventory.createItems(tx, stock, { kind: 'initial', actorId: null });
      return { products: rows.products.length, variants: stock.length };
    });
    if (made)
      logger.info({ ...made, ms: Math.round(performance.now() - startedAt) }, 'made the demonstration catalogue');
  }
}
