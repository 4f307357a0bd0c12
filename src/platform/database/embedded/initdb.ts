import { spawn } from 'node:child_process';
import { chown, lchown, mkdir, mkdtemp, readFile, readdir, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AppError } from '../../errors/index.js';
import type { Binaries } from './binaries.js';
import { SUPERUSER, newCredentials, writeCredentials } from './credentials.js';
import type { Location } from './location.js';

class ClusterVersionError extends AppError {
  constructor(pgdata: string, found: string, major: number) {
    super(
      'unavailable',
      'database.other_major_version',
      `The data in ${pgdata} was written by PostgreSQL ${found}, and this Backroom brings PostgreSQL ${major}, which cannot read it. ` +
        `Dump it with the Backroom that wrote it and load it into an empty data folder, or use a server of version ${found} through DATABASE_URL.`,
    );
  }
}

export interface InitOptions {
  readonly location: Location;
  readonly binaries: Binaries;
  /** Flushes nothing to disk: for databases that nobody will miss. */
  readonly throwaway: boolean;
  readonly signal: AbortSignal | undefined;
}

/**
 * Makes the cluster unless it exists. It is made beside its place and moved there when it is whole, so that a crash on the way
 * leaves only a folder that the next call removes. The caller holds the lock of the data folder.
 *
 * @throws ClusterVersionError when it exists and another major version wrote it
 */
export async function ensureCluster(options: InitOptions): Promise<void> {
  const { location, binaries } = options;
  const { pgdata } = location;
  await removeLeftovers(pgdata);
  const found = await readFile(join(pgdata, 'PG_VERSION'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    if (error.code === 'EACCES')
      throw new AppError('unavailable', 'database.folder_unreachable', ownedByAnother(pgdata));
    throw error;
  });
  if (found === undefined) return create(options);
  await handOver(location);
  if (found.trim() !== String(binaries.major)) throw new ClusterVersionError(pgdata, found.trim(), binaries.major);
}

/** What root owns, such as a restored backup, is given to the user that the server runs as. */
async function handOver({ pgdata, user }: Location): Promise<void> {
  if (!user || (await stat(pgdata)).uid === user.uid) return;
  const entries = await readdir(pgdata, { recursive: true });
  // The folder itself comes last: until then an interrupted change of hands is begun again.
  for (const entry of [...entries, '']) await lchown(join(pgdata, entry), user.uid, user.gid);
}

async function create(options: InitOptions): Promise<void> {
  const { pgdata, user } = options.location;
  await rmdir(pgdata).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return;
    throw new AppError(
      'unavailable',
      'database.folder_not_empty',
      `${pgdata} is there and holds no PostgreSQL database. Move it away, or name another data folder with DATA_DIR.`,
    );
  });
  const draft = await mkdtemp(`${pgdata}.draft-`);
  try {
    if (user) await chown(draft, user.uid, user.gid);
    await initialise(draft, options);
    await rename(draft, pgdata);
  } catch (error) {
    await rm(draft, { recursive: true, force: true, maxRetries: 5 });
    throw error;
  }
}

async function initialise(folder: string, options: InitOptions): Promise<void> {
  const { user } = options.location;
  const credentials = newCredentials();
  const secret = await passwordFile(credentials.superuser, options.location);
  try {
    await runInitdb(folder, secret, options);
  } finally {
    await rm(secret, { force: true });
  }
  await writeCredentials(folder, credentials, user);
}

/** initdb reads the password as the database's user; nobody else may. Lies beside the cluster, where that user can reach it. */
async function passwordFile(password: string, { pgdata, user }: Location): Promise<string> {
  const path = `${pgdata}.draft-password`;
  await writeFile(path, `${password}\n`, { mode: 0o600 });
  if (user) await chown(path, user.uid, user.gid);
  return path;
}

/**
 * Letters sort by code point and change case by Unicode's rules, from tables inside PostgreSQL, so that no upgrade of the system
 * can corrupt an index. Only the full text parser asks the system what a letter is; `C` is what every system knows.
 */
const LETTER_LOCALES = ['C.UTF-8', 'en_US.UTF-8', 'C'];

async function runInitdb(folder: string, pwfile: string, options: InitOptions): Promise<void> {
  for (const locale of LETTER_LOCALES) {
    const output = await initdb(folder, pwfile, locale, options);
    if (output === undefined) return;
    if (!output.includes('invalid locale name')) {
      throw new AppError(
        'unavailable',
        'database.initdb_failed',
        `PostgreSQL could not make a database in ${options.location.pgdata}: ${lastLine(output)}`,
      );
    }
  }
}

/** What initdb complained about, `undefined` when it succeeded. */
function initdb(folder: string, pwfile: string, locale: string, options: InitOptions): Promise<string | undefined> {
  const { location, binaries, throwaway, signal } = options;
  const builtin = ['--locale=C', `--lc-ctype=${locale}`, '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const args = [
    '-D',
    folder,
    '-U',
    SUPERUSER,
    `--pwfile=${pwfile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    ...builtin,
  ];
  return new Promise((resolve, reject) => {
    // In a session of its own: a Ctrl-C goes to this process, which decides what follows.
    const child = spawn(binaries.initdb, [...args, ...(throwaway ? ['--no-sync'] : [])], {
      detached: true,
      cwd: '/',
      env: { TZ: 'UTC', LC_ALL: 'C', PATH: dirname(binaries.initdb) },
      stdio: ['ignore', 'ignore', 'pipe'],
      ...(location.user && { uid: location.user.uid, gid: location.user.gid }),
    });
    const abort = (): void => void killGroup(child.pid);
    signal?.addEventListener('abort', abort, { once: true });
    let output = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
    child.once('error', reject);
    child.once('close', (code) => {
      signal?.removeEventListener('abort', abort);
      if (signal?.aborted) reject(signal.reason as Error);
      else resolve(code === 0 ? undefined : output || `initdb ended with code ${code}`);
    });
  });
}

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

async function removeLeftovers(pgdata: string): Promise<void> {
  const parent = dirname(pgdata);
  await mkdir(parent, { recursive: true });
  const leftovers = (await readdir(parent)).filter((name) => name.startsWith(`${basename(pgdata)}.draft-`));
  for (const name of leftovers) await rm(join(parent, name), { recursive: true, force: true, maxRetries: 5 });
}

function ownedByAnother(pgdata: string): string {
  return `The database in ${pgdata} belongs to another user, so that this one cannot read it. Start as the user who made it (root, or the owner of that folder), or name another data folder with DATA_DIR.`;
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? text;
}
