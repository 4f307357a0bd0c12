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

/** Megabytes of the young generation when much has been made and kept for a while, in a process of its own: nothing takes the sizes back. */
function youngAfter(call: string): number {
  const work = `
    let kept = [];
    for (let i = 0; i < 1_000_000; i++) { kept.push({ i }); if (kept.length > 100_000) kept = []; }
    console.log(youngBytes());`;
  const program = ['--input-type=module', '--eval', `${code}\n${call}\n${work}`];
  return Number(execFileSync(process.execPath, program, { encoding: 'utf8', env: {} })) / MEGABYTE;
}

describe('keepYoungSmall', () => {
  it('holds the young generation to two halves of 8 MB', () => {
    expect(youngAfter('keepYoungSmall();')).toBe(16);
    expect(youngAfter('')).toBeGreaterThanOrEqual(16);
  });

  it('holds it after a thread was started, too', () => {
    const start = `const { Worker } = await import('node:worker_threads');
      const thread = new Worker('', { eval: true });
      await new Promise((done) => thread.once('online', done));`;
    const use =
      'let held = []; for (let i = 0; i < 3_000_000; i++) { held.push({ i }); if (held.length > 200_000) held = []; }';
    expect(youngAfter(`keepYoungSmall(); ${start} ${use}`)).toBe(32);
    expect(youngAfter(`keepYoungSmall(); ${start} letYoungGrowNoMore(); ${use}`)).toBe(16);
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
