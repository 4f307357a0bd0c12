import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../platform/database/index.js';
import { newId } from '../../../platform/ids/index.js';
import type { NewEntry, Posting } from '../domain/entries.js';

export interface EntryContext {
  readonly orderId: string;
  readonly provider: string;
  readonly currency: string;
  readonly occurredAt: Date;
}

/** The books: entries are written and read, never changed. */
@Injectable()
export class LedgerRepository {
  /** Books an entry; one whose source is in the books already is left as it stands there. The database refuses one that does not balance. */
  async insert(tx: Tx, { postings, ...entry }: NewEntry, context: EntryContext): Promise<void> {
    const id = newId();
    const { count } = await tx.ledgerEntry.createMany({ data: [{ id, ...entry, ...context }], skipDuplicates: true });
    if (count === 0) return;
    await tx.ledgerPosting.createMany({ data: postings.map((posting) => ({ entryId: id, ...posting })) });
  }

  /** The postings of what was booked under the source; null where nothing was. */
  async findPostings(tx: Tx, source: string): Promise<Posting[] | null> {
    const entry = await tx.ledgerEntry.findUnique({
      where: { source },
      select: { postings: { select: { account: true, amount: true } } },
    });
    return entry && entry.postings;
  }
}
