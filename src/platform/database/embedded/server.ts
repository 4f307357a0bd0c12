import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../errors/index.js';
import type { Binaries } from './binaries.js';
import type { Location } from './location.js';
import { readPostmasterFile } from './postmaster-file.js';
import { stopPostmaster } from './stop-postmaster.js';

export interface ServerOptions {
  readonly location: Location;
  readonly binaries: Binaries;
  /** Where the server writes its log. */
  readonly logFile: string;
  readonly throwaway: boolean;
  readonly signal: AbortSignal | undefined;
  readonly log: (line: string) => void;
  /** That of an earlier server, whose clients know no other; absent: a free one. */
  readonly port?: number;
}

/** A server process that accepts connections. */
export interface Server {
  readonly pid: number;
  readonly port: number;
  /** Resolves when the process has ended, for whatever reason. */
  readonly ended: Promise<void>;
  /** Ends it: in order, or at once when `patient` is false. */
  stop(patient: boolean): Promise<void>;
}

const ATTEMPTS = 50;
const RETRY_MS = 200;
const POLL_MS = 10;
const LOG_LIMIT_BYTES = 1_000_000;

/**
 * Starts the server on a port of 127.0.0.1, and nowhere else: no other address, no Unix socket, and everyone who connects
 * proves the password.
 *
 * @throws AppError `database.start_failed` with the last words of the server's log
 */
export async function startServer(options: ServerOptions): Promise<Server> {
  rotate(options.logFile);
  for (let attempt = 1; ; attempt += 1) {
    const said = await tryToStart(options, options.port ?? (await freePort()));
    if (typeof said !== 'string') return said;
    // Somebody else took the port since it was found free, or processes of a killed server are about to notice that it is gone.
    const passing = /could not bind|could not create any TCP\/IP sockets|is still in use/.test(said);
    if (!passing || attempt >= ATTEMPTS) throw startFailed(options, said);
    await sleep(RETRY_MS);
  }
}

/** The server, or what it wrote before it gave up. */
async function tryToStart(options: ServerOptions, port: number): Promise<Server | string> {
  const logStart = sizeOf(options.logFile);
  const child = launch(options, port);
  let alive = true;
  const ended = new Promise<void>((resolve) => {
    const end = (): void => {
      alive = false;
      resolve();
    };
    child.once('exit', end);
    child.once('error', end);
  });
  const stop = (patient: boolean): Promise<void> =>
    child.pid === undefined || !alive ? ended : stopPostmaster(child.pid, () => !alive, patient);

  let nextWord = Date.now() + 5_000;
  while (alive) {
    if (options.signal?.aborted) {
      await stop(true);
      throw options.signal.reason as Error;
    }
    const file = await readPostmasterFile(options.location.pgdata);
    if (child.pid !== undefined && file?.pid === child.pid && file.ready) return { pid: child.pid, port, ended, stop };
    if (Date.now() > nextWord) {
      options.log('PostgreSQL is still starting: it recovers what was under way when it was last stopped');
      nextWord += 10_000;
    }
    await sleep(POLL_MS);
  }
  return readFileSync(options.logFile, 'utf8').slice(logStart);
}

function launch(options: ServerOptions, port: number): ChildProcess {
  const { location, binaries, logFile } = options;
  const output = openSync(logFile, 'a', 0o600);
  try {
    const child = spawn(binaries.postgres, ['-D', location.pgdata, ...settings(options, port)], {
      // In a session of its own: a Ctrl-C goes to the whole group of the terminal, and the database must outlive the requests.
      detached: true,
      cwd: location.pgdata,
      env: { TZ: 'UTC', LC_ALL: 'C', PATH: '/usr/bin:/bin' },
      stdio: ['ignore', output, output],
      ...(location.user && { uid: location.user.uid, gid: location.user.gid }),
    });
    child.unref();
    return child;
  } finally {
    closeSync(output);
  }
}

function settings({ throwaway }: ServerOptions, port: number): string[] {
  const chosen: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // Faults of statements reach the app, which reports them; in the log their details would show customers' data.
    log_min_messages: 'log',
    log_checkpoints: 'off',
    ...(throwaway && { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '300' }),
  };
  return Object.entries(chosen).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().unref();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

function startFailed(options: ServerOptions, said: string): AppError {
  const complaint = said
    .split('\n')
    // What clients were told meanwhile is no reason.
    .filter((line) => /FATAL|PANIC|could not/.test(line) && !/FATAL: +the database system is /.test(line))
    .at(-1);
  const words = complaint?.replace(/^.*?(FATAL|PANIC):\s*/, '') ?? 'it ended without a word';
  return new AppError(
    'unavailable',
    'database.start_failed',
    `PostgreSQL could not start on ${options.location.pgdata}: ${words}. Its log is ${options.logFile}.`,
  );
}

/** Keeps the log of a long life from growing without end. */
function rotate(logFile: string): void {
  if (sizeOf(logFile) > LOG_LIMIT_BYTES) renameSync(logFile, join(`${logFile}.old`));
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
