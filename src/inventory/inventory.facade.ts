import { Injectable } from '@nestjs/common';
import type { Reader, Tx } from '../platform/database/index.js';
import { Clock } from '../platform/time/index.js';
import { ReservationsRepository } from './data/reservations.repository.js';
import {
  levelOf,
  StockRepository,
  type ChangedItem,
  type NewStockRow,
  type StockRow,
} from './data/stock.repository.js';
import { planReservation, sumDemand, type Shortage, type StockDemand } from './domain/reservation.js';

export type ReserveOutcome = { readonly ok: true } | { readonly ok: false; readonly shortages: readonly Shortage[] };

export interface Availability {
  /** Units that can be sold now; null where stock is not tracked. */
  readonly available: number | null;
  readonly inStock: boolean;
}

/** What is to be changed of a stock item. */
export interface StockChange {
  readonly variantId: string;
  readonly sku?: string | null;
  readonly tracked?: boolean;
  readonly backorder?: boolean;
  readonly onHand?: number;
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
   * What an import says of items that there are; what a change leaves out stays. All are locked at once. A quantity below what open
   * orders hold becomes just that.
   */
  async importItems(tx: Tx, changes: readonly StockChange[], actorId: string | null): Promise<void> {
    const wanted = new Map(changes.map((change) => [change.variantId, change]));
    if (wanted.size === 0) return;
    const rows = await this.stock.lockMany(tx, [...wanted.keys()]);
    const changed = rows.map((row) => changedItem(row, wanted.get(row.variantId))).filter((row) => row !== null);
    const movement = { kind: 'import', reason: 'Import', actorId } as const;
    if (changed.length > 0) await this.stock.changeMany(tx, changed, movement, this.clock.now());
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
    return variantIds.length === 0
      ? Promise.resolve(new Map<string, Availability>())
      : this.stock.findAvailability(reader, variantIds);
  }
}

/** Null where the item is that already. */
function changedItem(row: StockRow, change: StockChange | undefined): ChangedItem | null {
  const { sku = row.sku, tracked = row.tracked, backorder = row.backorder, onHand: asked } = change ?? {};
  const onHand = asked === undefined ? row.onHand : Math.max(asked, row.reserved);
  const same = sku === row.sku && tracked === row.tracked && backorder === row.backorder && onHand === row.onHand;
  return same ? null : { variantId: row.variantId, sku, tracked, backorder, onHand, delta: onHand - row.onHand };
}
