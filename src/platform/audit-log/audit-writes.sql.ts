import type { Tx } from '../database/index.js';

export interface AuditEntryRow {
  readonly id: string;
  readonly at: Date;
  readonly actorKind: string;
  readonly actorId: string | undefined;
  readonly apiKeyId: string | undefined;
  readonly action: string;
  readonly subjectType: string;
  readonly subjectId: string;
  readonly before: object | undefined;
  readonly after: object | undefined;
  readonly address: string | undefined;
  readonly userAgent: string | undefined;
  readonly requestId: string | undefined;
}

const INSERT = `
  insert into audit_entry (id, at, actor_kind, actor_id, api_key_id, action, subject_type, subject_id, before, after, address, user_agent, request_id)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`;

/** The entry is there if and only if the transaction is committed. `before` and `after` must be redacted. */
export function insertAuditEntry(tx: Tx, row: AuditEntryRow): void {
  tx.write('audit-entry-insert', INSERT, [
    ...[row.id, row.at, row.actorKind, row.actorId, row.apiKeyId, row.action, row.subjectType, row.subjectId],
    ...[row.before && JSON.stringify(row.before), row.after && JSON.stringify(row.after)],
    ...[row.address, row.userAgent, row.requestId],
  ]);
}
