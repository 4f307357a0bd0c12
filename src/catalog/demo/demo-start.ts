import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../../platform/config/index.js';
import { Db } from '../../platform/database/index.js';
import { StartNotes } from '../../platform/start-notes.js';
import { findVariantToTry } from './data/variant-to-try.sql.js';
import { DEMO_PRODUCTS } from './demo-catalog.js';
import { DemoCatalogSeeder } from './demo-catalog.seeder.js';
import { firstPurchase } from './first-purchase.js';

/** Demonstration products with nothing to choose and stock for a while. */
const PLAIN = DEMO_PRODUCTS.filter(
  ({ draft, variants: [only, ...others] }) => !draft && others.length === 0 && (only?.stock ?? 0) > 0,
).map(({ slug }) => slug);

/** At each start: fills an empty embedded database, and where something can be bought without money, says how. */
@Injectable()
export class DemoStart implements OnApplicationBootstrap {
  constructor(
    private readonly seeder: DemoCatalogSeeder,
    private readonly db: Db,
    private readonly config: Config,
    private readonly notes: StartNotes,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.seeder.seed();
    if (!this.config.paymentProviders.includes('test')) return;
    const variantId = await findVariantToTry(this.db, PLAIN);
    if (variantId === undefined) return;
    this.notes.addExample((address) => [
      'Buy something, with these three lines in a shell:',
      ...firstPurchase(address, variantId),
    ]);
  }
}
