import { longBefore, type AuditCheck } from './audit-check.js';

/** What must be true of the platform's own tables. */
export const PLATFORM_AUDIT: readonly AuditCheck[] = [
  {
    name: 'platform.events_handed_on',
    claim: 'every event is handed to its readers within ten minutes',
    sql: `select id, type, subject_id, occurred_at from outbox_event
      where dispatched_at is null and ${longBefore('occurred_at', 10)} order by id`,
  },
  {
    name: 'platform.keys_have_work',
    claim: 'an idempotency key without an answer names what its call has made',
    sql: `select scope, key, created_at from idempotency_record
      where status is null and resource_id is null and ${longBefore('created_at', 10)}`,
  },
  {
    name: 'platform.migrations_done',
    claim: 'every migration was applied to its end',
    sql: `select migration_name, started_at, logs from _prisma_migrations
      where finished_at is null and rolled_back_at is null`,
  },
];

/** No event is of a type that no module writes; whoever brings a new type names it where the audit is put together. */
export function eventTypesKnown(types: readonly string[]): AuditCheck {
  return {
    name: 'platform.event_types_known',
    claim: 'every event is of a type that the shop knows',
    sql: `select type, count(*) as events, min(occurred_at) as first from outbox_event
      where type <> all (array[${types.map((type) => `'${type}'`).join(', ')}]) group by type`,
  };
}
