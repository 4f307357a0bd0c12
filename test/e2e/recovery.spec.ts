import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { findRunningEmbeddedPostgres } from '../../src/platform/database/embedded/index.js';
import { ServerProcess, leftBehind, processesOn, temporaryFolder } from '../support/server-process.js';
import type { TemporaryFolder } from '../support/server-process.js';

let folder: TemporaryFolder;
let dataDir: string;

beforeEach(() => {
  folder = temporaryFolder();
  dataDir = folder.dataDir;
});

afterEach(() => folder.remove());

async function startWithRow(via: 'node' | 'npm' = 'node'): Promise<ServerProcess> {
  const server = new ServerProcess({ dataDir, via });
  await server.ready();
  await query(`CREATE TABLE kept AS SELECT 1 AS row`);
  return server;
}

async function query(sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: await findRunningEmbeddedPostgres(dataDir) });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function expectRecovery(): Promise<ServerProcess> {
  const next = new ServerProcess({ dataDir });
  await next.ready();
  expect(await query('SELECT row FROM kept')).toEqual([{ row: 1 }]);
  expect(await next.stop()).toEqual({ code: 0, signal: null });
  expect(await leftBehind(folder.path)).toEqual([]);
  return next;
}

/** One that has ended with its parent in the meantime is as dead as it should be. */
function endAtOnce(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function killAll(which: (command: string) => boolean): void {
  for (const { pid, command } of processesOn(folder.path)) if (which(command)) endAtOnce(pid);
}

describe('a start after kill -9', () => {
  it('of the app alone', async () => {
    const server = await startWithRow();
    server.kill('SIGKILL');
    await server.ended;
    await expectRecovery();
  }, 60_000);

  it('of npm and the whole group', async () => {
    const server = await startWithRow('npm');
    server.kill('SIGKILL', 'group');
    await server.ended;
    await expectRecovery();
  }, 60_000);

  it('of the app alone, without a further start: the database ends by itself', async () => {
    const server = await startWithRow();
    server.kill('SIGKILL');
    await server.ended;
    expect(await leftBehind(folder.path)).toEqual([]);
  }, 60_000);

  it('of the app and of its lifeline: the next start stops the orphaned database', async () => {
    const server = await startWithRow();
    killAll((command) => command.includes('lifeline'));
    server.kill('SIGKILL');
    await server.ended;
    expect(processesOn(folder.path).some(({ command }) => command.includes('-D'))).toBe(true);
    const next = await expectRecovery();
    expect(next.output).toContain('left its PostgreSQL running');
  }, 60_000);

  it('of everything at once', async () => {
    const server = await startWithRow();
    server.kill('SIGKILL');
    killAll(() => true);
    await server.ended;
    await expectRecovery();
  }, 60_000);

  it('of everything, when the numbers have gone to other processes since (a reboot)', async () => {
    const server = await startWithRow();
    const { pgdata } = server;
    server.kill('SIGKILL');
    killAll(() => true);
    await server.ended;
    for (const file of [join(pgdata, 'postmaster.pid'), join(dataDir, 'backroom.lock')]) {
      const text = readFileSync(file, 'utf8');
      writeFileSync(file, text.replace(/\d+/, String(process.pid)));
    }
    await expectRecovery();
  }, 60_000);
});
