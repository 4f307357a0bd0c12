import { Injectable } from '@nestjs/common';
import type { Reader, Tx } from '../platform/database/index.js';
import { Clock } from '../platform/time/index.js';
import { ReservationsRepository } from './data/reservations.repository.js';
import { levelOf, StockRepository, type NewMovement, type NewStockRow } from './data/stock.repository.js';
import { BelowReservedError } from './domain/inventory.errors.js';
import { planReservation, sumDemand, type Shortage, type StockDemand } from './domain/reservation.js';

export type ReserveOutcome = { readonly ok: true } | { readonly ok: false; readonly shortages: readonly Shortage[] };

export interface Availability {
  /** Units that can be sold now; null where stock is not tracked. */
  readonly available: number | null;
  readonly inStock: boolean;
}

/** What other modules may do with stock. Quantities are whole units; every change takes part in the caller's transaction. */
@Injectable()
export class InventoryFacade {
  constructor(
    private readonly stock: StockRepository,
    private readonly reservations: ReservationsRepository,
    private readonly clock: Clock,
  ) {}

  /** A stock item for each new variant, with a ledger row for what it starts with. */
  async createItems(
    tx: Tx,
    items: readonly NewStockRow[],
    source: { kind: 'initial' | 'import'; actorId: string | null },
  ): Promise<void> {
    const reason = source.kind === 'import' ? 'First import' : 'First stock';
    await this.stock.insertMany(tx, items, { ...source, reason }, this.clock.now());
  }

  /** Turns tracking or back-orders on and off, and follows a changed SKU. */
  async changeItems(
    tx: Tx,
    items: readonly { variantId: string; tracked?: boolean; backorder?: boolean; sku?: string | null }[],
  ): Promise<void> {
    for (const { variantId, ...change } of items) await this.stock.changeItem(tx, variantId, change, this.clock.now());
  }

  /**
   * Sets what is on hand. With `clamp` a value below what open orders hold becomes just that, which is what an import
   * wants; without it such a value is refused.
   * @throws BelowReservedError
   */
  async setOnHand(
    tx: Tx,
    items: readonly { variantId: string; onHand: number }[],
    movement: NewMovement,
    options: { clamp: boolean } = { clamp: false },
  ): Promise<void> {
    const wanted = new Map(items.map(({ variantId, onHand }) => [variantId, onHand]));
    for (const row of await this.stock.lockMany(tx, [...wanted.keys()])) {
      const asked = wanted.get(row.variantId) ?? row.onHand;
      if (asked < row.reserved && !options.clamp) throw new BelowReservedError(row.onHand, row.reserved);
      await this.stock.setOnHand(tx, row, Math.max(asked, row.reserved), movement, this.clock.now());
    }
  }

  /**
   * Holds stock for an order, all lines or none. Lines of one variant are added up first. A shortage is an outcome and
   * no exception, and leaves nothing changed.
   */
  async reserve(tx: Tx, orderId: string, lines: readonly StockDemand[]): Promise<ReserveOutcome> {
    const demands = sumDemand(lines);
    const rows = await this.stock.lockMany(
      tx,
      demands.map(({ variantId }) => variantId),
    );
    const plan = planReservation(demands, new Map(rows.map((row) => [row.variantId, levelOf(row)])));
    if (!plan.ok) return plan;
    if (plan.allocations.length > 0) await this.reservations.hold(tx, orderId, plan.allocations, this.clock.now());
    return { ok: true };
  }

  /** Takes what the order holds: it has been paid. Does nothing the second time. */
  consume(tx: Tx, orderId: string): Promise<void> {
    return this.reservations.consume(tx, orderId, this.clock.now());
  }

  /** Lets go of what the order holds: it will not be paid. Does nothing the second time. */
  release(tx: Tx, orderId: string): Promise<void> {
    return this.reservations.release(tx, orderId, this.clock.now());
  }

  /** Puts sold units back on the shelf, never more than the order took: the database refuses that. */
  async giveBack(
    tx: Tx,
    orderId: string,
    lines: readonly StockDemand[],
    movement: { reason: string; actorId: string | null },
  ): Promise<void> {
    if (lines.length > 0) await this.reservations.giveBack(tx, orderId, sumDemand(lines), movement, this.clock.now());
  }

  /** What can be sold of each variant, by variant id. */
  availability(reader: Reader, variantIds: readonly string[]): Promise<Map<string, Availability>> {
    return variantIds.length === 0 ? Promise.resolve(new Map<string, Availability>()) : this.stock.findAvailability(reader, variantIds);
  }
}
