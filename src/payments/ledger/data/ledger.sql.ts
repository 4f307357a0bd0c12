import type { Tx } from '../../../platform/database/index.js';
import type { NewEntry } from '../domain/entries.js';

export interface EntryContext {
  readonly orderId: string;
  readonly provider: string;
  readonly currency: string;
  readonly occurredAt: Date;
}

/** Arrays go through a sub-select: PostgreSQL plans a statement anew each time where it takes the length of an array for a hint. */
const INSERT = `
  with made as (
    insert into ledger_entry (id, source, kind, order_id, provider, currency, occurred_at) values ($1, $2, $3, $4, $5, $6, $7)
    on conflict (source) do nothing returning id)
  insert into ledger_posting (entry_id, account, amount)
  select made.id, p.account, p.amount from made cross join unnest((select $8::text[]), (select $9::bigint[])) as p (account, amount)`;

/** An entry with its postings, unless its source is in the books already. */
export function insertEntry(tx: Tx, id: string, { source, kind, postings }: NewEntry, context: EntryContext): void {
  const { orderId, provider, currency, occurredAt } = context;
  const accounts = postings.map(({ account }) => account);
  const amounts = postings.map(({ amount }) => amount);
  tx.write('ledger-insert', INSERT, [
    ...[id, source, kind, orderId, provider, currency, occurredAt],
    ...[accounts, amounts],
  ]);
}
