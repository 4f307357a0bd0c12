import { randomUUID } from 'node:crypto';
import { link, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../errors/index.js';
import { lifeOf } from './process-identity.js';

const LOCK_FILE = 'backroom.lock';

interface Holder {
  readonly pid: number;
  /** When that process began (`lifeOf`): a process that got the number of a dead holder holds nothing. */
  readonly life: string;
  /** Names this one lock, so that two starts cannot both take over from the same dead holder. */
  readonly id: string;
}

/** The right to use one data folder, held until `release`. */
export interface AppLock {
  release(): Promise<void>;
}

/** Another living process has the folder: `database.folder_in_use`. */
export class FolderInUseError extends AppError {
  constructor(folder: string, pid: number) {
    super(
      'unavailable',
      'database.folder_in_use',
      `The data folder ${folder} is in use by another Backroom (process ${pid}). Stop that one first, or give this one a folder of its own with DATA_DIR.`,
    );
  }
}

/**
 * Takes the lock of a data folder that exists. A lock whose holder no longer lives (killed, or the machine went down) is taken over.
 *
 * @throws FolderInUseError when a living process holds it
 */
export async function acquireAppLock(folder: string): Promise<AppLock> {
  const path = join(folder, LOCK_FILE);
  const me: Holder = { pid: process.pid, life: lifeOf(process.pid) ?? 'unknown', id: randomUUID() };
  await take(path, folder, me);
  return {
    async release() {
      if ((await read(path))?.id === me.id) await unlink(path);
    },
  };
}

/** The process that uses the folder at this moment. */
export async function livingHolderPid(folder: string): Promise<number | undefined> {
  const holder = await read(join(folder, LOCK_FILE));
  return holder && lives(holder) ? holder.pid : undefined;
}

async function take(path: string, folder: string, me: Holder): Promise<void> {
  // Linking a finished file makes a lock that nobody ever sees half written.
  const draft = `${path}.draft-${me.id}`;
  await writeFile(draft, JSON.stringify(me));
  try {
    while (!(await tryLink(draft, path))) await removeDead(path, folder, me);
  } finally {
    await unlink(draft).catch(ignoreMissing);
  }
}

/**
 * Removes the lock of a dead holder. Who may do so is settled by a lock on *that* dead holder's name: two starts may both have
 * seen it dead, and the slower one must not remove the lock that the faster one has made since.
 */
async function removeDead(path: string, folder: string, me: Holder): Promise<void> {
  const holder = await read(path);
  if (holder === undefined) return;
  if (lives(holder)) throw new FolderInUseError(folder, holder.pid);
  const claim = `${path}.${holder.id}`;
  await take(claim, folder, { ...me, id: randomUUID() });
  try {
    if ((await read(path))?.id === holder.id) await unlink(path);
  } finally {
    await unlink(claim).catch(ignoreMissing);
  }
}

function lives(holder: Holder): boolean {
  const life = lifeOf(holder.pid);
  return life !== undefined && (life === holder.life || life === 'hidden');
}

async function read(path: string): Promise<Holder | undefined> {
  try {
    const value = JSON.parse(await readFile(path, 'utf8')) as Partial<Holder>;
    return { pid: Number(value.pid), life: String(value.life), id: String(value.id) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    if (error instanceof SyntaxError) return { pid: 0, life: 'unreadable', id: 'unreadable' };
    throw error;
  }
}

async function tryLink(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
