import { randomBytes } from 'node:crypto';
import pg from 'pg';

/** Where the run's global setup leaves the address of the server for the workers. */
const SERVER_URL = 'BACKROOM_TEST_SERVER_URL';
/** Migrated once for the run and copied for each test that wants a database. */
const TEMPLATE = 'backroom_test_template';

export interface TestDatabase {
  readonly url: string;
  drop: () => Promise<void>;
}

/** A database of its own, migrated and empty, in a few milliseconds. Drop it when done, connections or not. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `backroom_test_${randomBytes(6).toString('hex')}`;
  await onServer(`CREATE DATABASE ${name} TEMPLATE ${TEMPLATE}`);
  return {
    url: serverDatabase(name),
    drop: () => onServer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

/** Address of a database of the test server. Refuses names without "test", so that no run can reach real data. */
export function serverDatabase(name: string): string {
  if (!name.includes('test')) throw new Error(`Tests only use databases whose name holds "test", not ${name}.`);
  const url = new URL(serverUrl());
  url.pathname = `/${name}`;
  return url.href;
}

/** Runs statements on the test server itself, outside any test's database. */
export async function onServer(...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl() });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

function serverUrl(): string {
  const url = process.env[SERVER_URL];
  if (!url) throw new Error('There is no test server: run this under jest, whose global setup starts one.');
  return url;
}
