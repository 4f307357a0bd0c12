import { Injectable } from '@nestjs/common';
import { Db, type Prisma, type Tx } from '../../platform/database/index.js';

export type MailStatus = 'queued' | 'sent' | 'failed';

/** A mail as staff see it in a list. */
export interface MailSummary {
  readonly id: string;
  readonly eventId: string;
  readonly kind: string;
  readonly recipient: string;
  readonly subject: string;
  readonly status: MailStatus;
  /** Tries since it was last put in the queue. */
  readonly attempts: number;
  readonly lastError: string | null;
  readonly createdAt: Date;
  readonly sentAt: Date | null;
}

export interface Mail extends MailSummary {
  readonly text: string;
  readonly html: string;
}

export interface MailFilter {
  readonly status?: MailStatus | undefined;
  readonly recipient?: string | undefined;
  /** The id of the last mail of the page before. */
  readonly before?: string | undefined;
  readonly limit: number;
}

const SUMMARY = {
  id: true,
  eventId: true,
  kind: true,
  recipient: true,
  subject: true,
  status: true,
  attempts: true,
  lastError: true,
  createdAt: true,
  sentAt: true,
} satisfies Prisma.MailDeliverySelect;

const WHOLE = { ...SUMMARY, text: true, html: true } satisfies Prisma.MailDeliverySelect;

/** The table `mail_delivery`, for staff who look into it or have a mail sent again. */
@Injectable()
export class MailReadsRepository {
  constructor(private readonly db: Db) {}

  /** Newest first, without the contents; one more than `limit`, where there are more. */
  async list({ status, recipient, before, limit }: MailFilter): Promise<MailSummary[]> {
    return this.db.prisma.mailDelivery.findMany({
      where: {
        ...(status ? { status } : {}),
        ...(recipient === undefined ? {} : { recipient }),
        ...(before === undefined ? {} : { id: { lt: before } }),
      },
      orderBy: { id: 'desc' },
      take: limit + 1,
      select: SUMMARY,
    });
  }

  /** Whether its recipient and its words were taken out. */
  async isErased(tx: Tx, id: string): Promise<boolean> {
    return (await tx.mailDelivery.count({ where: { id, erasedAt: { not: null } } })) > 0;
  }

  async findById(id: string): Promise<Mail | undefined> {
    return (await this.db.prisma.mailDelivery.findUnique({ where: { id }, select: WHOLE })) ?? undefined;
  }

  /** Owed again from the start, where it was sent or given up; a mail that waits stays as it is. Undefined when there is no such mail. */
  async requeue(tx: Tx, id: string): Promise<MailSummary | undefined> {
    await tx.mailDelivery.updateMany({
      where: { id, status: { not: 'queued' }, erasedAt: null },
      data: { status: 'queued', attempts: 0, sentAt: null },
    });
    return (await tx.mailDelivery.findUnique({ where: { id }, select: SUMMARY })) ?? undefined;
  }
}
