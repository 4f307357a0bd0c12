/** The PostgreSQL that all targets of a run share, durable and with its default settings. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { temporaryFolder } from './temporary-folder.mjs';

const DROP_TRIES = 20;

/**
 * @typedef {{ create: (name: string) => Promise<string>, statements: (url: string) => Promise<number | undefined>, pid: number | undefined,
 *   version: string, stop: () => Promise<void> }} BenchDatabase
 *   `create`: an empty database, as a connection string; `statements`: how many were run in it so far, where the server counts them;
 *   `pid`: of the server, where it runs on this machine
 */

/**
 * Starts the PostgreSQL that comes with the shop, or uses the one given, whose role must be allowed to make databases.
 * @param {string | undefined} url
 * @returns {Promise<BenchDatabase>}
 */
export async function openDatabase(url) {
  if (url) return connectTo(url, async () => undefined);
  const folder = temporaryFolder('postgres');
  const server = await startCounting(folder.path);
  return connectTo(server.superuserUrl, async () => {
    await server.stop();
    folder.remove();
  });
}

/** With pg_stat_statements, which has to be asked for before the server starts: a first start writes that down. */
async function startCounting(folder) {
  await import('../../scripts/lib/typescript.mjs');
  const { startEmbeddedPostgres } = await import('../../src/platform/database/embedded/index.ts');
  const { readCredentials, connectionUrl, SUPERUSER } =
    await import('../../src/platform/database/embedded/credentials.ts');
  const start = () =>
    startEmbeddedPostgres({ dataDir: folder, log: () => undefined, warn: (line) => console.error(line) });
  const asSuperuser = async ({ url, location }) =>
    connectionUrl(SUPERUSER, (await readCredentials(location)).superuser, Number(new URL(url).port), 'postgres');
  const first = await start();
  await withClient(await asSuperuser(first), (client) =>
    client.query(`alter system set shared_preload_libraries = 'pg_stat_statements'`),
  );
  await first.stop();
  const server = await start();
  return { superuserUrl: await asSuperuser(server), stop: () => server.stop() };
}

async function connectTo(url, stop) {
  const admin = new pg.Client({ connectionString: url });
  admin.on('error', () => undefined);
  await admin.connect();
  const made = [];
  const counts = await countsStatements(admin);
  return {
    version: (await admin.query('show server_version')).rows[0].server_version,
    pid: await localServer(admin),
    async create(name) {
      const database = `backroom_bench_${name}_${randomBytes(4).toString('hex')}`;
      await admin.query(`create database ${database}`);
      made.push(database);
      return Object.assign(new URL(url), { pathname: `/${database}` }).href;
    },
    async statements(database) {
      if (!counts) return undefined;
      const text = `select coalesce(sum(calls), 0)::float8 as calls from pg_stat_statements s join pg_database d on d.oid = s.dbid
        where d.datname = $1`;
      return (await admin.query(text, [new URL(database).pathname.slice(1)])).rows[0].calls;
    },
    async stop() {
      for (const database of made) await drop(admin, database);
      await admin.end();
      await stop();
    },
  };
}

/** The server's own cleaner may be at work in it, which no mere owner may end: it is gone in a moment. */
async function drop(admin, database) {
  for (let left = DROP_TRIES; ; left -= 1) {
    try {
      return await admin.query(`drop database if exists ${database} with (force)`);
    } catch (error) {
      if (left === 0) throw error;
      await sleep(250);
    }
  }
}

async function countsStatements(admin) {
  try {
    await admin.query('create extension if not exists pg_stat_statements');
    await admin.query('select 1 from pg_stat_statements limit 1');
    return true;
  } catch {
    return false;
  }
}

/** The process above the one that serves this connection, if that is a PostgreSQL of this machine. */
async function localServer(admin) {
  const { rows } = await admin.query('select pg_backend_pid() as pid');
  try {
    const stat = readFileSync(`/proc/${rows[0].pid}/stat`, 'latin1');
    return stat.includes('(postgres') ? Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) : undefined;
  } catch {
    return undefined;
  }
}

/** @template T @param {string} url @param {(client: pg.Client) => Promise<T>} work @returns {Promise<T>} */
export async function withClient(url, work) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/**
 * What autovacuum would do by and by: statistics of the tables that were filled. Of an empty table they would say that it always is, and PostgreSQL
 * would go through it from end to end for each key, until the next statistics.
 * @param {import('pg').Client} client
 */
export async function vacuumFilled(client) {
  const { rows: tables } = await client.query(
    `select format('%I.%I', schemaname, relname) as name from pg_stat_user_tables`,
  );
  for (const { name } of tables) {
    const { rowCount } = await client.query(`select from ${name} limit 1`);
    if (rowCount) await client.query(`vacuum analyze ${name}`);
  }
}
