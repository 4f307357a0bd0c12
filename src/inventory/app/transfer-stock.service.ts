import { Injectable } from '@nestjs/common';
import type { SignedIn } from '../../platform/access/index.js';
import { AuditLog } from '../../platform/audit-log/index.js';
import type { Tx } from '../../platform/database/index.js';
import { IdempotencyStore, type KeptAnswer, type KeyUse } from '../../platform/idempotency/index.js';
import { newId } from '../../platform/ids/index.js';
import { LocationsRepository } from '../data/locations.repository.js';
import { BelowReservedError, SameLocationError, UnknownLocationError } from '../domain/inventory.errors.js';
import { StockBook, type Place } from '../domain/stock-book.js';
import { StockDesk, type DeskCall, type Render } from './stock-desk.js';
import { StockWriter } from './stock-writer.js';

export interface Transfer extends DeskCall {
  readonly fromLocationId: string;
  readonly toLocationId: string;
  /** Units, at least 1. */
  readonly quantity: number;
  readonly reason: string;
  readonly actor: SignedIn;
}

/** Staff bring units from one location to another. */
@Injectable()
export class TransferStockService {
  constructor(
    private readonly desk: StockDesk,
    private readonly locations: LocationsRepository,
    private readonly writer: StockWriter,
    private readonly keys: IdempotencyStore,
    private readonly audit: AuditLog,
  ) {}

  /** @throws NotFoundError, StaleVersionError, NotTrackedError, BelowReservedError, UnknownLocationError, SameLocationError */
  transfer(variantId: string, transfer: Transfer, key: KeyUse | undefined, render: Render): Promise<KeptAnswer> {
    return this.keys.run(key, async (tx) => {
      const stock = await this.desk.lockTracked(tx, variantId, transfer);
      const { quantity, reason, actor } = transfer;
      const from = await this.place(tx, transfer.fromLocationId, '/fromLocationId');
      const to = await this.place(tx, transfer.toLocationId, '/toLocationId');
      if (from.locationId === to.locationId) throw new SameLocationError();
      const book = new StockBook(stock);
      if (book.freeAt(from.locationId) < quantity)
        throw new BelowReservedError(book.onHandAt(from.locationId), book.reservedAt(from.locationId));
      book.transfer(from, to, quantity, newId());
      await this.writer.write(tx, [{ book }], { reason, actorId: actor.userId, orderId: null });
      await this.audit.record(tx, actor, {
        action: 'inventory.stock_transferred',
        subject: { type: 'variant', id: stock.variantId },
        after: { fromLocationId: from.locationId, toLocationId: to.locationId, quantity },
      });
      return this.desk.answer(tx, stock, render);
    });
  }

  private async place(tx: Tx, locationId: string, pointer: string): Promise<Place> {
    const place = await this.locations.hold(tx, locationId);
    if (!place) throw new UnknownLocationError(pointer);
    return place;
  }
}
