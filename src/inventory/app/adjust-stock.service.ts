import { Injectable } from '@nestjs/common';
import { AppError, InvalidError, NotFoundError } from '../../platform/errors/index.js';
import { requireVersion, type ExpectedVersions } from '../../platform/http/index.js';
import { IdempotencyStore, type KeptAnswer, type KeyUse } from '../../platform/idempotency/index.js';
import type { Tx } from '../../platform/database/index.js';
import { LocationsRepository } from '../data/locations.repository.js';
import { StockRepository } from '../data/stock.repository.js';
import { BelowReservedError, NotTrackedError } from '../domain/inventory.errors.js';
import { StockBook, type Place, type Stock } from '../domain/stock-book.js';
import { StockWriter } from './stock-writer.js';

export const MAX_STOCK = 2_000_000_000;

export interface Adjustment {
  readonly change: { readonly delta: number } | { readonly onHand: number };
  /** Where; absent: in the main location, unless a count could mean several. */
  readonly locationId?: string;
  readonly reason: string;
  readonly actorId: string;
  readonly expected: ExpectedVersions;
}

/** Staff change what is on hand in a location, by a difference or to a count. */
@Injectable()
export class AdjustStockService {
  constructor(
    private readonly stock: StockRepository,
    private readonly locations: LocationsRepository,
    private readonly writer: StockWriter,
    private readonly keys: IdempotencyStore,
  ) {}

  /**
   * @throws NotFoundError, NotTrackedError, BelowReservedError, StaleVersionError; InvalidError `inventory.location_unknown`,
   * `inventory.location_required`; AppError `inventory.too_much` (422)
   */
  async adjust(
    variantId: string,
    adjustment: Adjustment,
    key: KeyUse | undefined,
    render: (stock: Stock) => string,
  ): Promise<KeptAnswer> {
    return this.keys.run(key, async (tx) => {
      const [row] = await this.stock.lockMany(tx, [variantId]);
      if (!row) throw new NotFoundError('variant');
      requireVersion(adjustment.expected, row.version);
      if (!row.tracked) throw new NotTrackedError();
      const place = await this.placeOf(tx, row, adjustment);
      const book = new StockBook(row);
      const { change, reason, actorId } = adjustment;
      const delta = 'delta' in change ? change.delta : change.onHand - book.onHandAt(place.locationId);
      if (delta < -book.freeAt(place.locationId))
        throw new BelowReservedError(book.onHandAt(place.locationId), book.reservedAt(place.locationId));
      if (row.onHand + delta > MAX_STOCK)
        throw new AppError('invalid', 'inventory.too_much', `There can be ${MAX_STOCK} units of a variant at most.`);
      book.move(place, delta, 'adjustment');
      if (delta !== 0) await this.writer.write(tx, [{ book }], { reason, actorId, orderId: null });
      return { status: 201, body: render(book.after), headers: {} };
    });
  }

  private async placeOf(tx: Tx, stock: Stock, { locationId, change }: Adjustment): Promise<Place> {
    if (locationId !== undefined) {
      const place = await this.locations.hold(tx, locationId);
      if (!place) throw unknownLocation('/locationId');
      return place;
    }
    const main = await this.locations.holdMain(tx);
    const elsewhere = stock.levels.some((level) => level.locationId !== main.locationId && level.onHand > 0);
    if ('onHand' in change && elsewhere)
      throw new InvalidError(
        'inventory.location_required',
        'The variant has stock in several locations: name the one.',
        [{ pointer: '/locationId', code: 'required', detail: 'name the location that was counted' }],
      );
    return main;
  }
}

/** 422: the body names a location that there is not. */
export function unknownLocation(pointer: string): InvalidError {
  return new InvalidError('inventory.location_unknown', 'There is no such location.', [
    { pointer, code: 'unknown', detail: 'there is no such location' },
  ]);
}
