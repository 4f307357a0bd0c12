import type { Tx } from '../../../platform/database/index.js';
import type { NewEntry } from '../domain/entries.js';

export interface EntryContext {
  readonly orderId: string;
  readonly provider: string;
  readonly currency: string;
}

export interface DatedEntry extends NewEntry {
  readonly id: string;
  readonly occurredAt: Date;
}

/** Arrays go through a sub-select: PostgreSQL plans a statement anew each time where it takes the length of an array for a hint. */
const INSERT = `
  with made as (
    insert into ledger_entry (id, source, kind, order_id, provider, currency, occurred_at)
    select e.id, e.source, e.kind, $5, $6, $7, e.occurred_at
    from unnest((select $1::uuid[]), (select $2::text[]), (select $3::text[]), (select $4::timestamptz[])) as e (id, source, kind, occurred_at)
    on conflict (source) do nothing returning id)
  insert into ledger_posting (entry_id, account, amount)
  select made.id, p.account, p.amount
  from unnest((select $8::uuid[]), (select $9::text[]), (select $10::bigint[])) as p (entry_id, account, amount) join made on made.id = p.entry_id`;

/** Entries with their postings, but for those whose source is in the books already. */
export function insertEntries(tx: Tx, entries: readonly DatedEntry[], context: EntryContext): void {
  if (entries.length === 0) return;
  const postings = entries.flatMap(({ id, postings: own }) => own.map((posting) => ({ ...posting, entryId: id })));
  tx.write('ledger-insert', INSERT, [
    ...[entries.map(({ id }) => id), entries.map(({ source }) => source), entries.map(({ kind }) => kind)],
    ...[entries.map(({ occurredAt }) => occurredAt), context.orderId, context.provider, context.currency],
    ...[postings.map(({ entryId }) => entryId), postings.map(({ account }) => account)],
    postings.map(({ amount }) => amount),
  ]);
}
