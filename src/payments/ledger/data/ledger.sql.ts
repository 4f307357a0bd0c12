import { asJson, type RowsStatement, type Tx } from '../../../platform/database/index.js';
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

const INSERT: RowsStatement<DatedEntry & EntryContext> = {
  name: 'ledger-insert',
  text: `
  with given as (
    select * from jsonb_to_recordset($1::jsonb) as e (id uuid, source text, kind text, "orderId" uuid, provider text, currency text,
      "occurredAt" timestamptz, postings jsonb)
  ), made as (
    insert into ledger_entry (id, source, kind, order_id, provider, currency, occurred_at)
    select id, source, kind, "orderId", provider, currency, "occurredAt" from given
    on conflict (source) do nothing returning id)
  insert into ledger_posting (entry_id, account, amount)
  select made.id, p.account, p.amount
  from made join given on given.id = made.id cross join jsonb_to_recordset(given.postings) as p (account text, amount bigint)`,
  values: asJson,
};

/** An entry with its postings, unless its source is in the books already. */
export function insertEntry(tx: Tx, entry: DatedEntry & EntryContext): void {
  tx.writeRow(INSERT, entry);
}
