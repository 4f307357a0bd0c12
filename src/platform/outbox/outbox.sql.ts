import { asJson, type RowsStatement, type SqlReader, type Tx } from '../database/index.js';
import type { StoredEvent } from './stored-event.js';

const INSERT: RowsStatement<StoredEvent> = {
  name: 'outbox-insert',
  text: `
  insert into outbox_event (id, type, subject_id, payload, occurred_at)
  select id, type, "subjectId", payload, "occurredAt" from jsonb_to_recordset($1::jsonb)
    as e (id uuid, type text, "subjectId" text, payload jsonb, "occurredAt" timestamptz)`,
  values: asJson,
};

const TAKE = `
  select id, type, subject_id as "subjectId", payload, occurred_at as "occurredAt" from outbox_event
  where dispatched_at is null order by id limit $1 for update skip locked`;

const MARK = 'update outbox_event set dispatched_at = $2 where id = any($1::uuid[])';

const READ = `
  select id, type, subject_id as "subjectId", payload, occurred_at as "occurredAt" from outbox_event
  where id = any($1::uuid[]) order by id`;

/** An event as it is written, in the transaction of what it tells of. */
export function insertEvent(tx: Tx, event: StoredEvent): void {
  tx.writeRow(INSERT, event);
}

/** The first events that nobody was told of, and no other process is telling anybody of; locked until the transaction ends. */
export function takeWaitingEvents(tx: Tx, limit: number): Promise<StoredEvent[]> {
  return tx.sql('outbox-take', TAKE, [limit]);
}

/** Resolves when it is written, and with it all that the transaction wrote before. */
export async function markDispatched(tx: Tx, ids: readonly string[], now: Date): Promise<void> {
  await tx.sql('outbox-mark', MARK, [ids, now]);
}

/** Those that there are, in the order in which they happened. */
export function readEvents(reader: SqlReader, ids: readonly string[]): Promise<StoredEvent[]> {
  return reader.sql('outbox-read', READ, [ids]);
}
