import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './project.mjs';
import { runNode } from './run.mjs';
import { lookOfSources } from './sources.mjs';

const DIST = join(ROOT, 'dist');
export const SERVER = join(DIST, 'bundle/main.js');
/** Which sources the build was made from, by their hash. */
export const STAMP = join(DIST, '.built-from');
/** How the sources looked when the stamp was last seen to be theirs. */
export const LOOK = join(DIST, '.built-look');

/**
 * Builds when there is no build, or one that was made from other sources than those that lie here now. In a process of its own: a server that
 * had built itself would keep what compilers need for as long as it runs, some 60 MB of memory and a process beside it.
 */
export async function ensureBuilt() {
  if (isPlainlyCurrent()) return;
  const { code } = await runNode([join(ROOT, 'scripts/build.mjs')], { show: true });
  if (code !== 0) process.exit(code);
}

function isPlainlyCurrent() {
  if (!existsSync(SERVER)) return false;
  const look = lookOfSources();
  // Without sources the build is all that was delivered.
  if (look === undefined) return true;
  return existsSync(STAMP) && existsSync(LOOK) && readFileSync(LOOK, 'utf8') === look;
}
