import { Injectable } from '@nestjs/common';
import { Db, type Tx } from '../../platform/database/index.js';
import {
  addDeliveries,
  markSent,
  startAttempt,
  type NewDelivery,
  type StartedDelivery,
} from './mail-deliveries.sql.js';

/** The table `mail_delivery`: which mails are owed, sent and given up. */
@Injectable()
export class MailDeliveriesRepository {
  constructor(private readonly db: Db) {}

  /** Adds each mail unless its event has one of its kind already; answers the ids of those that were added. */
  add(tx: Tx, deliveries: readonly NewDelivery[], now: Date): Promise<string[]> {
    return addDeliveries(tx, deliveries, now);
  }

  /** Counts a try before it is made, so that a try that kills the process counts too. Undefined when the mail is not owed (any more). */
  startAttempt(id: string): Promise<StartedDelivery | undefined> {
    return startAttempt(this.db, id);
  }

  markSent(id: string, sentAt: Date): Promise<void> {
    return markSent(this.db, id, sentAt);
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
