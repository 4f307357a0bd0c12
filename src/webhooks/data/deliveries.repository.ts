import { Injectable } from '@nestjs/common';
import { Db, type Prisma, type Reader, type Tx } from '../../platform/database/index.js';
import { newId } from '../../platform/ids/index.js';
import type { Attempt, Delivery, DeliveryFailure, DeliveryStatus, Outcome } from '../domain/subscription.js';

/** What of an event is owed to subscribers. */
export interface OwedEvent {
  readonly eventId: string;
  readonly eventType: string;
  readonly payload: string;
}

export interface DeliveryFilter {
  readonly subscriptionId: string;
  readonly status?: DeliveryStatus | undefined;
  /** The keys of the last delivery of the page before. */
  readonly before?: { readonly createdAt: Date; readonly id: string } | undefined;
  readonly limit: number;
}

/** A delivery that waits, and whose it is. */
export type WaitingDelivery = Pick<Delivery, 'id' | 'subscriptionId'>;

const SHOWN_ATTEMPTS = 100;

/** The tables `webhook_delivery` and `webhook_attempt`. */
@Injectable()
export class DeliveriesRepository {
  constructor(private readonly db: Db) {}

  /** Owes the event to each subscription that it is not owed to already; answers what was added. */
  async add(tx: Tx, event: OwedEvent, subscriptionIds: readonly string[], now: Date): Promise<WaitingDelivery[]> {
    return tx.webhookDelivery.createManyAndReturn({
      data: subscriptionIds.map((subscriptionId) => ({
        ...event,
        id: newId(),
        subscriptionId,
        status: 'queued' as const,
        nextAttemptAt: now,
        createdAt: now,
      })),
      skipDuplicates: true,
      select: { id: true, subscriptionId: true },
    });
  }

  async findById(id: string, reader: Reader = this.db.prisma): Promise<Delivery | undefined> {
    const row = await reader.webhookDelivery.findUnique({ where: { id } });
    return row ? toDelivery(row) : undefined;
  }

  /** Newest first; one more than `limit`, where there are more. */
  async list({ subscriptionId, status, before, limit }: DeliveryFilter): Promise<Delivery[]> {
    const rows = await this.db.prisma.webhookDelivery.findMany({
      where: {
        subscriptionId,
        ...(status ? { status } : {}),
        ...(before
          ? { OR: [{ createdAt: { lt: before.createdAt } }, { createdAt: before.createdAt, id: { lt: before.id } }] }
          : {}),
      },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      take: limit + 1,
    });
    return rows.map(toDelivery);
  }

  /** The latest tries, the last one first. */
  async findAttempts(deliveryId: string): Promise<Attempt[]> {
    const rows = await this.db.prisma.webhookAttempt.findMany({
      where: { deliveryId },
      orderBy: { id: 'desc' },
      take: SHOWN_ATTEMPTS,
    });
    return rows.map(({ at, durationMs, httpStatus, error }) => ({ at, durationMs, httpStatus, error }));
  }

  /** Counts and records a try before it is made, so that one that kills the process counts, too. Answers the try's own id. */
  async startAttempt(tx: Tx, deliveryId: string, at: Date): Promise<bigint> {
    await tx.webhookDelivery.update({ where: { id: deliveryId }, data: { attempts: { increment: 1 } } });
    const { id } = await tx.webhookAttempt.create({ data: { deliveryId, at, durationMs: 0 }, select: { id: true } });
    return id;
  }

  async finishAttempt(tx: Tx, attemptId: bigint, { httpStatus, error, durationMs }: Outcome): Promise<void> {
    await tx.webhookAttempt.updateMany({ where: { id: attemptId }, data: { httpStatus, error, durationMs } });
  }

  async markDelivered(tx: Tx, id: string, now: Date): Promise<void> {
    await tx.webhookDelivery.updateMany({
      where: { id, status: 'queued' },
      data: { status: 'delivered', settledAt: now, nextAttemptAt: null },
    });
  }

  async postpone(tx: Tx, id: string, nextAttemptAt: Date): Promise<void> {
    await tx.webhookDelivery.updateMany({ where: { id, status: 'queued' }, data: { nextAttemptAt } });
  }

  async giveUp(tx: Tx, id: string, failure: DeliveryFailure, now: Date): Promise<void> {
    await tx.webhookDelivery.updateMany({ where: { id, status: 'queued' }, data: givenUp(failure, now) });
  }

  /** Gives up all that is still owed to a subscription. */
  async giveUpAll(tx: Tx, subscriptionId: string, now: Date): Promise<void> {
    await tx.webhookDelivery.updateMany({
      where: { subscriptionId, status: 'queued' },
      data: givenUp('subscription_disabled', now),
    });
  }

  /** Due now; where it was taken or given up, owed again from the start. */
  async requeue(tx: Tx, { id, status }: Delivery, now: Date): Promise<Delivery> {
    const anew = { status: 'queued', attempts: 0, settledAt: null, failure: null } as const;
    const row = await tx.webhookDelivery.update({
      where: { id },
      data: { nextAttemptAt: now, ...(status === 'queued' ? {} : anew) },
    });
    return toDelivery(row);
  }

  /** Those whose try has been due since before `dueBefore`; at most `limit`. */
  async findOverdue(dueBefore: Date, limit: number): Promise<WaitingDelivery[]> {
    return this.db.prisma.webhookDelivery.findMany({
      where: { status: 'queued', nextAttemptAt: { lt: dueBefore } },
      orderBy: { nextAttemptAt: 'asc' },
      take: limit,
      select: { id: true, subscriptionId: true },
    });
  }

  /** Forgets what was settled before the time, and its tries; answers how many. */
  async deleteSettledBefore(time: Date): Promise<number> {
    const { count } = await this.db.prisma.webhookDelivery.deleteMany({
      where: { status: { not: 'queued' }, settledAt: { lt: time } },
    });
    return count;
  }
}

function givenUp(failure: DeliveryFailure, now: Date) {
  return { status: 'failed', failure, settledAt: now, nextAttemptAt: null } as const;
}

function toDelivery(row: Prisma.WebhookDeliveryGetPayload<object>): Delivery {
  return {
    id: row.id,
    subscriptionId: row.subscriptionId,
    eventId: row.eventId,
    eventType: row.eventType,
    payload: row.payload,
    status: row.status,
    attempts: row.attempts,
    nextAttemptAt: row.nextAttemptAt,
    failure: row.failure,
    createdAt: row.createdAt,
    settledAt: row.settledAt,
  };
}
