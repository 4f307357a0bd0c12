import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** Where the run's global setup leaves the address of the server for the workers. */
const SERVER_URL = 'BACKROOM_TEST_SERVER_URL';
const INSUFFICIENT_PRIVILEGE = '42501';
/** Migrated once for the run and copied for each test that wants a database. */
const TEMPLATE = 'backroom_test_template';

export interface TestDatabase {
  readonly url: string;
  drop: () => Promise<void>;
}

/** A database of its own, migrated and without rows, in a few milliseconds. Drop it when done, connections or not. */
export function createTestDatabase(): Promise<TestDatabase> {
  return create(`TEMPLATE ${TEMPLATE}`);
}

/** A database of its own without anything in it, for what migrates by itself. Drop it when done, connections or not. */
export function createEmptyDatabase(): Promise<TestDatabase> {
  return create();
}

async function create(from = ''): Promise<TestDatabase> {
  const name = `backroom_test_${randomBytes(6).toString('hex')}`;
  await onServer(`CREATE DATABASE ${name} ${from}`);
  return {
    url: serverDatabase(name),
    drop: () => dropDatabase(name),
  };
}

const TRIES = 20;

/** The server's own cleaner may be at work in it, which only the server's administrator could end: it is gone in a moment. */
async function dropDatabase(name: string): Promise<void> {
  for (let left = TRIES; ; left--) {
    try {
      return await onServer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    } catch (error) {
      if ((error as { code?: unknown }).code !== INSUFFICIENT_PRIVILEGE || left === 0) throw error;
      await sleep(250);
    }
  }
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
