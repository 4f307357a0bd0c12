import { afterEach, describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { findRunningEmbeddedPostgres } from '../../src/platform/database/embedded/index.js';
import { ServerProcess, leftBehind, temporaryFolder } from '../support/server-process.js';
import { createTestDatabase } from '../support/test-database.js';

const cleanups: (() => void | Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function newFolder(): string {
  const folder = temporaryFolder();
  cleanups.push(folder.remove);
  return folder.dataDir;
}

function start(dataDir: string, env: Record<string, string> = {}): ServerProcess {
  const server = new ServerProcess({ dataDir, env });
  cleanups.push(() => server.stop());
  return server;
}

async function embeddedQuery(dataDir: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: await findRunningEmbeddedPostgres(dataDir) });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('a start on the embedded PostgreSQL', () => {
  it('makes the database, serves, and finds everything again at the second start', async () => {
    const dataDir = newFolder();
    const first = start(dataDir);
    const { base } = await first.ready();
    expect((await fetch(`${base}/health/ready`)).status).toBe(200);
    await embeddedQuery(dataDir, `CREATE TABLE kept AS SELECT 'still here' AS word`);
    expect(await first.stop()).toEqual({ code: 0, signal: null });

    const second = start(dataDir);
    await second.ready();
    expect(await embeddedQuery(dataDir, 'SELECT word FROM kept')).toEqual([{ word: 'still here' }]);
    expect(second.output).not.toContain('Applied');
  }, 60_000);

  it('refuses a second start over the same data folder and leaves the first alone', async () => {
    const dataDir = newFolder();
    const first = start(dataDir);
    const { base } = await first.ready();
    const second = start(dataDir);
    expect(await second.ended).toMatchObject({ code: 1 });
    expect(second.output).toContain(`The data folder ${dataDir} is in use by another Backroom (process ${first.pid})`);
    expect(second.output).not.toMatch(/^\s+at /m);
    expect((await fetch(`${base}/health/ready`)).status).toBe(200);
  }, 60_000);

  it('says that the port is taken, and leaves no database running', async () => {
    const dataDir = newFolder();
    const other = createServer().listen(0, '127.0.0.1');
    cleanups.push(() => void other.close());
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    const server = start(dataDir, { PORT: String(port), LOG_LEVEL: 'error' });
    expect(await server.ended).toMatchObject({ code: 1 });
    expect(server.output.trim()).toBe(
      `Port ${port} of 127.0.0.1 is taken by another program. Stop it, or choose another port with PORT.`,
    );
    expect(await leftBehind(dataDir)).toEqual([]);
  }, 60_000);

  it('names every fault of the environment and starts nothing', async () => {
    const dataDir = newFolder();
    const server = start(dataDir, { PORT: 'eighty', TAX_RATE: 'none' });
    expect(await server.ended).toMatchObject({ code: 1 });
    expect(server.output).toContain('PORT');
    expect(server.output).toContain('TAX_RATE');
    expect(existsSync(join(dataDir, 'postgres'))).toBe(false);
  });
});

describe('a start with DATABASE_URL', () => {
  it('uses that server and starts none of its own', async () => {
    const dataDir = newFolder();
    const database = await createTestDatabase();
    cleanups.push(database.drop);
    const server = start(dataDir, { DATABASE_URL: database.url });
    const { base } = await server.ready();
    expect((await fetch(`${base}/health/ready`)).status).toBe(200);
    expect(existsSync(join(dataDir, 'postgres'))).toBe(false);
    expect(await server.stop()).toEqual({ code: 0, signal: null });
  }, 60_000);

  it('says in plain words that the server cannot be reached, without the password', async () => {
    const server = start(newFolder(), {
      DATABASE_URL: 'postgresql://shop:s3cret@127.0.0.1:9/shop',
      LOG_LEVEL: 'debug',
    });
    expect(await server.ended).toMatchObject({ code: 1 });
    expect(server.output).toContain('The database "shop" on 127.0.0.1:9 (as user shop) cannot be reached: ');
    expect(server.output).not.toContain('s3cret');
  });
});
