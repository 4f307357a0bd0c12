import { Injectable } from '@nestjs/common';
import { Db, type Prisma, type SqlReader, type Tx } from '../../platform/database/index.js';
import { EVERY_TYPE } from '../domain/public-events.js';
import type { Subscription } from '../domain/subscription.js';
import { findWantedTypes } from './wanted-types.sql.js';

type NewSubscription = Pick<Subscription, 'id' | 'url' | 'description' | 'eventTypes' | 'secret' | 'createdAt'> & {
  readonly disabledAt: Date | null;
  readonly disabledReason: string | null;
  readonly createdBy: string;
};

/** What staff change of a subscription. */
export type SubscriptionChange = Partial<
  Pick<
    Subscription,
    | 'url'
    | 'description'
    | 'eventTypes'
    | 'secret'
    | 'previousSecret'
    | 'previousUntil'
    | 'disabledAt'
    | 'disabledReason'
    | 'failures'
    | 'failingSince'
    | 'pausedUntil'
  >
>;

/** How its endpoint has fared, which is no change of the subscription itself. */
export type EndpointHealth = Pick<Subscription, 'failures' | 'failingSince' | 'pausedUntil'>;

/** The table `webhook_subscription`. */
@Injectable()
export class SubscriptionsRepository {
  constructor(private readonly db: Db) {}

  async insert(tx: Tx, subscription: NewSubscription): Promise<Subscription> {
    const { eventTypes, ...data } = subscription;
    const row = await tx.webhookSubscription.create({
      data: { ...data, eventTypes: [...eventTypes], updatedAt: subscription.createdAt },
    });
    return toSubscription(row);
  }

  async findById(id: string): Promise<Subscription | undefined> {
    const row = await this.db.prisma.webhookSubscription.findUnique({ where: { id } });
    return row ? toSubscription(row) : undefined;
  }

  /** Newest first; one more than `limit`, where there are more. */
  async list(before: string | undefined, limit: number): Promise<Subscription[]> {
    const rows = await this.db.prisma.webhookSubscription.findMany({
      where: before === undefined ? {} : { id: { lt: before } },
      orderBy: { id: 'desc' },
      take: limit + 1,
    });
    return rows.map(toSubscription);
  }

  /** How many there are. Nobody can add one until the transaction ends. */
  async countLocked(tx: Tx): Promise<number> {
    await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended('backroom webhook subscriptions', 0))`;
    return tx.webhookSubscription.count();
  }

  /** The ids of those that are to hear of a type of event. */
  async findActiveFor(tx: Tx, type: string): Promise<string[]> {
    const rows = await tx.webhookSubscription.findMany({
      where: { disabledAt: null, eventTypes: { hasSome: [type, EVERY_TYPE] } },
      select: { id: true },
      orderBy: { id: 'asc' },
    });
    return rows.map(({ id }) => id);
  }

  /** Every type that one of those that are active asks for, `*` among them. */
  findWantedTypes(reader: SqlReader): Promise<string[]> {
    return findWantedTypes(reader);
  }

  /** Holds the row until the transaction ends; always before its deliveries. */
  async lock(tx: Tx, id: string): Promise<Subscription | undefined> {
    await tx.$queryRaw`select 1 from webhook_subscription where id = ${id}::uuid for no key update`;
    const row = await tx.webhookSubscription.findUnique({ where: { id } });
    return row ? toSubscription(row) : undefined;
  }

  /** A change of the subscription: its version grows. */
  async update(tx: Tx, id: string, change: SubscriptionChange, now: Date): Promise<Subscription> {
    const { eventTypes, ...rest } = change;
    const row = await tx.webhookSubscription.update({
      where: { id },
      data: {
        ...rest,
        ...(eventTypes ? { eventTypes: [...eventTypes] } : {}),
        version: { increment: 1 },
        updatedAt: now,
      },
    });
    return toSubscription(row);
  }

  async noteHealth(tx: Tx, id: string, health: EndpointHealth): Promise<void> {
    await tx.webhookSubscription.update({ where: { id }, data: health });
  }

  /** Its deliveries go with it. */
  async delete(tx: Tx, id: string): Promise<void> {
    await tx.webhookSubscription.delete({ where: { id } });
  }
}

function toSubscription(row: Prisma.WebhookSubscriptionGetPayload<object>): Subscription {
  return {
    id: row.id,
    url: row.url,
    description: row.description,
    eventTypes: row.eventTypes,
    secret: row.secret,
    previousSecret: row.previousSecret,
    previousUntil: row.previousUntil,
    disabledAt: row.disabledAt,
    disabledReason: row.disabledReason,
    failures: row.failures,
    failingSince: row.failingSince,
    pausedUntil: row.pausedUntil,
    version: row.version,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}
