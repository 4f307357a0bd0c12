import { Injectable } from '@nestjs/common';
import { InvalidError, NotFoundError } from '../../platform/errors/index.js';
import type { Tx } from '../../platform/database/index.js';
import { newId } from '../../platform/ids/index.js';
import { LocationsRepository } from '../data/locations.repository.js';
import { StockRepository, type ChangedStock } from '../data/stock.repository.js';
import type { LockedStock } from '../data/order-stock.sql.js';
import { planShipment, usualSender, type Shipment } from '../domain/plan-shipment.js';
import { planGiveBack, sumDemand, type Reservation, type Shortage, type StockDemand } from '../domain/reservation.js';
import { StockBook, type Place } from '../domain/stock-book.js';
import { StockWriter } from './stock-writer.js';

/** Why units move, for the ledger. */
export interface MoveReason {
  readonly reason: string;
  readonly actorId: string | null;
}

export interface GiveBack extends MoveReason {
  /** Where the units are put; absent: where they were sold. */
  readonly locationId?: string;
  /** A parcel came back: units that were sent come first, and not those that still wait. */
  readonly sent?: boolean;
}

export type ShipOutcome =
  { readonly ok: true; readonly locationId: string } | { readonly ok: false; readonly shortages: readonly Shortage[] };

/** What orders took from the stock, until it is sent, and when it comes back. */
@Injectable()
export class SoldStockService {
  constructor(
    private readonly stock: StockRepository,
    private readonly locations: LocationsRepository,
    private readonly writer: StockWriter,
  ) {}

  /** Puts sold units back; put elsewhere than where they were sold, they are brought there. */
  async giveBack(tx: Tx, orderId: string, lines: readonly StockDemand[], how: GiveBack): Promise<void> {
    const demands = new Map(sumDemand(lines).map(({ variantId, quantity }) => [variantId, quantity]));
    const rows = await this.stock.lockMany(tx, [...demands.keys()], orderId);
    const to = how.locationId === undefined ? undefined : await this.placeNamed(tx, how.locationId);
    const changes: ChangedStock[] = [];
    for (const row of rows) {
      const taken = consumed(row);
      if (taken.length === 0) continue;
      const book = new StockBook(row);
      const back = planGiveBack(taken, demands.get(row.variantId) ?? 0, how.sent ?? false);
      book.promise(-back.promised);
      for (const [locationId, units] of back.shelved) {
        const home = await this.placeOf(tx, row, locationId);
        book.move(home, units, 'return');
        if (to && to.locationId !== locationId) book.transfer(home, to, units, newId());
      }
      changes.push({ book, reservations: back.reservations });
    }
    await this.writer.write(tx, changes, { reason: how.reason, actorId: how.actorId, orderId });
  }

  /** Of units that will never be sent, takes back what had only been promised; answers how many they were, by variant. */
  async giveUp(
    tx: Tx,
    orderId: string,
    lines: readonly StockDemand[],
    why: MoveReason,
  ): Promise<ReadonlyMap<string, number>> {
    const demands = new Map(sumDemand(lines).map(({ variantId, quantity }) => [variantId, quantity]));
    const released = new Map<string, number>();
    const changes: ChangedStock[] = [];
    for (const row of await this.stock.lockMany(tx, [...demands.keys()], orderId)) {
      const taken = consumed(row);
      const promised = taken.reduce((sum, { backordered }) => sum + backordered, 0);
      const units = Math.min(demands.get(row.variantId) ?? 0, promised);
      if (units === 0) continue;
      const book = new StockBook(row);
      book.promise(-units);
      changes.push({ book, reservations: planGiveBack(taken, units, false).reservations });
      released.set(row.variantId, units);
    }
    if (changes.length > 0) await this.writer.write(tx, changes, { ...why, orderId });
    return released;
  }

  /**
   * Sends units of an order that has been paid.
   * @param locationId from where; null: from where most of them were sold
   * @throws NotFoundError, InvalidError `inventory.location_inactive` for a location that is named
   */
  async ship(
    tx: Tx,
    orderId: string,
    locationId: string | null,
    lines: readonly StockDemand[],
    why: MoveReason,
  ): Promise<ShipOutcome> {
    const demands = new Map(sumDemand(lines).map(({ variantId, quantity }) => [variantId, quantity]));
    const rows = await this.stock.lockMany(tx, [...demands.keys()], orderId);
    const from = await this.sender(tx, rows, locationId);
    const shortages: Shortage[] = [];
    const changes: ChangedStock[] = [];
    for (const row of rows) {
      const taken = consumed(row);
      if (taken.length === 0) continue;
      const book = new StockBook(row);
      const asked = demands.get(row.variantId) ?? 0;
      const plan = planShipment(taken, asked, from.locationId, book.freeAt(from.locationId));
      if (!plan.ok) shortages.push({ variantId: row.variantId, asked, available: plan.available });
      else {
        await this.book(tx, row, book, from, plan.shipment);
        changes.push({ book, reservations: plan.shipment.reservations });
      }
    }
    if (shortages.length > 0) return { ok: false, shortages };
    await this.writer.write(tx, changes, { ...why, orderId });
    return { ok: true, locationId: from.locationId };
  }

  private async book(tx: Tx, row: LockedStock, book: StockBook, from: Place, shipment: Shipment): Promise<void> {
    for (const [locationId, units] of shipment.transfers)
      book.transfer(from, await this.placeOf(tx, row, locationId), units, newId());
    book.move(from, -shipment.sold, 'sale');
    book.promise(-shipment.sold);
  }

  private async sender(tx: Tx, rows: readonly LockedStock[], locationId: string | null): Promise<Place> {
    if (locationId !== null) return this.placeNamed(tx, locationId);
    const usual = usualSender(rows.map(consumed));
    const place = usual === null ? null : await this.locations.hold(tx, usual);
    return place ?? this.locations.holdMain(tx);
  }

  private async placeNamed(tx: Tx, locationId: string): Promise<Place> {
    const place = await this.locations.hold(tx, locationId);
    if (!place) throw new NotFoundError('location');
    if (!place.active) throw new InvalidError('inventory.location_inactive', 'The location is not active.');
    return place;
  }

  private async placeOf(tx: Tx, row: LockedStock, locationId: string): Promise<Place> {
    const place =
      row.levels.find((level) => level.locationId === locationId) ?? (await this.locations.hold(tx, locationId));
    if (!place) throw new Error(`location ${locationId} is missing`);
    return place;
  }
}

function consumed(row: LockedStock): Reservation[] {
  return row.reservations.filter(({ status }) => status === 'consumed');
}
