import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { generate } from '../prisma-generate.mjs';
import { LOOK, SERVER, STAMP } from './built.mjs';
import { bundleServer } from './bundle.mjs';
import { ROOT, fail } from './project.mjs';
import { runNode } from './run.mjs';
import { hashOfSources, lookOfSources } from './sources.mjs';

const DIST = join(ROOT, 'dist');
const LOCK = join(ROOT, 'node_modules/.cache/backroom-build.lock');

/** Builds unless the build that is there was made from the sources as they are. */
export async function buildWhereNeeded() {
  const look = lookOfSources();
  const wanted = hashOfSources();
  if (!isBuiltFrom(wanted)) {
    if (wanted === undefined) fail('There is neither src/ nor dist/ here: nothing to start.');
    await withLock(async () => {
      if (!isBuiltFrom(wanted)) await build(wanted);
    });
  }
  if (look !== undefined) writeFileSync(LOOK, look);
}

function isBuiltFrom(wanted) {
  if (!existsSync(SERVER)) return false;
  return wanted === undefined || (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted);
}

async function build(wanted) {
  const started = Date.now();
  console.log(existsSync(STAMP) ? 'Building, since the sources have changed …' : 'Building for the first time …');
  const nest = nestCli();
  await generate();
  removeOrphans('');
  // Without a stamp nobody knows what is missing in dist/; without its notes the compiler writes every file anew.
  if (!existsSync(STAMP)) rmSync(join(DIST, '.tsbuildinfo'), { force: true });
  forgetBuild();
  const { code, output } = await runNode([nest, 'build']);
  if (code !== 0) fail(`${output.trim()}\nThe build failed.`);
  await bundleServer();
  writeFileSync(STAMP, wanted);
  console.log(`Built in ${((Date.now() - started) / 1000).toFixed(1)} s`);
}

/** Says that dist/ no longer is what the last build made. */
export function forgetBuild() {
  rmSync(STAMP, { force: true });
}

export function nestCli() {
  try {
    return createRequire(import.meta.url).resolve('@nestjs/cli/bin/nest.js');
  } catch {
    return fail(
      'The server has to be built, and the development packages are missing: run `npm ci`, without --omit=dev.',
    );
  }
}

/** Compiled files whose source is gone would otherwise live on. */
function removeOrphans(folder) {
  if (!existsSync(join(DIST, folder))) return;
  for (const entry of readdirSync(join(DIST, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name);
    // Written anew with each build.
    if (path === 'bundle') continue;
    if (entry.isDirectory()) removeOrphans(path);
    else if (/\.js(\.map)?$/.test(entry.name) && !existsSync(join(ROOT, 'src', path.replace(/\.js(\.map)?$/, '.ts')))) {
      rmSync(join(DIST, path));
    }
  }
}

/** Two starts at once shall not write the same files: the second waits for the first, and finds the build done. */
async function withLock(work) {
  mkdirSync(dirname(LOCK), { recursive: true });
  while (!tryLock()) await sleep(100);
  try {
    await work();
  } finally {
    rmSync(LOCK, { force: true });
  }
}

function tryLock() {
  try {
    writeFileSync(LOCK, String(process.pid), { flag: 'wx' });
    process.once('exit', () => rmSync(LOCK, { force: true }));
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  if (!isAlive(LOCK)) rmSync(LOCK, { force: true });
  return false;
}

function isAlive(lock) {
  try {
    const pid = Number(readFileSync(lock, 'utf8'));
    // Written in two steps: a lock without a number is being made.
    return pid === 0 || process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}
