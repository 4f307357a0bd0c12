import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/index.js';
import { Clock } from '../../platform/time/index.js';
import { LocationsRepository } from '../data/locations.repository.js';
import { StockRepository, type ChangedStock, type NewStockRow } from '../data/stock.repository.js';
import type { LockedStock } from '../data/order-stock.sql.js';
import { StockBook, type Place } from '../domain/stock-book.js';
import { StockWriter } from './stock-writer.js';

/** What is to be changed of a stock item. */
export interface StockChange {
  readonly variantId: string;
  readonly sku?: string | null;
  readonly tracked?: boolean;
  readonly backorder?: boolean;
  /** Units in all locations together. */
  readonly onHand?: number;
}

/** Stock as the catalogue writes it. */
@Injectable()
export class StockItemsService {
  constructor(
    private readonly stock: StockRepository,
    private readonly locations: LocationsRepository,
    private readonly writer: StockWriter,
    private readonly clock: Clock,
  ) {}

  async create(
    tx: Tx,
    items: readonly NewStockRow[],
    source: { kind: 'initial' | 'import'; actorId: string | null },
  ): Promise<void> {
    const reason = source.kind === 'import' ? 'First import' : 'First stock';
    await this.stock.insertMany(tx, items, { ...source, reason }, this.clock.now());
  }

  async change(tx: Tx, items: readonly Omit<StockChange, 'onHand'>[]): Promise<void> {
    for (const { variantId, ...change } of items) await this.stock.changeItem(tx, variantId, change, this.clock.now());
  }

  /** Brings the items to what an import says; what a change leaves out stays. All are locked at once. */
  async import(tx: Tx, changes: readonly StockChange[], actorId: string | null): Promise<void> {
    const wanted = new Map(changes.map((change) => [change.variantId, change]));
    if (wanted.size === 0) return;
    const rows = await this.stock.lockMany(tx, [...wanted.keys()]);
    const main = await this.locations.holdMain(tx);
    const changed = rows
      .map((row) => imported(row, wanted.get(row.variantId), main))
      .filter((change) => change !== null);
    await this.writer.write(tx, changed, { reason: 'Import', actorId, orderId: null });
  }
}

/** Null where the item is that already. The main location takes the difference, and keeps what open orders hold there. */
function imported(row: LockedStock, change: StockChange | undefined, main: Place): ChangedStock | null {
  const { sku = row.sku, tracked = row.tracked, backorder = row.backorder, onHand = row.onHand } = change ?? {};
  const book = new StockBook(row);
  book.move(main, Math.max(onHand - row.onHand, -book.freeAt(main.locationId)), 'import');
  const same = sku === row.sku && tracked === row.tracked && backorder === row.backorder && book.movements.length === 0;
  return same ? null : { book, settings: { sku, tracked, backorder } };
}
