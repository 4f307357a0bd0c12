import type pg from 'pg';
import { withDatabase } from '../support/shop-fixture.js';
import type { TestApp } from '../support/test-app.js';

/** What a refused request may leave behind: what limits count, and that somebody tried. */
const MAY_CHANGE = new Set(['rate_limit', 'audit_entry', '_prisma_migrations']);
/** And when a session or a key was used last, from where. */
const TRACES = ['last_used_at', 'address', 'user_agent'];
const TRACED = new Set(['session', 'api_key']);

/** A checksum of each table: the same as before where nothing was changed. */
async function checksums(client: pg.Client): Promise<Record<string, string>> {
  const tables = await client.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
  );
  const found: Record<string, string> = {};
  for (const { name } of tables.rows) {
    if (MAY_CHANGE.has(name)) continue;
    const { rows } = await client.query<{ sum: string }>(
      `select count(*) || ':' || coalesce(md5(string_agg(md5(row::text), '' order by md5(row::text))), '') as sum
         from (select to_jsonb(t) - $1::text[] as row from "${name}" t) rows`,
      [TRACED.has(name) ? TRACES : []],
    );
    found[name] = rows[0]?.sum ?? '';
  }
  return found;
}

/** Whether a job runs or is due, or news waits for its jobs: each lane of jobs has a schema of its own. */
async function jobsWaiting(client: pg.Client): Promise<boolean> {
  const lanes = await client.query<{ schema: string }>(
    `select table_schema as schema from information_schema.views where table_name = 'jobs'`,
  );
  for (const { schema } of lanes.rows) {
    const { rows } = await client.query(
      `select 1 from "${schema}".jobs where locked_at is not null or (run_at <= now() and attempts = 0) limit 1`,
    );
    if (rows.length > 0) return true;
  }
  const { rows } = await client.query('select 1 from outbox_event where dispatched_at is null limit 1');
  return rows.length > 0;
}

/** The checksums once the jobs of what happened before are done. */
export async function settledChecksums(shop: Pick<TestApp, 'databaseUrl'>): Promise<Record<string, string>> {
  return withDatabase(shop, async (client) => {
    let last = await checksums(client);
    for (let turn = 0; turn < 60; turn++) {
      await new Promise((done) => setTimeout(done, 120));
      const busy = await jobsWaiting(client);
      const next = await checksums(client);
      if (!busy && JSON.stringify(next) === JSON.stringify(last)) return next;
      last = next;
    }
    return last;
  });
}
