import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database/index.js';
import { OrderStockService, type OrderDemand, type ReserveOutcome } from './app/order-stock.service.js';
import { SoldStockService, type GiveBack, type MoveReason, type ShipOutcome } from './app/sold-stock.service.js';
import { StockItemsService, type StockChange } from './app/stock-items.service.js';
import type { LockedStock, VariantsQuery } from './data/order-stock.sql.js';
import type { NewStockRow } from './data/stock.repository.js';
import type { StockDemand } from './domain/reservation.js';

/** What other modules may do with stock. Quantities are whole units; every change takes part in the caller's transaction. */
@Injectable()
export class InventoryFacade {
  constructor(
    private readonly items: StockItemsService,
    private readonly orders: OrderStockService,
    private readonly sold: SoldStockService,
  ) {}

  /** A stock item for each new variant, with what it starts with in the main location (the first active one) and a ledger row for it. */
  createItems(
    tx: Tx,
    items: readonly NewStockRow[],
    source: { kind: 'initial' | 'import'; actorId: string | null },
  ): Promise<void> {
    return this.items.create(tx, items, source);
  }

  /** Turns tracking or back-orders on and off, and follows a changed SKU. */
  changeItems(
    tx: Tx,
    items: readonly { variantId: string; tracked?: boolean; backorder?: boolean; sku?: string | null }[],
  ): Promise<void> {
    return this.items.change(tx, items);
  }

  /**
   * What an import says of items that there are; what a change leaves out stays. All are locked at once. A quantity means
   * all locations together, and the main one takes the difference: never more than what no open order holds there.
   */
  importItems(tx: Tx, changes: readonly StockChange[], actorId: string | null): Promise<void> {
    return this.items.import(tx, changes, actorId);
  }

  /**
   * Locks the stock of all variants that a query names, in the order of their ids, until the transaction ends: for `reserveAll`, asked for
   * together with the lines themselves.
   */
  lock(tx: Tx, variants: VariantsQuery): Promise<readonly LockedStock[]> {
    return this.orders.lock(tx, variants);
  }

  /**
   * Holds stock for orders, one after the other: what is left goes to the first. Of each all lines or none, and the locations are chosen. Lines of
   * one variant are added up first. A shortage is an outcome and no exception, and leaves nothing changed.
   * @param locked what `lock` answered in this transaction, of all their lines; they are locked here where it is left out
   */
  reserveAll(tx: Tx, orders: readonly OrderDemand[], locked?: readonly LockedStock[]): Promise<ReserveOutcome[]> {
    return this.orders.reserveAll(tx, orders, locked);
  }

  /** Takes what the order holds, from where it holds it: it has been paid. Does nothing the second time. */
  consume(tx: Tx, orderId: string): void {
    this.orders.consume(tx, orderId);
  }

  /** Lets go of what the order holds: it will not be paid. Does nothing the second time. */
  release(tx: Tx, orderId: string): Promise<void> {
    return this.orders.release(tx, orderId);
  }

  /**
   * Puts sold units back on the shelf, where they were sold or in `how.locationId`. Units that were not sent come first,
   * unless `how.sent` says that a parcel came back. Variants whose stock was not tracked when they were sold need nothing.
   * @throws Error when more comes back than the order took: a fault of the caller.
   * @throws NotFoundError `location.not_found`, InvalidError `inventory.location_inactive` for `how.locationId`
   */
  async giveBack(tx: Tx, orderId: string, lines: readonly StockDemand[], how: GiveBack): Promise<void> {
    if (lines.length > 0) await this.sold.giveBack(tx, orderId, lines, how);
  }

  /**
   * Of units of a paid order that will never be sent and are not put back, those that had only been promised are promised no more.
   * Answers how many they were, by variant.
   */
  async giveUp(
    tx: Tx,
    orderId: string,
    lines: readonly StockDemand[],
    why: MoveReason,
  ): Promise<ReadonlyMap<string, number>> {
    return lines.length > 0 ? this.sold.giveUp(tx, orderId, lines, why) : new Map<string, number>();
  }

  /**
   * Sends units of a paid order from a location; null: from where most of them were sold. Units that were sold elsewhere
   * are paid back there by a transfer in the ledger, units that had only been promised are sold now: both take stock that
   * no order holds. Too little of it is an outcome and no exception, and leaves nothing changed.
   * @throws Error when more is sent than the order has left: a fault of the caller.
   * @throws NotFoundError `location.not_found`, InvalidError `inventory.location_inactive` for the location that is named
   */
  ship(
    tx: Tx,
    orderId: string,
    locationId: string | null,
    lines: readonly StockDemand[],
    why: MoveReason,
  ): Promise<ShipOutcome> {
    return this.sold.ship(tx, orderId, locationId, lines, why);
  }
}
