import { Injectable } from '@nestjs/common';
import type { SignedIn } from '../../platform/access/index.js';
import { AuditLog } from '../../platform/audit-log/index.js';
import type { Tx } from '../../platform/database/index.js';
import { AppError } from '../../platform/errors/index.js';
import { IdempotencyStore, type KeptAnswer, type KeyUse } from '../../platform/idempotency/index.js';
import { LocationsRepository } from '../data/locations.repository.js';
import { BelowReservedError, LocationRequiredError, UnknownLocationError } from '../domain/inventory.errors.js';
import { MAX_STOCK, StockBook, type Place, type Stock } from '../domain/stock-book.js';
import { StockDesk, type DeskCall, type Render } from './stock-desk.js';
import { StockWriter } from './stock-writer.js';

export interface Adjustment extends DeskCall {
  readonly change: { readonly delta: number } | { readonly onHand: number };
  /** Where; absent: in the main location, unless a count could mean several. */
  readonly locationId?: string;
  readonly reason: string;
  readonly actor: SignedIn;
}

/** Staff change what is on hand in a location, by a difference or to a count. */
@Injectable()
export class AdjustStockService {
  constructor(
    private readonly desk: StockDesk,
    private readonly locations: LocationsRepository,
    private readonly writer: StockWriter,
    private readonly keys: IdempotencyStore,
    private readonly audit: AuditLog,
  ) {}

  /**
   * @throws NotFoundError, StaleVersionError, NotTrackedError, BelowReservedError, UnknownLocationError, LocationRequiredError;
   * AppError `inventory.too_much` (422)
   */
  adjust(variantId: string, adjustment: Adjustment, key: KeyUse | undefined, render: Render): Promise<KeptAnswer> {
    return this.keys.run(key, async (tx) => {
      const stock = await this.desk.lockTracked(tx, variantId, adjustment);
      const place = await this.placeOf(tx, stock, adjustment);
      const book = new StockBook(stock);
      const { change, reason, actor } = adjustment;
      const delta = 'delta' in change ? change.delta : change.onHand - book.onHandAt(place.locationId);
      if (delta < -book.freeAt(place.locationId))
        throw new BelowReservedError(book.onHandAt(place.locationId), book.reservedAt(place.locationId));
      if (stock.onHand + delta > MAX_STOCK)
        throw new AppError('invalid', 'inventory.too_much', `There can be ${MAX_STOCK} units of a variant at most.`);
      book.move(place, delta, 'adjustment');
      if (delta !== 0) {
        await this.writer.write(tx, [{ book }], { reason, actorId: actor.userId, orderId: null });
        const onHand = book.onHandAt(place.locationId);
        await this.audit.record(tx, actor, {
          action: 'inventory.stock_adjusted',
          subject: { type: 'variant', id: stock.variantId },
          before: { onHand: onHand - delta },
          // The reason stands in the ledger: it is free text, and what is in the log can never be taken out.
          after: { onHand, locationId: place.locationId },
        });
      }
      return this.desk.answer(tx, stock, render);
    });
  }

  private async placeOf(tx: Tx, stock: Stock, { locationId, change }: Adjustment): Promise<Place> {
    if (locationId !== undefined) {
      const place = await this.locations.hold(tx, locationId);
      if (!place) throw new UnknownLocationError('/locationId');
      return place;
    }
    const main = await this.locations.holdMain(tx);
    const elsewhere = stock.levels.some((level) => level.locationId !== main.locationId && level.onHand > 0);
    if ('onHand' in change && elsewhere) throw new LocationRequiredError();
    return main;
  }
}
