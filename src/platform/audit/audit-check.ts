/** One rule that the database's rows must keep at any moment between two transactions. */
export interface AuditCheck {
  /** `module.what`, unique. */
  readonly name: string;
  /** What it claims, as a sentence. */
  readonly claim: string;
  /**
   * One SELECT, without parameters and without a semicolon, of the rows that break the rule: none in a sound database. It reads a whole
   * table at once rather than row by row, since it is run on all orders that there are.
   */
  readonly sql: string;
}

/** What was found of a check. */
export interface AuditFinding {
  readonly name: string;
  readonly claim: string;
  /** How many rows break the rule. */
  readonly count: number;
  /** The first of them. */
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly durationMs: number;
}

const NOW = 'backroom.audit_now';

/** The moment as of which the audit looks at the database, in SQL: now, or when the copy was made. */
export const AUDIT_NOW = `current_setting('${NOW}')::timestamptz`;

/** The name of the setting behind `AUDIT_NOW`. */
export const AUDIT_NOW_SETTING = NOW;

/**
 * Whether a time in SQL lies so long before the audit that what was to follow it has had its chance: jobs run each minute, and what failed
 * is tried again after growing pauses.
 */
export function longBefore(time: string, minutes: number): string {
  return `${time} < ${AUDIT_NOW} - interval '${minutes} minutes'`;
}

/**
 * Whether a time in SQL is one at which the database knew a migration, for rules that came with it: what is older was written without them.
 */
export function sinceMigration(time: string, migration: string): string {
  return `${time} > (select finished_at from _prisma_migrations where migration_name = '${migration}' and finished_at is not null)`;
}
