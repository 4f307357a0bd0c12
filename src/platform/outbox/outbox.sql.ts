import type { Tx } from '../database/index.js';

const INSERT = `
  insert into outbox_event (id, type, subject_id, payload, occurred_at) values ($1, $2, $3, $4, $5)`;

/** An event as it is written, in the transaction of what it tells of. */
export function insertEvent(
  tx: Tx,
  event: {
    readonly id: string;
    readonly type: string;
    readonly subjectId: string;
    readonly payload: object;
    readonly occurredAt: Date;
  },
): void {
  const { id, type, subjectId, payload, occurredAt } = event;
  tx.write('outbox-insert', INSERT, [id, type, subjectId, JSON.stringify(payload), occurredAt]);
}
