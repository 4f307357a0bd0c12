import { mkdir, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../errors/index.js';
import { acquireAppLock, livingHolderPid } from './app-lock.js';
import type { AppLock } from './app-lock.js';
import { prepareBinaries } from './binaries.js';
import { ensureAppDatabase } from './bootstrap.js';
import { APP_DATABASE, APP_ROLE, connectionUrl, readCredentials } from './credentials.js';
import { ensureCluster } from './initdb.js';
import { locateCluster } from './location.js';
import type { Location } from './location.js';
import { readPostmasterFile } from './postmaster-file.js';
import { startServer } from './server.js';
import { stopOrphan } from './stop-postmaster.js';
import { Supervisor } from './supervisor.js';

export interface EmbeddedOptions {
  /** Absolute; made when missing. */
  readonly dataDir: string;
  readonly log: (line: string) => void;
  /** Told when the server has ended unasked, why it cannot be started again, and when it runs again; absent: `log`. */
  readonly warn?: (line: string) => void;
  /** Gives up the start, leaving nothing that runs; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called when the server has ended unasked and is not started again: its data are gone, or were to be thrown away. */
  readonly onUnexpectedEnd?: (message: string) => void;
  /** For tests and tools: fast instead of durable, the role may make databases, and the data folder vanishes with the server. */
  readonly throwaway?: boolean;
}

export interface EmbeddedPostgres {
  /** Connection string of the app's own role and database. */
  readonly url: string;
  /** PostgreSQL's data directory. */
  readonly location: string;
  /** For example `18.4`. */
  readonly version: string;
  /** Stops the server and gives the data folder free; may be called again. `hurry` rolls no shutdown checkpoint. */
  stop(options?: { hurry?: boolean }): Promise<void>;
}

/**
 * Starts the PostgreSQL that comes with the app on the data folder, and makes the database on the first start. Recovers by
 * itself from whatever ended the last run, and is started again, at the same address, when it ends unasked.
 *
 * @throws AppError `database.*` with a text for the person who starts it: folder in use, not writable, unreachable, of
 *   another PostgreSQL, no programs for this platform, or what the server said when it could not start
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const dataDir = await openFolder(options.dataDir);
  const locks = [await lock(dataDir)];
  const release = async (): Promise<void> => {
    for (const held of [...locks].reverse()) await held.release();
  };
  try {
    const location = await locateCluster(dataDir, options.log);
    if (location.home !== dataDir) locks.push(await lock(location.home));
    return await start(options, dataDir, location, release);
  } catch (error) {
    await release();
    throw error;
  }
}

/** Connection string of the embedded server that a running app has on this data folder; `undefined` when none runs. */
export async function findRunningEmbeddedPostgres(dataDir: string): Promise<string | undefined> {
  const folder = await realpath(dataDir).catch(() => undefined);
  if (folder === undefined || (await livingHolderPid(folder)) === undefined) return undefined;
  const { pgdata } = await locateCluster(folder, () => undefined);
  const file = await readPostmasterFile(pgdata);
  if (!file?.ready) return undefined;
  return connectionUrl(APP_ROLE, (await readCredentials(pgdata)).app, file.port, APP_DATABASE);
}

async function start(
  options: EmbeddedOptions,
  dataDir: string,
  location: Location,
  release: () => Promise<void>,
): Promise<EmbeddedPostgres> {
  const { log, signal, throwaway = false } = options;
  const binaries = await prepareBinaries(dataDir, location.user, log);
  const shared = { location, binaries, throwaway, signal };
  await stopOrphan(location.pgdata, log);
  await ensureCluster(shared);
  const serverOptions = { ...shared, logFile: join(dataDir, 'postgres.log'), log };
  const server = await startServer(serverOptions);
  const folders = throwaway ? [...new Set([location.home, dataDir])] : [];
  const { onUnexpectedEnd, warn = log } = options;
  const supervisor = new Supervisor(server, { ...serverOptions, folders, warn, onUnexpectedEnd });
  const end = async (patient: boolean): Promise<void> => {
    await supervisor.stop(patient);
    await release();
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  };
  try {
    const url = await ensureAppDatabase(server.port, await readCredentials(location.pgdata), throwaway);
    signal?.throwIfAborted();
    log(`PostgreSQL ${binaries.version} is running on 127.0.0.1:${server.port}; its data is in ${location.pgdata}`);
    return { url, location: location.pgdata, version: binaries.version, stop: stopOnce(supervisor, end) };
  } catch (error) {
    await end(true);
    throw error;
  }
}

function stopOnce(supervisor: Supervisor, end: (patient: boolean) => Promise<void>): EmbeddedPostgres['stop'] {
  let stopping: Promise<void> | undefined;
  return ({ hurry = false } = {}) => {
    if (hurry && stopping) supervisor.hurry();
    return (stopping ??= end(!hurry));
  };
}

async function openFolder(dataDir: string): Promise<string> {
  try {
    await mkdir(dataDir, { recursive: true });
    return await realpath(dataDir);
  } catch (error) {
    throw notWritable(dataDir, error);
  }
}

async function lock(folder: string): Promise<AppLock> {
  try {
    return await acquireAppLock(folder);
  } catch (error) {
    throw error instanceof AppError ? error : notWritable(folder, error);
  }
}

function notWritable(folder: string, error: unknown): AppError {
  const reason = (error as NodeJS.ErrnoException).code ?? String(error);
  return new AppError(
    'unavailable',
    'database.folder_not_writable',
    `The data folder ${folder} cannot be used (${reason}). Name one that this user may write to with DATA_DIR.`,
  );
}
