import { Injectable } from '@nestjs/common';
import { InventoryFacade } from '../../inventory/index.js';
import type { Tx } from '../../platform/database/index.js';
import { CatalogNews } from '../../platform/reads/index.js';
import { Clock } from '../../platform/time/index.js';
import { ImportWriteRepository } from '../data/import-write.repository.js';
import { writesFor, type PlannedProduct } from '../domain/shopify/import-writes.js';

/** Carries out what is planned for many products, with their stock. */
@Injectable()
export class ProductsWriter {
  constructor(
    private readonly products: ImportWriteRepository,
    private readonly inventory: InventoryFacade,
    private readonly clock: Clock,
    private readonly news: CatalogNews,
  ) {}

  /** The products that there are must be locked. */
  async write(tx: Tx, planned: readonly PlannedProduct[], actorId: string | null): Promise<void> {
    this.news.catalogChanges(tx);
    const writes = writesFor(planned);
    await this.products.write(tx, writes, this.clock.now());
    if (writes.newStock.length > 0) await this.inventory.createItems(tx, writes.newStock, { kind: 'import', actorId });
    await this.inventory.importItems(tx, writes.changedStock, actorId);
  }
}
