import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../src/platform/database/embedded/index.js';
import type { EmbeddedOptions, EmbeddedPostgres } from '../../src/platform/database/embedded/index.js';
import { leftBehind, processesOn, temporaryFolder } from '../support/server-process.js';
import type { TemporaryFolder } from '../support/server-process.js';

let folder: TemporaryFolder;
let lines: string[];
const running: EmbeddedPostgres[] = [];

beforeEach(() => {
  folder = temporaryFolder();
  lines = [];
});

afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
  folder.remove();
});

async function start(options: Partial<EmbeddedOptions> = {}): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir: folder.dataDir, log: (line) => lines.push(line), ...options });
  running.push(server);
  return server;
}

async function query<Row extends pg.QueryResultRow>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** As `query`, asked again and again while the server is away. */
async function answerOf<Row extends pg.QueryResultRow>(url: string, sql: string): Promise<Row[]> {
  const deadline = Date.now() + 15_000;
  for (;;) {
    try {
      return await query<Row>(url, sql);
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(50);
    }
  }
}

function postmaster(pgdata: string): number {
  return Number(readFileSync(join(pgdata, 'postmaster.pid'), 'utf8').split('\n')[0]);
}

async function untilGone(pid: number): Promise<void> {
  while (existsSync(`/proc/${pid}`) && !/\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe('the embedded PostgreSQL', () => {
  it('is durable, speaks UTF-8, and its app is no superuser', async () => {
    const { url } = await start();
    const [settings] = await query(
      url,
      `SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commit,
              current_setting('full_page_writes') AS pages, current_setting('server_encoding') AS encoding,
              current_setting('is_superuser') AS superuser, lower('ÄÉЖ') AS lower`,
    );
    expect(settings).toEqual({
      fsync: 'on',
      commit: 'on',
      pages: 'on',
      encoding: 'UTF8',
      superuser: 'off',
      lower: 'äéж',
    });
  });

  it('has the extensions that the migrations ask for, and lets the app create them', async () => {
    const { url } = await start();
    await query(url, 'CREATE EXTENSION pg_trgm; CREATE EXTENSION unaccent; CREATE EXTENSION citext;');
    expect(await query(url, `SELECT unaccent('Crème') AS word, similarity('bicycle', 'bicyle') > 0.3 AS near`)).toEqual(
      [{ word: 'Creme', near: true }],
    );
  });

  it('lets nobody in without the password, and listens nowhere but on this machine', async () => {
    const { url, location } = await start();
    const wrong = new URL(url);
    wrong.password = 'guess';
    await expect(query(wrong.href, 'SELECT 1')).rejects.toThrow('password authentication failed');
    wrong.username = 'postgres';
    wrong.password = '';
    await expect(query(wrong.href, 'SELECT 1')).rejects.toThrow();
    const addresses = await query(url, `SELECT current_setting('listen_addresses') AS listens`);
    expect(addresses).toEqual([{ listens: '127.0.0.1' }]);
    expect(readFileSync(join(location, 'postmaster.pid'), 'utf8').split('\n')[4]).toBe('');
  });

  it('keeps its data over a stop and a start', async () => {
    const first = await start();
    await query(first.url, 'CREATE TABLE kept AS SELECT 7 AS row');
    await first.stop();
    expect(await leftBehind(folder.path)).toEqual([]);
    const second = await start();
    expect(await query(second.url, 'SELECT row FROM kept')).toEqual([{ row: 7 }]);
  });

  it('refuses a second server over the same folder', async () => {
    await start();
    await expect(start()).rejects.toMatchObject({ code: 'database.folder_in_use' });
  });

  it('begins anew where a first start was killed while it made the cluster', async () => {
    mkdirSync(join(folder.dataDir, 'postgres.draft-abc123'));
    writeFileSync(join(folder.dataDir, 'postgres.draft-abc123/PG_VERSION'), '18\n');
    writeFileSync(join(folder.dataDir, 'postgres.draft-password'), 'left over');
    const { url } = await start();
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(readdirSync(folder.dataDir).filter((name) => name.includes('draft'))).toEqual([]);
  });

  it('completes a first start that was killed before the app had its database', async () => {
    const first = await start();
    const credentials = JSON.parse(readFileSync(join(first.location, 'backroom-credentials.json'), 'utf8')) as {
      superuser: string;
    };
    const admin = new URL(first.url);
    admin.username = 'postgres';
    admin.password = credentials.superuser;
    admin.pathname = '/postgres';
    await query(admin.href, 'DROP DATABASE backroom WITH (FORCE)');
    await query(admin.href, 'DROP ROLE backroom');
    await first.stop();
    const second = await start();
    expect(await query(second.url, 'SELECT current_user AS me')).toEqual([{ me: 'backroom' }]);
  });

  it('names the version when another PostgreSQL wrote the data', async () => {
    const first = await start();
    await first.stop();
    writeFileSync(join(first.location, 'PG_VERSION'), '15\n');
    await expect(start()).rejects.toThrow(/was written by PostgreSQL 15, and this Backroom brings PostgreSQL \d+/);
  });

  it('touches no folder of that name that holds something else', async () => {
    mkdirSync(join(folder.dataDir, 'postgres'));
    writeFileSync(join(folder.dataDir, 'postgres/diary.txt'), 'mine');
    await expect(start()).rejects.toMatchObject({ code: 'database.folder_not_empty' });
    expect(readFileSync(join(folder.dataDir, 'postgres/diary.txt'), 'utf8')).toBe('mine');
  });

  it('starts where postmaster.pid names a process that is another one by now', async () => {
    const first = await start();
    const file = readFileSync(join(first.location, 'postmaster.pid'), 'utf8');
    await first.stop();
    const left = file.replace(/^\d+/, String(process.pid));
    writeFileSync(join(first.location, 'postmaster.pid'), left.replace(String(postmasterPort(file)), '1'));
    const second = await start();
    expect(await query(second.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('is started again, at the same address and with its data, whenever it is killed', async () => {
    const server = await start();
    const { url, location } = server;
    await query(url, 'CREATE TABLE kept AS SELECT 7 AS row');
    for (let times = 0; times < 2; times += 1) {
      await kill(location);
      expect(await answerOf(url, 'SELECT row FROM kept')).toEqual([{ row: 7 }]);
    }
    expect(lines.filter((line) => line.includes('is running again'))).toHaveLength(2);
    await server.stop();
    expect(await leftBehind(folder.path)).toEqual([]);
  });

  it('is started again when the reason that it could not is gone, and says that reason once', async () => {
    const { url, location } = await start();
    const [settings, aside] = [join(location, 'postgresql.conf'), join(folder.path, 'postgresql.conf')];
    renameSync(settings, aside);
    await kill(location);
    await sleep(2_500);
    await expect(query(url, 'SELECT 1')).rejects.toThrow('ECONNREFUSED');
    renameSync(aside, settings);
    expect(await answerOf(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(lines.filter((line) => line.includes('Trying again until it starts'))).toHaveLength(1);
  });

  it('may be stopped while it is being started again', async () => {
    for (const afterMs of [0, 520, 620]) {
      const server = await start();
      await kill(server.location);
      await sleep(afterMs);
      await server.stop();
      expect(await leftBehind(folder.path)).toEqual([]);
    }
  });

  it('says so when it ended unasked and its data are gone', async () => {
    let told: (message: string) => void = () => undefined;
    const message = new Promise<string>((resolve) => (told = resolve));
    const { location } = await start({ onUnexpectedEnd: (text) => told(text) });
    rmSync(join(location, 'PG_VERSION'));
    await kill(location);
    expect(await message).toBe('The embedded PostgreSQL has ended unexpectedly.');
  });

  it('gives up a start on demand and leaves nothing', async () => {
    for (const afterMs of [0, 60, 200, 450, 700]) {
      const controller = new AbortController();
      const starting = start({ signal: controller.signal });
      setTimeout(() => controller.abort(new Error('enough')), afterMs);
      const outcome = await starting.then(
        (server) => server.stop(),
        (error: Error) => error,
      );
      if (outcome) expect(outcome.message).toBe('enough');
      expect(await leftBehind(folder.path)).toEqual([]);
      expect(readdirSync(folder.dataDir).filter((name) => /draft|lock/.test(name))).toEqual([]);
    }
    await expect(start()).resolves.toBeDefined();
  });

  it('is gone with its folder when it was made to be thrown away', async () => {
    const server = await start({ throwaway: true });
    await query(server.url, 'CREATE DATABASE another');
    await server.stop();
    expect(existsSync(folder.dataDir)).toBe(false);
  });

  it('may be stopped twice', async () => {
    const server = await start();
    await Promise.all([server.stop(), server.stop({ hurry: true })]);
    await server.stop();
    expect(processesOn(folder.path)).toEqual([]);
  });

  (process.getuid?.() === 0 ? it : it.skip)(
    'takes over data that belongs to root, as after a restored backup',
    async () => {
      const first = await start();
      await first.stop();
      for (const name of ['', ...readdirSync(first.location, { recursive: true })]) {
        chownSync(join(first.location, String(name)), 0, 0);
      }
      const second = await start();
      expect(await query(second.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    },
  );
});

function postmasterPort(file: string): number {
  return Number(file.split('\n')[3]);
}

async function kill(location: string): Promise<void> {
  const pid = postmaster(location);
  process.kill(pid, 'SIGKILL');
  await untilGone(pid);
}
