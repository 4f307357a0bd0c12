import { chmod, chown, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runsAsRoot } from './os-user.js';

/** What a running server writes into its data directory; the line numbers are those of PostgreSQL's `pidfile.h`. */
export interface PostmasterFile {
  readonly pid: number;
  readonly port: number;
  readonly ready: boolean;
}

export async function readPostmasterFile(pgdata: string): Promise<PostmasterFile | undefined> {
  const lines = await readLines(pgdata);
  if (lines === undefined) return undefined;
  return { pid: Number(lines[0]), port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' };
}

/**
 * Makes PostgreSQL see that the file is left over, whatever has become of the number in it: a server never takes
 * its own parent for another server. The rest of the file stays, above all the shared memory by which PostgreSQL itself finds
 * out whether processes of the earlier server are still at work.
 */
export async function disownPostmasterFile(pgdata: string): Promise<void> {
  const lines = await readLines(pgdata);
  if (lines === undefined) return;
  // Beside it and then in its place: a full disk must not leave it empty, which PostgreSQL takes for a server that is starting.
  const draft = `${path(pgdata)}.draft`;
  const { uid, gid, mode } = await stat(path(pgdata));
  await writeFile(draft, [String(process.pid), ...lines.slice(1)].join('\n'), { mode: 0o600 });
  await chmod(draft, mode);
  if (runsAsRoot()) await chown(draft, uid, gid);
  await rename(draft, path(pgdata));
}

async function readLines(pgdata: string): Promise<string[] | undefined> {
  try {
    return (await readFile(path(pgdata), 'utf8')).split('\n');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function path(pgdata: string): string {
  return join(pgdata, 'postmaster.pid');
}
