import { Injectable } from '@nestjs/common';
import { InventoryFacade, type Shortage } from '../../inventory/index.js';
import { userIdOf, type SignedIn } from '../../platform/access/index.js';
import type { Tx } from '../../platform/database/index.js';
import { InvalidError, NotFoundError } from '../../platform/errors/index.js';
import type { ExpectedVersions } from '../../platform/http/index.js';
import type { KeptAnswer, KeyUse } from '../../platform/idempotency/index.js';
import { isUuid, newId } from '../../platform/ids/index.js';
import { Clock } from '../../platform/time/index.js';
import { FulfilmentsRepository } from '../data/fulfilments.repository.js';
import { OrdersRepository } from '../data/orders.repository.js';
import { planFulfilment } from '../domain/fulfilment-plan.js';
import type { Tracking } from '../domain/fulfilment.js';
import type { Order } from '../domain/order.js';
import { InsufficientStockError } from '../domain/orders.errors.js';
import type { UnitRequest } from '../domain/units.js';
import { AfterSalesNews } from './after-sales-news.service.js';
import { ChangeOrder } from './change-order.service.js';

export interface FulfilOrder extends Tracking {
  /** Absent: all that is left. */
  readonly items: readonly UnitRequest[] | undefined;
  /** Where the parcel leaves from; absent: where the units were sold. */
  readonly locationId: string | undefined;
  readonly expected: ExpectedVersions;
}

export interface ChangeTracking {
  /** What is left out stays. */
  readonly tracking: Partial<Tracking>;
  readonly expected: ExpectedVersions;
}

/** Sends orders, in one parcel or several. */
@Injectable()
export class FulfilOrderService {
  constructor(
    private readonly changes: ChangeOrder,
    private readonly orders: OrdersRepository,
    private readonly fulfilments: FulfilmentsRepository,
    private readonly inventory: InventoryFacade,
    private readonly news: AfterSalesNews,
    private readonly clock: Clock,
  ) {}

  /**
   * @throws NotFoundError, NotFulfillableError, InsufficientStockError, StaleVersionError; `orders.fulfil_*`, `location.not_found` (422),
   *   `inventory.location_inactive`, `idempotency.*`
   */
  async fulfil(
    orderId: string,
    { items, locationId, expected, ...tracking }: FulfilOrder,
    actor: SignedIn,
    key: KeyUse | undefined,
  ): Promise<KeptAnswer> {
    const caller = { actor, token: undefined };
    const request = { orderId, caller, permission: 'orders:write', expected, key, status: 201 } as const;
    return this.changes.run(request, async (tx, order) => {
      const units = planFulfilment(order, items);
      const from = await this.ship(tx, order, locationId ?? null, units, actor);
      const now = this.clock.now();
      const lines = units.map(({ itemId, quantity }) => ({ orderLineId: itemId, quantity }));
      const parcel = await this.fulfilments.insert(tx, {
        id: newId(),
        orderId: order.id,
        locationId: from,
        carrier: tracking.carrier,
        trackingNumber: tracking.trackingNumber,
        trackingUrl: tracking.trackingUrl,
        actorId: userIdOf(actor),
        createdAt: now,
        lines,
      });
      const counts = lines.map(({ orderLineId, quantity }) => ({ orderLineId, fulfilled: quantity }));
      const counted = await this.orders.countOnLines(tx, order, counts, now);
      this.orders.change(tx, counted, {}, now);
      await this.news.fulfilled(tx, counted, parcel, caller);
    });
  }

  /** @throws NotFoundError, StaleVersionError */
  async changeTracking(
    orderId: string,
    fulfilmentId: string,
    { tracking, expected }: ChangeTracking,
    actor: SignedIn,
  ): Promise<KeptAnswer> {
    const caller = { actor, token: undefined };
    const request = { orderId, caller, permission: 'orders:write', expected, key: undefined, status: 200 } as const;
    return this.changes.run(request, async (tx, order) => {
      const parcel = isUuid(fulfilmentId) ? await this.fulfilments.findWithLines(tx, order.id, fulfilmentId) : null;
      if (!parcel) throw new NotFoundError('fulfilment');
      const { carrier, trackingNumber, trackingUrl } = { ...parcel, ...tracking };
      const to = { carrier, trackingNumber, trackingUrl };
      if (carrier === parcel.carrier && trackingNumber === parcel.trackingNumber && trackingUrl === parcel.trackingUrl)
        return;
      const now = this.clock.now();
      await this.fulfilments.changeTracking(tx, parcel.id, to, now);
      this.orders.change(tx, order, {}, now);
      await this.news.trackingChanged(tx, order, parcel, to, caller);
    });
  }

  /** Takes the units out of the location; answers which it was. */
  private async ship(
    tx: Tx,
    order: Order,
    locationId: string | null,
    units: readonly UnitRequest[],
    actor: SignedIn,
  ): Promise<string> {
    if (locationId !== null && !isUuid(locationId)) throw unknownLocation();
    const lines = new Map(order.lines.map((line) => [line.id, line]));
    const demands = units.map(({ itemId, quantity }) => ({ variantId: lines.get(itemId)?.variantId ?? '', quantity }));
    const movement = { reason: `Parcel of order ${order.number}`, actorId: userIdOf(actor) };
    const outcome = await this.inventory.ship(tx, order.id, locationId, demands, movement).catch((error: unknown) => {
      // The address is right; it is the body that names no location.
      throw error instanceof NotFoundError ? unknownLocation() : error;
    });
    if (!outcome.ok) throw new InsufficientStockError(shortItems(order, outcome.shortages));
    return outcome.locationId;
  }
}

function shortItems(order: Order, shortages: readonly Shortage[]) {
  const skus = new Map(order.lines.map(({ variantId, sku }) => [variantId, sku]));
  return shortages.map((short) => ({ ...short, sku: skus.get(short.variantId) ?? null }));
}

function unknownLocation(): InvalidError {
  const detail = 'There is no such location.';
  return new InvalidError('location.not_found', detail, [
    { pointer: '/locationId', code: 'location.not_found', detail },
  ]);
}
