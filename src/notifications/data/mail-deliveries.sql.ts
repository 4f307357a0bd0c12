import type { SqlReader, Tx } from '../../platform/database/index.js';

/** A mail to be sent, made from one event. */
export interface NewDelivery {
  readonly id: string;
  readonly eventId: string;
  readonly kind: string;
  readonly recipient: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** A mail whose next try has begun. */
export interface StartedDelivery extends NewDelivery {
  readonly createdAt: Date;
  /** Tries so far, this one included. */
  readonly attempts: number;
}

const ADD = `
  insert into mail_delivery (id, event_id, kind, recipient, subject, text, html, status, created_at)
  select id, event_id, kind, recipient, subject, text, html, 'queued', $8
  from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
    as mail (id, event_id, kind, recipient, subject, text, html)
  on conflict (event_id, kind) do nothing returning id`;

/** (Arrays go through a sub-select: PostgreSQL plans a statement anew each time where it takes the length of an array for a hint.) */
const START = `
  update mail_delivery set attempts = attempts + 1 where id = any((select $1::uuid[])::uuid[]) and status = 'queued'
  returning id, event_id as "eventId", kind, recipient, subject, text, html, created_at as "createdAt", attempts`;

const SENT = `
  update mail_delivery set status = 'sent', sent_at = $2, last_error = null
  where id = any((select $1::uuid[])::uuid[]) and status = 'queued'`;

/** Adds the mails whose event has none of their kind already; answers their ids. */
export async function addDeliveries(tx: Tx, mails: readonly NewDelivery[], now: Date): Promise<string[]> {
  const column = (name: keyof NewDelivery) => mails.map((mail) => mail[name]);
  const rows = await tx.sql<{ id: string }>('mails-add', ADD, [
    ...[column('id'), column('eventId'), column('kind'), column('recipient')],
    ...[column('subject'), column('text'), column('html'), now],
  ]);
  return rows.map(({ id }) => id);
}

/** Counts a try of each of the mails that are owed, and answers those, in no order. */
export function startAttempts(reader: SqlReader, ids: readonly string[]): Promise<StartedDelivery[]> {
  return reader.sql<StartedDelivery>('mails-start', START, [ids]);
}

/** Of those that are owed. */
export async function markSent(reader: SqlReader, ids: readonly string[], sentAt: Date): Promise<void> {
  await reader.sql('mails-sent', SENT, [ids, sentAt]);
}
