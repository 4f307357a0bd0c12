import { Injectable } from '@nestjs/common';
import type { SignedIn } from '../../platform/access/index.js';
import { AuditLog } from '../../platform/audit-log/index.js';
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
    private readonly audit: AuditLog,
  ) {}

  /** @throws EndpointUrlError (422); AppError `webhooks.too_many_subscriptions` (409) */
  async create(
    wish: SubscriptionWish & { readonly url: string; readonly eventTypes: readonly string[] },
    actor: SignedIn,
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
        createdBy: actor.userId,
        createdAt: now,
      });
      const after = fieldsOf(subscription);
      await this.audit.record(tx, actor, {
        action: 'webhooks.subscription_created',
        ...subjectOf(subscription),
        after,
      });
      return { status: 201, body: render(subscription), headers: {} };
    });
  }

  /** @throws NotFoundError, StaleVersionError, EndpointUrlError (422) */
  async change(actor: SignedIn, id: string, wish: SubscriptionWish, expected: ExpectedVersions): Promise<Subscription> {
    const url = wish.url === undefined ? undefined : await this.endpoints.check(wish.url);
    if (url instanceof EndpointUrlError) throw url;
    return this.db.transaction(async (tx) => {
      const subscription = await this.lock(tx, id, expected);
      const now = this.clock.now();
      const changed = await this.subscriptions.update(tx, id, changeOf(subscription, { ...wish, url }, now), now);
      await this.audit.recordChange(tx, actor, {
        action: 'webhooks.subscription_changed',
        ...subjectOf(subscription),
        before: fieldsOf(subscription),
        after: fieldsOf(changed),
      });
      if (changed.disabledAt && !subscription.disabledAt) await this.deliveries.giveUpAll(tx, id, now);
      return changed;
    });
  }

  /** A new secret; the present one stays valid for the overlap. @throws NotFoundError, StaleVersionError */
  async rotateSecret(
    actor: SignedIn,
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
      const after = { overlapHours };
      await this.audit.record(tx, actor, { action: 'webhooks.secret_rotated', ...subjectOf(changed), after });
      return { status: 200, body: render(changed), headers: {} };
    });
  }

  /** With its deliveries. @throws NotFoundError, StaleVersionError */
  async delete(actor: SignedIn, id: string, expected: ExpectedVersions): Promise<void> {
    await this.db.transaction(async (tx) => {
      const subscription = await this.lock(tx, id, expected);
      await this.subscriptions.delete(tx, id);
      await this.audit.record(tx, actor, {
        action: 'webhooks.subscription_deleted',
        ...subjectOf(subscription),
        before: fieldsOf(subscription),
      });
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

function subjectOf({ id }: Subscription) {
  return { subject: { type: 'webhook', id } } as const;
}

/** What the audit log says of it. An address may carry a key in its query: the log shows where it leads, not with what. */
function fieldsOf({ url, eventTypes, description, disabledAt }: Subscription) {
  const { origin, pathname } = new URL(url);
  return { url: `${origin}${pathname}`, eventTypes, description, disabled: disabledAt !== null };
}
