import { execFile } from 'node:child_process';
import { cp, lstat, mkdir, open, readdir, readlink, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';
import { lifeOf } from './process-identity.js';

const run = promisify(execFile);

/** A draft that has not been touched for so long belongs to nobody, if its process does not live here: it may live in another container. */
const ABANDONED_MS = 10 * 60_000;

export interface ProgramCopy {
  /** Where npm put the programs. */
  readonly from: string;
  readonly to: string;
  /** Completes the copy before anybody can see it: links are left to it, since those of the source may lead back there. */
  readonly finish: (folder: string) => Promise<void>;
  /** Called before anything is copied. */
  readonly announce: () => void;
}

/**
 * Makes sure that a folder is a whole copy of another. A copy is made aside, written to the disk and then given its name, so that a stop
 * in between leaves none; one that lacks something all the same (a power cut, a source that was incomplete itself, a tidy hand) is made
 * anew. What stopped copies left is removed.
 */
export async function ensureProgramCopy({ from, to, finish, announce }: ProgramCopy): Promise<void> {
  await removeAbandoned(to);
  if (await isWhole(from, to)) return;
  announce();
  const draft = `${to}.${process.pid}`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(dirname(to), { recursive: true });
  await cp(from, draft, { recursive: true, filter: async (path) => !(await lstat(path)).isSymbolicLink() });
  // Modes as a package manager with an ordinary umask would have written them.
  await run('chmod', ['-R', 'a+rX', draft]);
  await finish(draft);
  await flush(draft);
  await takePlace(draft, from, to);
}

/** Whether each file of `from` is in `to`, as long as it is there, by links of its own where by links. */
async function isWhole(from: string, to: string): Promise<boolean> {
  for (const path of await filesOf(from, 'or links')) {
    const [wanted, found] = await Promise.all([sizeOf(join(from, path)), sizeOf(join(to, path))]);
    if (wanted !== found || (await leadsAway(join(to, path)))) return false;
  }
  return true;
}

async function leadsAway(path: string): Promise<boolean> {
  return isAbsolute(await readlink(path).catch(() => ''));
}

async function takePlace(draft: string, from: string, to: string): Promise<void> {
  try {
    await rename(draft, to);
  } catch {
    // Another start was quicker, and its copy is as good; or there is a copy that is none.
    if (!(await isWhole(from, to))) {
      const aside = `${draft}.replaced`;
      await rename(to, aside);
      await rename(draft, to);
      await rm(aside, { recursive: true, force: true });
    }
    await rm(draft, { recursive: true, force: true });
  }
}

async function removeAbandoned(to: string): Promise<void> {
  const names = await readdir(dirname(to)).catch(() => [] as string[]);
  for (const name of names) {
    if (!name.startsWith(`${basename(to)}.`)) continue;
    const path = join(dirname(to), name);
    const pid = Number.parseInt(name.slice(basename(to).length + 1), 10);
    const touched = await stat(path).catch(() => undefined);
    if (!touched || lifeOf(pid) !== undefined || Date.now() - touched.mtimeMs < ABANDONED_MS) continue;
    await rm(path, { recursive: true, force: true });
  }
}

/** Returns when every file is on the disk. */
async function flush(folder: string): Promise<void> {
  for (const path of await filesOf(folder)) {
    const file = await open(join(folder, path), 'r');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  }
}

/** The plain files below a folder, by their paths in it, and where it is asked for the links. */
async function filesOf(folder: string, links?: 'or links'): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() || (links !== undefined && entry.isSymbolicLink()))
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}

async function sizeOf(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.size;
}
