import type pg from 'pg';
import { withDatabase } from '../support/shop-fixture.js';
import type { TestApp } from '../support/test-app.js';

/** What a refused request may leave behind: when a session was used last, what limits count, and that somebody tried. */
const MAY_CHANGE = new Set(['session', 'rate_limit', 'audit_entry', '_prisma_migrations']);

/** A checksum of each table: the same as before where nothing was changed. */
async function checksums(client: pg.Client): Promise<Record<string, string>> {
  const tables = await client.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
  );
  const found: Record<string, string> = {};
  for (const { name } of tables.rows) {
    if (MAY_CHANGE.has(name)) continue;
    const { rows } = await client.query<{ sum: string }>(
      `select count(*) || ':' || coalesce(md5(string_agg(md5(t::text), '' order by md5(t::text))), '') as sum from "${name}" t`,
    );
    found[name] = rows[0]?.sum ?? '';
  }
  return found;
}

/** The checksums once the jobs of what happened before are done. */
export async function settledChecksums(shop: Pick<TestApp, 'databaseUrl'>): Promise<Record<string, string>> {
  return withDatabase(shop, async (client) => {
    let last = await checksums(client);
    for (let turn = 0; turn < 60; turn++) {
      await new Promise((done) => setTimeout(done, 120));
      const { rows } = await client.query<{ waiting: number }>(
        `select count(*)::int as waiting from graphile_worker.jobs where run_at <= now() and attempts = 0`,
      );
      const next = await checksums(client);
      if (rows[0]?.waiting === 0 && JSON.stringify(next) === JSON.stringify(last)) return next;
      last = next;
    }
    return last;
  });
}
