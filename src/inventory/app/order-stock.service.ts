import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/index.js';
import { Clock } from '../../platform/time/index.js';
import { consumeStock, holdStock } from '../data/order-stock.sql.js';
import { StockRepository, type ChangedStock } from '../data/stock.repository.js';
import { planReservation, type Allocation } from '../domain/choose-locations.js';
import { sumDemand, type Shortage, type StockDemand } from '../domain/reservation.js';
import { sellable, StockBook, type Stock } from '../domain/stock-book.js';
import { StockWriter } from './stock-writer.js';

export type ReserveOutcome = { readonly ok: true } | { readonly ok: false; readonly shortages: readonly Shortage[] };

/** What an order holds until it is paid or given up. */
@Injectable()
export class OrderStockService {
  constructor(
    private readonly stock: StockRepository,
    private readonly writer: StockWriter,
    private readonly clock: Clock,
  ) {}

  /** Holds stock for an order, all lines or none. A shortage leaves nothing changed. */
  async reserve(tx: Tx, orderId: string, lines: readonly StockDemand[]): Promise<ReserveOutcome> {
    const demands = sumDemand(lines);
    const rows = await this.stock.lockMany(
      tx,
      demands.map(({ variantId }) => variantId),
    );
    const stocks = new Map<string, Stock>(rows.map((row) => [row.variantId, row]));
    const plan = planReservation(demands, stocks, rows[0]?.mainLocationId ?? null);
    if (!plan.ok) return plan;
    if (plan.allocations.length > 0) holdStock(tx, orderId, plan.allocations, this.clock.now());
    for (const [variantId, units] of unitsOf(plan.allocations)) {
      const stock = stocks.get(variantId);
      if (stock) this.writer.tell(tx, stock, sellable(stock), sellable(stock) - units);
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

/** Units that the allocations take of each variant, promised ones too. */
function unitsOf(allocations: readonly Allocation[]): Map<string, number> {
  const units = new Map<string, number>();
  for (const { variantId, quantity, backordered } of allocations)
    units.set(variantId, (units.get(variantId) ?? 0) + quantity + backordered);
  return units;
}
