import { Injectable } from '@nestjs/common';
import { Config } from '../../platform/config/index.js';
import type { Tx } from '../../platform/database/index.js';
import { Outbox } from '../../platform/outbox/index.js';
import { CatalogNews } from '../../platform/reads/index.js';
import { Clock } from '../../platform/time/index.js';
import { StockRepository, type ChangedStock, type Source } from '../data/stock.repository.js';
import { LOW_STOCK } from '../domain/inventory.events.js';
import { lowStock } from '../domain/low-stock.js';
import { sellable, type Stock } from '../domain/stock-book.js';

/** Writes changed books in the caller's transaction, and tells that stock runs low, and those who keep reads that it has changed. */
@Injectable()
export class StockWriter {
  constructor(
    private readonly stock: StockRepository,
    private readonly outbox: Outbox,
    private readonly config: Config,
    private readonly clock: Clock,
    private readonly news: CatalogNews,
  ) {}

  /** The items must be locked. Books that nothing changed in are passed over only where the caller leaves them out. */
  async write(tx: Tx, changes: readonly ChangedStock[], source: Source): Promise<void> {
    if (changes.length === 0) return;
    await this.stock.save(tx, changes, source, this.clock.now());
    if (source.orderId === null) this.news.catalogChanges(tx);
    for (const { book, settings = book.before } of changes)
      this.tell(tx, { ...book.before, ...settings }, sellable(book.before), sellable(book.after));
  }

  /** @param before what could be sold of it, in units @param after what can be sold now */
  tell(tx: Tx, stock: Stock, before: number, after: number): void {
    const soldOutOrBack = stock.tracked && !stock.backorder && before > 0 !== after > 0;
    if (soldOutOrBack) this.news.catalogChanges(tx);
    else this.news.stockChanges(tx, [stock.variantId]);
    const news = lowStock(stock, before, after, this.config.lowStockAt);
    if (news) this.outbox.append(tx, { type: LOW_STOCK, subjectId: news.variantId, payload: news });
  }
}
