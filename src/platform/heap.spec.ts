import { describe, expect, it } from '@jest/globals';
import { transformFileSync } from '@swc/core';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const MEGABYTE = 1024 * 1024;

const { code } = transformFileSync(join(import.meta.dirname, 'heap.ts'), {
  swcrc: false,
  module: { type: 'es6' },
  jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
});

/** Megabytes of the young generation after a program of its own: nothing takes the sizes back. */
function youngAfter(...steps: string[]): number {
  const program = ['--expose-gc', '--input-type=module', '--eval', [code, TOOLS, ...steps, 'say();'].join('\n')];
  return Number(execFileSync(process.execPath, program, { encoding: 'utf8', env: {} })) / MEGABYTE;
}

const TOOLS = `
  const say = () => { console.log(youngBytes()); process.exit(); };
  const rest = (ms) => new Promise((done) => setTimeout(done, ms));
  // Keeps much for a while, in pieces, as a server does.
  const use = async (held) => {
    let kept = [];
    for (let i = 0; i < 3_000_000; i++) {
      kept.push({ i });
      if (kept.length > held) kept = [];
      if (i % 10_000 === 0) await rest(0);
    }
  };`;

const KEEP = 'keepYoungSmall();';
const USE_MUCH = 'await use(200_000);';
/** While little is made V8 takes a smaller young generation; few collections, since it reckons with the last ones. */
const LULL = `
  for (let left = 50; youngBytes() > 2 * 1024 * 1024; left--) {
    if (left === 0) throw new Error('V8 has left it large');
    await rest(100);
    gc({ type: 'minor' });
  }`;

describe('keepYoungSmall', () => {
  it('holds the young generation to two halves of 4 MB', () => {
    expect(youngAfter(KEEP, USE_MUCH)).toBe(8);
    expect(youngAfter(USE_MUCH)).toBeGreaterThanOrEqual(16);
  });

  it('holds it after a thread was started, too', () => {
    const start = `const { Worker } = await import('node:worker_threads');
      const thread = new Worker('setInterval(() => {}, 1000)', { eval: true });
      await new Promise((done) => thread.once('online', done));`;
    expect(youngAfter(KEEP, start, 'await rest(500);', USE_MUCH)).toBe(8);
  });

  it('lets it come to its size again after a lull', () => {
    expect(youngAfter(KEEP, USE_MUCH, LULL, 'await use(10_000);')).toBe(8);
  });
});

describe('keepOldSmall', () => {
  it('collects the old generation long before V8 would by itself, which lets it grow six times and more', () => {
    // What lives long enough to come into the old generation, and dies there.
    const work = `
      const kept = new Array(300_000);
      const use = (times) => { for (let i = 0; i < times; i++) { kept[i % kept.length] = { i, text: [i] }; look?.(i); } };
      let look;
      use(kept.length);
      keepOldSmall(10);
      await new Promise((done) => setTimeout(done, 500));
      const lives = process.memoryUsage().heapUsed;
      let most = 0;
      look = (i) => { if (i % 1000 === 0) most = Math.max(most, process.memoryUsage().heapUsed); };
      use(5_000_000);
      console.log(most / lives);`;
    const program = ['--input-type=module', '--eval', `${code}\n${work}`];
    const grown = Number(execFileSync(process.execPath, program, { encoding: 'utf8', env: {} }));
    expect(grown).toBeGreaterThan(1);
    expect(grown).toBeLessThan(4);
  });
});
