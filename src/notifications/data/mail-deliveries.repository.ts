import { Injectable } from '@nestjs/common';
import { Db, type Tx } from '../../platform/database/index.js';

/** A mail to be sent, made from one event. */
interface NewDelivery {
  readonly id: string;
  readonly eventId: string;
  readonly kind: string;
  readonly recipient: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly createdAt: Date;
}

/** A mail whose next try has begun. */
export interface StartedDelivery extends NewDelivery {
  /** Tries so far, this one included. */
  readonly attempts: number;
}

/** The table `mail_delivery`: which mails are owed, sent and given up. */
@Injectable()
export class MailDeliveriesRepository {
  constructor(private readonly db: Db) {}

  /** Adds the mail unless the event has one of its kind already; tells whether it was added. */
  async add(tx: Tx, delivery: NewDelivery): Promise<boolean> {
    const { count } = await tx.mailDelivery.createMany({
      data: [{ ...delivery, status: 'queued' }],
      skipDuplicates: true,
    });
    return count === 1;
  }

  /** Counts a try before it is made, so that a try that kills the process counts too. Null when the mail is not owed (any more). */
  async startAttempt(id: string): Promise<StartedDelivery | null> {
    const [row] = await this.db.prisma.mailDelivery.updateManyAndReturn({
      where: { id, status: 'queued' },
      data: { attempts: { increment: 1 } },
    });
    if (!row) return null;
    const { eventId, kind, recipient, subject, text, html, createdAt, attempts } = row;
    return { id, eventId, kind, recipient, subject, text, html, createdAt, attempts };
  }

  async markSent(id: string, sentAt: Date): Promise<void> {
    await this.db.prisma.mailDelivery.updateMany({
      where: { id, status: 'queued' },
      data: { status: 'sent', sentAt, lastError: null },
    });
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
