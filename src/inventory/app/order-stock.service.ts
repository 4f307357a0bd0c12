import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/index.js';
import { Clock } from '../../platform/time/index.js';
import { consumeStock, holdStock, type LockedStock, type VariantsQuery } from '../data/order-stock.sql.js';
import { StockRepository, type ChangedStock } from '../data/stock.repository.js';
import { planReservation, type Allocation } from '../domain/choose-locations.js';
import { sumDemand, type Shortage, type StockDemand } from '../domain/reservation.js';
import { sellable, StockBook, type Stock } from '../domain/stock-book.js';
import { StockWriter } from './stock-writer.js';

export type ReserveOutcome = { readonly ok: true } | { readonly ok: false; readonly shortages: readonly Shortage[] };

/** What an order wants to hold. */
export interface OrderDemand {
  readonly orderId: string;
  readonly lines: readonly StockDemand[];
}

/** What an order holds until it is paid or given up. */
@Injectable()
export class OrderStockService {
  constructor(
    private readonly stock: StockRepository,
    private readonly writer: StockWriter,
    private readonly clock: Clock,
  ) {}

  /** Locks what `reserveAll` may hold of, in the order of the variants' ids, until the transaction ends. */
  lock(tx: Tx, variants: VariantsQuery): Promise<readonly LockedStock[]> {
    return this.stock.lockOf(tx, variants);
  }

  /**
   * Holds stock for orders, of each all lines or none: one after the other, so that an order finds what those before it have left. A shortage
   * leaves nothing changed.
   * @param locked the stock of all their lines, as `lock` answered it in this transaction; locked here where it is left out
   */
  async reserveAll(tx: Tx, orders: readonly OrderDemand[], locked?: readonly LockedStock[]): Promise<ReserveOutcome[]> {
    const demands = orders.map(({ lines }) => sumDemand(lines));
    const wanted = demands.flat().map(({ variantId }) => variantId);
    const rows = locked ?? (await this.stock.lockMany(tx, [...new Set(wanted)]));
    const stocks = new Map<string, Stock>(rows.map((row) => [row.variantId, row]));
    const main = rows[0]?.mainLocationId ?? null;
    return orders.map(({ orderId }, at) => this.reserve(tx, orderId, demands[at] ?? [], stocks, main));
  }

  /** @param stocks as they are now; they are afterwards as the order leaves them */
  private reserve(
    tx: Tx,
    orderId: string,
    demands: readonly StockDemand[],
    stocks: Map<string, Stock>,
    mainLocationId: string | null,
  ): ReserveOutcome {
    const plan = planReservation(demands, stocks, mainLocationId);
    if (!plan.ok) return plan;
    holdStock(tx, orderId, plan.allocations, this.clock.now());
    for (const [variantId, allocations] of byVariant(plan.allocations)) {
      const stock = stocks.get(variantId);
      if (!stock) continue;
      const book = new StockBook(stock);
      for (const { locationId, quantity, backordered } of allocations) {
        book.hold(locationId, quantity);
        book.promise(backordered);
      }
      const { after } = book;
      stocks.set(variantId, after);
      this.writer.tell(tx, stock, sellable(stock), sellable(after));
    }
    return { ok: true };
  }

  /** Takes what the order holds. */
  consume(tx: Tx, orderId: string): void {
    consumeStock(tx, orderId, this.clock.now());
  }

  /** Lets go of everything that the order holds, where it holds it. */
  async release(tx: Tx, orderId: string): Promise<void> {
    const rows = await this.stock.lockHeld(tx, orderId);
    const changes: ChangedStock[] = [];
    for (const row of rows) {
      const book = new StockBook(row);
      const held = row.reservations.filter(({ status }) => status === 'held');
      for (const { locationId, quantity, backordered } of held) {
        book.hold(locationId, -quantity);
        book.promise(-backordered);
      }
      if (held.length > 0)
        changes.push({ book, reservations: held.map((reservation) => ({ ...reservation, status: 'released' })) });
    }
    await this.writer.write(tx, changes, { reason: 'Released', actorId: null, orderId });
  }
}

function byVariant(allocations: readonly Allocation[]): Map<string, Allocation[]> {
  const found = new Map<string, Allocation[]>();
  for (const allocation of allocations)
    found.set(allocation.variantId, [...(found.get(allocation.variantId) ?? []), allocation]);
  return found;
}
