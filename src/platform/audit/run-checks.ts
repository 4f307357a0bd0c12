import pg from 'pg';
import { AUDIT_NOW_SETTING, type AuditCheck, type AuditFinding } from './audit-check.js';

/** Rows of a breach that are shown; the count tells how many there are. */
export const ROWS_SHOWN = 20;

/** PostgreSQL's codes of a table and of a column that there are not. */
const UNDEFINED: readonly string[] = ['42P01', '42703'];
const NOT_MIGRATED = ". The database is no shop's, or one of another release: start the shop on it once.";

export interface AuditOptions {
  readonly databaseUrl: string;
  /** As of when what was under way is judged; the moment at which a copy was made. Absent: now. */
  readonly asOf?: Date;
}

/**
 * Runs all checks in one transaction that sees one state of the database and can change nothing in it, one after the other.
 * @throws Error when the database cannot be read or lacks what a check reads
 */
export async function runChecks(checks: readonly AuditCheck[], options: AuditOptions): Promise<AuditFinding[]> {
  const client = new pg.Client({
    connectionString: options.databaseUrl,
    application_name: 'backroom audit',
    connectionTimeoutMillis: 10_000,
  });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('begin transaction isolation level repeatable read read only');
    const findings = await runChecksIn(client, checks, options.asOf);
    await client.query('commit');
    return findings;
  } finally {
    await client.end();
  }
}

/** The same in the transaction that is open on the client: the checks see what it has written. */
export async function runChecksIn(
  client: pg.ClientBase,
  checks: readonly AuditCheck[],
  asOf = new Date(),
): Promise<AuditFinding[]> {
  // Rows that are brought together by hashing need more than what a shop's short queries are given.
  await client.query(
    `select set_config($1, $2, true), set_config('work_mem', '128MB', true), set_config('jit', 'off', true)`,
    [AUDIT_NOW_SETTING, asOf.toISOString()],
  );
  const findings: AuditFinding[] = [];
  for (const check of checks) findings.push(await runCheck(client, check));
  return findings;
}

async function runCheck(client: pg.ClientBase, { name, claim, sql }: AuditCheck): Promise<AuditFinding> {
  const started = performance.now();
  try {
    // As JSON: a row reads the same in a table, in `--json` and in a test, whatever its types are.
    const { rows } = await client.query<{ total: string; row: Record<string, unknown> }>(
      `with breach as materialized (${sql})
      select (select count(*) from breach) as total, to_jsonb(breach) as row from breach limit ${ROWS_SHOWN}`,
    );
    return {
      name,
      claim,
      count: Number(rows[0]?.total ?? 0),
      rows: rows.map(({ row }) => row),
      durationMs: performance.now() - started,
    };
  } catch (error) {
    const { code, message } = error as Error & { code?: string };
    const hint = code !== undefined && UNDEFINED.includes(code) ? NOT_MIGRATED : '';
    throw new Error(`The check ${name} cannot be run: ${message}${hint}`, { cause: error });
  }
}
