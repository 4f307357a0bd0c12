import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { applyMigrations } from '../../src/platform/database/migrations/index.js';
import { readMigrations, toMigrationList } from '../../src/platform/database/migrations/migration-files.js';
import { diffToSchema } from '../../src/platform/database/migrations/schema-diff.js';
import { withSchemaEngine } from '../../src/platform/database/migrations/schema-engine.js';
import { ROOT } from '../support/server-process.js';
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from '../support/test-database.js';

const NO_FILTER = { externalTables: [], externalEnums: [] };

let folder: string;
let url: string;
let database: TestDatabase;
let lines: string[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'backroom-migrations-'));
  lines = [];
  database = await createEmptyDatabase();
  url = database.url;
});

afterEach(async () => {
  rmSync(folder, { recursive: true });
  await database.drop();
});

function migration(migrationName: string, sql: string): void {
  mkdirSync(join(folder, migrationName), { recursive: true });
  writeFileSync(join(folder, migrationName, 'migration.sql'), sql);
}

function apply(): Promise<void> {
  return applyMigrations(url, (line) => lines.push(line), folder);
}

async function query(sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('applyMigrations', () => {
  it('applies what is new, in order, and nothing twice', async () => {
    migration('20260101000000_first', 'CREATE TABLE thing (id int PRIMARY KEY);');
    await apply();
    migration('20260102000000_second', 'INSERT INTO thing VALUES (1);');
    await apply();
    await apply();
    expect(await query('SELECT id FROM thing')).toEqual([{ id: 1 }]);
    expect(lines).toEqual([
      expect.stringMatching(/^Applied 1 migration in \d+ ms$/),
      expect.stringMatching(/^Applied 1 migration in \d+ ms$/),
    ]);
  });

  it('records what Prisma records: names and SHA-256 of the files, finished in one step', async () => {
    const sql = '-- ä\nCREATE TABLE thing (id int PRIMARY KEY);';
    migration('20260101000000_first', sql);
    await apply();
    expect(
      await query('SELECT migration_name, checksum, applied_steps_count, logs, rolled_back_at FROM _prisma_migrations'),
    ).toEqual([
      {
        migration_name: '20260101000000_first',
        checksum: createHash('sha256').update(sql).digest('hex'),
        applied_steps_count: 1,
        logs: null,
        rolled_back_at: null,
      },
    ]);
  });

  it("leaves nothing to do for Prisma's own deploy, and finds nothing to do after it", async () => {
    migration('20260101000000_first', 'CREATE TABLE thing (id int PRIMARY KEY);');
    const deploy = (): Promise<{ appliedMigrationNames: string[] }> =>
      withSchemaEngine(url, (engine) =>
        engine.applyMigrations({ migrationsList: toMigrationList(readMigrations(folder), folder), filters: NO_FILTER }),
      );
    await apply();
    expect((await deploy()).appliedMigrationNames).toEqual([]);
    migration('20260102000000_second', 'CREATE TABLE other (id int PRIMARY KEY);');
    expect((await deploy()).appliedMigrationNames).toEqual(['20260102000000_second']);
    lines = [];
    await apply();
    expect(lines).toEqual([]);
  });

  it('sends scripts whole: semicolons in functions and texts, and a comment at the end', async () => {
    migration(
      '20260101000000_function',
      `CREATE FUNCTION twice(n int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN n := n * 2; RETURN n; END; $$;
       CREATE TABLE note AS SELECT 'a;b' AS text; -- the end`,
    );
    await apply();
    expect(await query('SELECT twice(4) AS n, text FROM note')).toEqual([{ n: 8, text: 'a;b' }]);
  });

  it('can make an index concurrently, in a migration of its own', async () => {
    migration('20260101000000_table', 'CREATE TABLE thing (id int);');
    migration('20260102000000_index', 'CREATE INDEX CONCURRENTLY thing_id ON thing (id)');
    await apply();
    expect(await query(`SELECT to_regclass('thing_id') IS NOT NULL AS made`)).toEqual([{ made: true }]);
  });

  it('is done once by many that start together', async () => {
    migration('20260101000000_first', 'CREATE TABLE thing (id int); SELECT pg_sleep(0.3);');
    migration('20260102000000_second', 'INSERT INTO thing VALUES (1);');
    await Promise.all(Array.from({ length: 5 }, () => apply()));
    expect(await query('SELECT id FROM thing')).toEqual([{ id: 1 }]);
    expect(lines.filter((line) => line.startsWith('Applied'))).toHaveLength(1);
    expect(await query('SELECT count(*)::int AS rows FROM _prisma_migrations')).toEqual([{ rows: 2 }]);
  });

  it('names a migration that the database refuses, now and at the next start, and keeps nothing of it', async () => {
    migration('20260101000000_first', 'CREATE TABLE thing (id int PRIMARY KEY);');
    migration('20260102000000_bad', 'CREATE TABLE half (id int);\nINSERT INTO nowhere VALUES (1);');
    const reason = 'The migration 20260102000000_bad failed: line 2: relation "nowhere" does not exist';
    await expect(apply()).rejects.toThrow(reason);
    await expect(apply()).rejects.toThrow(reason);
    expect(await query(`SELECT to_regclass('half') AS half, to_regclass('thing') IS NOT NULL AS thing`)).toEqual([
      { half: null, thing: true },
    ]);
  });

  it('goes on after a refusal when it was told to, as its message says', async () => {
    migration('20260101000000_bad', 'INSERT INTO nowhere VALUES (1);');
    const message = await apply().then(
      () => '',
      (error: Error) => error.message,
    );
    await query(/UPDATE .*/.exec(message)?.[0] ?? '');
    migration('20260101000000_bad', 'CREATE TABLE nowhere (id int);');
    await apply();
    expect(await query('SELECT count(*)::int AS rows FROM nowhere')).toEqual([{ rows: 0 }]);
  });

  it('refuses to go on when an applied migration has been edited', async () => {
    migration('20260101000000_first', 'CREATE TABLE thing (id int);');
    await apply();
    migration('20260101000000_first', 'CREATE TABLE thing (id bigint);');
    await expect(apply()).rejects.toMatchObject({ code: 'database.migration_edited' });
    await expect(apply()).rejects.toThrow('20260101000000_first');
  });

  it('begins a migration again whose process was killed', async () => {
    migration('20260101000000_first', 'CREATE TABLE thing (id int);');
    await apply();
    migration('20260102000000_second', 'CREATE TABLE other (id int);');
    await query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ('x', 'whatever', '20260102000000_second')`,
    );
    await apply();
    expect(lines).toContain('The migration 20260102000000_second was interrupted; beginning it again');
    expect(await query(`SELECT to_regclass('other') IS NOT NULL AS made`)).toEqual([{ made: true }]);
    lines = [];
    await apply();
    expect(lines).toEqual([]);
  });

  it('runs on a database that a newer release has migrated further', async () => {
    migration('20260101000000_first', 'CREATE TABLE thing (id int);');
    migration('20270101000000_newer', 'CREATE TABLE newer (id int);');
    await apply();
    rmSync(join(folder, '20270101000000_newer'), { recursive: true });
    lines = [];
    await apply();
    expect(lines).toEqual(['The database has migrations of a newer release: 20270101000000_newer']);
  });
});

describe('the committed migrations', () => {
  it('agree with the schema, and the comparison sees a difference', async () => {
    const content = readFileSync(join(ROOT, 'prisma/schema.prisma'), 'utf8');
    const migrated = await createTestDatabase();
    try {
      expect(await diffToSchema(migrated.url, { path: 'schema.prisma', content })).toBeUndefined();
      const more = `${content}\nmodel Extra {\n  id Int @id\n}\n`;
      expect(await diffToSchema(migrated.url, { path: 'schema.prisma', content: more })).toContain(
        'CREATE TABLE "Extra"',
      );
    } finally {
      await migrated.drop();
    }
  });
});
