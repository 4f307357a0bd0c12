import { Injectable } from '@nestjs/common';
import { Db, type Tx } from '../../platform/database/index.js';
import { ConflictError, NotFoundError } from '../../platform/errors/index.js';
import { requireVersion, type ExpectedVersions } from '../../platform/http/index.js';
import { IdempotencyStore, type KeptAnswer, type KeyUse } from '../../platform/idempotency/index.js';
import { newId } from '../../platform/ids/index.js';
import { Clock } from '../../platform/time/index.js';
import { DeliveriesRepository } from '../data/deliveries.repository.js';
import { SubscriptionsRepository, type SubscriptionChange } from '../data/subscriptions.repository.js';
import { newSecret } from '../domain/signature.js';
import type { Subscription } from '../domain/subscription.js';
import { EndpointUrlError } from '../domain/webhooks.errors.js';
import { EndpointCheck } from './endpoint-check.js';

export const MAX_SUBSCRIPTIONS = 100;
const HOUR_MS = 3_600_000;
const BY_STAFF = 'Disabled by staff.';

/** What staff say of a subscription. */
export interface SubscriptionWish {
  readonly url?: string | undefined;
  readonly eventTypes?: readonly string[] | undefined;
  readonly description?: string | undefined;
  readonly disabled?: boolean | undefined;
}

type Render = (subscription: Subscription) => string;

/** Staff make, change and delete subscriptions, and change their secrets. */
@Injectable()
export class SubscriptionsService {
  constructor(
    private readonly db: Db,
    private readonly keys: IdempotencyStore,
    private readonly clock: Clock,
    private readonly endpoints: EndpointCheck,
    private readonly subscriptions: SubscriptionsRepository,
    private readonly deliveries: DeliveriesRepository,
  ) {}

  /** @throws EndpointUrlError (422); AppError `webhooks.too_many_subscriptions` (409) */
  async create(
    wish: SubscriptionWish & { readonly url: string; readonly eventTypes: readonly string[] },
    createdBy: string,
    key: KeyUse | undefined,
    render: Render,
  ): Promise<KeptAnswer> {
    const url = await this.endpoints.check(wish.url);
    return this.keys.run(key, async (tx) => {
      // Only now: a repeated request gets its kept answer, wherever the host's name leads by then.
      if (url instanceof EndpointUrlError) throw url;
      if ((await this.subscriptions.countLocked(tx)) >= MAX_SUBSCRIPTIONS)
        throw new ConflictError('webhooks.too_many_subscriptions', `There are ${MAX_SUBSCRIPTIONS} already.`);
      const now = this.clock.now();
      const subscription = await this.subscriptions.insert(tx, {
        id: newId(),
        url,
        description: wish.description ?? '',
        eventTypes: wish.eventTypes,
        secret: newSecret(),
        disabledAt: wish.disabled ? now : null,
        disabledReason: wish.disabled ? BY_STAFF : null,
        createdBy,
        createdAt: now,
      });
      return { status: 201, body: render(subscription), headers: {} };
    });
  }

  /** @throws NotFoundError, StaleVersionError, EndpointUrlError (422) */
  async change(id: string, wish: SubscriptionWish, expected: ExpectedVersions): Promise<Subscription> {
    const url = wish.url === undefined ? undefined : await this.endpoints.check(wish.url);
    if (url instanceof EndpointUrlError) throw url;
    return this.db.transaction(async (tx) => {
      const subscription = await this.lock(tx, id, expected);
      const now = this.clock.now();
      const changed = await this.subscriptions.update(tx, id, changeOf(subscription, { ...wish, url }, now), now);
      if (changed.disabledAt && !subscription.disabledAt) await this.deliveries.giveUpAll(tx, id, now);
      return changed;
    });
  }

  /** A new secret; the present one stays valid for the overlap. @throws NotFoundError, StaleVersionError */
  async rotateSecret(
    id: string,
    overlapHours: number,
    expected: ExpectedVersions,
    key: KeyUse | undefined,
    render: Render,
  ): Promise<KeptAnswer> {
    return this.keys.run(key, async (tx) => {
      const { secret } = await this.lock(tx, id, expected);
      const now = this.clock.now();
      const previous =
        overlapHours > 0
          ? { previousSecret: secret, previousUntil: new Date(now.getTime() + overlapHours * HOUR_MS) }
          : { previousSecret: null, previousUntil: null };
      const changed = await this.subscriptions.update(tx, id, { secret: newSecret(), ...previous }, now);
      return { status: 200, body: render(changed), headers: {} };
    });
  }

  /** With its deliveries. @throws NotFoundError, StaleVersionError */
  async delete(id: string, expected: ExpectedVersions): Promise<void> {
    await this.db.transaction(async (tx) => {
      await this.lock(tx, id, expected);
      await this.subscriptions.delete(tx, id);
    });
  }

  private async lock(tx: Tx, id: string, expected: ExpectedVersions): Promise<Subscription> {
    const subscription = await this.subscriptions.lock(tx, id);
    if (!subscription) throw new NotFoundError('webhook');
    requireVersion(expected, subscription.version);
    return subscription;
  }
}

/** An endpoint that is new, or asked for again, begins without the failures of the past. */
function changeOf(subscription: Subscription, wish: SubscriptionWish, now: Date): SubscriptionChange {
  const { url, eventTypes, description, disabled } = wish;
  const enabled = disabled === false && subscription.disabledAt !== null;
  const afresh = enabled || (url !== undefined && url !== subscription.url);
  return {
    ...(url === undefined ? {} : { url }),
    ...(eventTypes ? { eventTypes } : {}),
    ...(description === undefined ? {} : { description }),
    ...(afresh ? { failures: 0, failingSince: null, pausedUntil: null } : {}),
    ...(enabled ? { disabledAt: null, disabledReason: null } : {}),
    ...(disabled && !subscription.disabledAt ? { disabledAt: now, disabledReason: BY_STAFF } : {}),
  };
}
