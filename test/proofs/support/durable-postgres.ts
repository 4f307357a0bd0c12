import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { prepareBinaries, type Binaries } from '../../../src/platform/database/embedded/binaries.js';
import { ensureAppDatabase } from '../../../src/platform/database/embedded/bootstrap.js';
import { readCredentials } from '../../../src/platform/database/embedded/credentials.js';
import { ensureCluster } from '../../../src/platform/database/embedded/initdb.js';
import { holdLifeline } from '../../../src/platform/database/embedded/lifeline.js';
import { locateCluster, type Location } from '../../../src/platform/database/embedded/location.js';
import { processesOn } from '../../support/server-process.js';

const quiet = () => undefined;

/**
 * A PostgreSQL of its own with everything flushed to the disk, always at one address, that can be killed as a power cut does and started
 * again on what is left.
 */
export class DurablePostgres {
  private child: ChildProcess | undefined;

  private constructor(
    readonly url: string,
    private readonly port: number,
    private readonly location: Location,
    private readonly binaries: Binaries,
  ) {}

  /** In a folder that every user can pass through. */
  static async start(folder: string): Promise<DurablePostgres> {
    const home = join(folder, 'database');
    mkdirSync(home, { recursive: true });
    const location = await locateCluster(home, quiet);
    const binaries = await prepareBinaries(home, location.user, quiet);
    await ensureCluster({ location, binaries, throwaway: false, signal: undefined });
    const port = await freePort();
    const credentials = await readCredentials(location.pgdata);
    const url = `postgresql://backroom:${credentials.app}@127.0.0.1:${port}/backroom`;
    const server = new DurablePostgres(url, port, location, binaries);
    server.launch();
    await server.answers('postgres', credentials.superuser);
    await ensureAppDatabase(port, credentials, false);
    return server;
  }

  /** Every process of it at once, as when the power fails: nothing is rolled back, nothing written. */
  async kill(): Promise<void> {
    const { child } = this;
    const ended = new Promise<void>((resolve) => child?.once('exit', () => resolve()));
    for (const { pid } of processesOn(this.location.pgdata)) tryToKill(pid);
    await ended;
    while (processesOn(this.location.pgdata).length > 0) await sleep(10);
  }

  /** `pg_ctl stop -m immediate`: the same for what is on the disk, but the clients are told. */
  async shutDownAtOnce(): Promise<void> {
    const { child } = this;
    const ended = new Promise<void>((resolve) => child?.once('exit', () => resolve()));
    child?.kill('SIGQUIT');
    await ended;
  }

  /** On the same port and data; returns when it accepts connections. */
  async startAgain(): Promise<void> {
    this.launch();
    await this.answers('backroom');
  }

  /** Ends it and leaves its folder to the caller. */
  async stop(): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGINT');
    await ended;
  }

  private launch(): void {
    const { location, binaries } = this;
    const settings = [
      'listen_addresses=127.0.0.1',
      `port=${this.port}`,
      'unix_socket_directories=',
      'fsync=on',
      'synchronous_commit=on',
      'full_page_writes=on',
      'log_min_messages=fatal',
    ];
    this.child = spawn(binaries.postgres, ['-D', location.pgdata, ...settings.flatMap((one) => ['-c', one])], {
      detached: true,
      cwd: location.pgdata,
      env: { TZ: 'UTC', LC_ALL: 'C', PATH: '/usr/bin:/bin' },
      stdio: 'ignore',
      ...(location.user && { uid: location.user.uid, gid: location.user.gid }),
    });
    // A run that is killed itself leaves nothing running.
    if (this.child.pid !== undefined) holdLifeline(location.pgdata, this.child.pid, []);
  }

  private async answers(role: string, password?: string): Promise<void> {
    const url = new URL(this.url);
    url.username = role;
    if (password !== undefined) url.password = password;
    if (role !== 'backroom') url.pathname = '/postgres';
    const deadline = Date.now() + 60_000;
    for (;;) {
      const client = new pg.Client({ connectionString: url.href, connectionTimeoutMillis: 2_000 });
      client.on('error', quiet);
      try {
        await client.connect();
        await client.end();
        return;
      } catch (error) {
        if (Date.now() > deadline) throw error;
        await sleep(20);
      }
    }
  }
}

function tryToKill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

/**
 * Below the ports that the system gives to outgoing connections: while the server is away nobody else comes by this one, not even a client that
 * knocks at it so often that it is once given the very port it knocks at.
 */
async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    const probe = createServer();
    const free = await new Promise<boolean>((resolve) => {
      probe.once('error', () => resolve(false));
      probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
    });
    if (free) return port;
  }
}
