import { Injectable } from '@nestjs/common';
import type { Actor } from '../access/index.js';
import type { Tx } from '../database/index.js';
import { newId } from '../ids/index.js';
import { Clock } from '../time/index.js';
import { insertAuditEntry, type AuditEntryRow } from './audit-writes.sql.js';
import { changedFields, redactFields } from './changed-fields.js';

/** What the shop does by itself. */
export const SYSTEM = { kind: 'system' } as const;

/** One thing that was done. */
export interface AuditRecord {
  /** `area.what_was_done`, such as `users.roles_changed`. */
  readonly action: string;
  readonly subject: { readonly type: string; readonly id: string };
  /** The fields that changed (see `changedFields`), or one side for what was made or deleted. Redacted here once more. */
  readonly before?: Readonly<Record<string, unknown>> | undefined;
  readonly after?: Readonly<Record<string, unknown>> | undefined;
  /** Fields of these that hold no personal data although they are called as if, such as the name of a role. */
  readonly shown?: readonly string[];
}

/** The record of what staff did and of what concerns security. It is written in the transaction of the deed: neither is there alone. */
@Injectable()
export class AuditLog {
  constructor(private readonly clock: Clock) {}

  /** The fields that differ between the two sides; no entry where none does: nothing was done. */
  async recordChange(
    tx: Tx,
    actor: Actor | typeof SYSTEM,
    { before = {}, after = {}, ...record }: AuditRecord,
  ): Promise<void> {
    const changes = changedFields(before, after, record.shown);
    if (changes) await this.record(tx, actor, { ...record, ...changes });
  }

  /** Sent, not awaited: a failure fails the transaction. */
  record(tx: Tx, actor: Actor | typeof SYSTEM, record: AuditRecord): Promise<void> {
    const { action, subject, before, after, shown } = record;
    const origin = actor.kind === 'system' ? undefined : actor.origin;
    insertAuditEntry(tx, {
      id: newId(),
      at: this.clock.now(),
      ...actorColumns(actor),
      action,
      subjectType: subject.type,
      subjectId: subject.id,
      before: before && redactFields(before, shown),
      after: after && redactFields(after, shown),
      address: origin?.address,
      userAgent: origin?.userAgent,
      requestId: origin?.requestId,
    });
    return Promise.resolve();
  }
}

function actorColumns(actor: Actor | typeof SYSTEM): Pick<AuditEntryRow, 'actorKind' | 'actorId' | 'apiKeyId'> {
  if (actor.kind !== 'user') return { actorKind: actor.kind, actorId: undefined, apiKeyId: undefined };
  return actor.via.kind === 'key'
    ? { actorKind: 'api_key', actorId: actor.userId, apiKeyId: actor.via.keyId }
    : { actorKind: 'user', actorId: actor.userId, apiKeyId: undefined };
}
