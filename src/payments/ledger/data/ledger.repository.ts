import { Injectable } from '@nestjs/common';
import { Db, type Tx } from '../../../platform/database/index.js';
import { newId } from '../../../platform/ids/index.js';
import { insertEntry, type DatedEntry, type EntryContext } from './ledger.sql.js';
import type { EntryKind, Posting } from '../domain/entries.js';

export interface LedgerFilter {
  readonly orderId?: string;
  readonly from?: Date;
  readonly to?: Date;
}

export interface BookedEntry extends DatedEntry, EntryContext {}

/** The books: entries are written and read, never changed. */
@Injectable()
export class LedgerRepository {
  constructor(private readonly db: Db) {}

  /** Books entries; one whose source is in the books already is left as it stands there. The database refuses one that does not balance. */
  insert(tx: Tx, entries: readonly Omit<DatedEntry, 'id'>[], context: EntryContext): void {
    for (const entry of entries) insertEntry(tx, { ...entry, ...context, id: newId() });
  }

  /** The postings of what was booked under the source; null where nothing was. */
  async findPostings(tx: Tx, source: string): Promise<Posting[] | null> {
    const entry = await tx.ledgerEntry.findUnique({
      where: { source },
      select: { postings: { select: { account: true, amount: true } } },
    });
    return entry && entry.postings;
  }

  /** Newest first, those before `before`, with their postings. */
  async findPage(
    { orderId, from, to }: LedgerFilter,
    take: number,
    before?: { readonly createdAt: Date; readonly id: string },
  ): Promise<BookedEntry[]> {
    const rows = await this.db.prisma.ledgerEntry.findMany({
      where: {
        ...(orderId === undefined ? {} : { orderId }),
        occurredAt: { ...(from ? { gte: from } : {}), ...(to ? { lt: to } : {}) },
        ...(before
          ? { OR: [{ occurredAt: { lt: before.createdAt } }, { occurredAt: before.createdAt, id: { lt: before.id } }] }
          : {}),
      },
      include: { postings: { select: { account: true, amount: true }, orderBy: { account: 'asc' } } },
      orderBy: [{ occurredAt: 'desc' }, { id: 'desc' }],
      take,
    });
    // Written by `insert` alone, from an entry's kind.
    return rows.map((row) => ({ ...row, kind: row.kind as EntryKind }));
  }
}
