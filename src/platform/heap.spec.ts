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
  it('holds the young generation to two halves of 4 MB', () => {
    expect(youngAfter('keepYoungSmall();')).toBe(8);
    expect(youngAfter('')).toBeGreaterThan(8);
  });
});
