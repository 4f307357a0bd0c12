import { Injectable } from '@nestjs/common';
import { BatchedCalls } from '../../platform/batches/index.js';
import { Db, type Tx } from '../../platform/database/index.js';
import {
  addDeliveries,
  markSent,
  startAttempts,
  type NewDelivery,
  type StartedDelivery,
} from './mail-deliveries.sql.js';

/** The table `mail_delivery`: which mails are owed, sent and given up. */
@Injectable()
export class MailDeliveriesRepository {
  private readonly sent: BatchedCalls<{ readonly id: string; readonly sentAt: Date }, undefined>;

  constructor(private readonly db: Db) {
    this.sent = new BatchedCalls(async (mails) => {
      const latest = Math.max(...mails.map(({ sentAt }) => sentAt.getTime()));
      await markSent(
        db,
        mails.map(({ id }) => id),
        new Date(latest),
      );
      return mails.map(() => undefined);
    });
  }

  /** Adds each mail unless its event has one of its kind already; answers the ids of those that were added. */
  add(tx: Tx, deliveries: readonly NewDelivery[], now: Date): Promise<string[]> {
    return addDeliveries(tx, deliveries, now);
  }

  /**
   * Counts a try of each before it is made, so that a try that kills the process counts too. Answers the mails in the order of their ids; one
   * that is not owed (any more) is missing.
   */
  async startAttempts(ids: readonly string[]): Promise<StartedDelivery[]> {
    const started = await startAttempts(this.db, ids);
    return started.sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** Together with other mails that are sent at the same moment, at the time of the last of them. */
  async markSent(id: string, sentAt: Date): Promise<void> {
    await this.sent.call({ id, sentAt });
  }

  /** Notes why a try failed; more tries follow. */
  async noteError(id: string, lastError: string): Promise<void> {
    await this.db.prisma.mailDelivery.updateMany({ where: { id, status: 'queued' }, data: { lastError } });
  }

  /** Gives the mail up. */
  async markFailed(id: string, lastError: string): Promise<void> {
    await this.db.prisma.mailDelivery.updateMany({
      where: { id, status: 'queued' },
      data: { status: 'failed', lastError },
    });
  }
}
