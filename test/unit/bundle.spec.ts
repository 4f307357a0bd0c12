import { describe, expect, it } from '@jest/globals';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

const FOLDER = join(import.meta.dirname, '../../dist/bundle');
const texts = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.js'))
  .map((name) => ({ name, text: readFileSync(join(FOLDER, name), 'utf8') }));

const withText = (part: RegExp) => texts.filter(({ text }) => part.test(text)).map(({ name }) => name);

/** What a script of ours reads when it begins, others of ours followed to their end: files by their path, packages by their name. */
function readBy(file: string, known = new Set<string>()): Set<string> {
  known.add(file);
  for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(/^import .*?'([^']+)';$/gm)) {
    if (!name.startsWith('.')) known.add(name);
    else if (!known.has(join(dirname(file), name))) readBy(join(dirname(file), name), known);
  }
  return known;
}

describe('the built server', () => {
  it('is started by what reads no compiler, also where it has to be built first', () => {
    const scripts = join(import.meta.dirname, '../../scripts');
    const read = readBy(join(scripts, 'start.mjs'));
    expect([...read]).toContain(join(scripts, 'lib/built.mjs'));
    expect([...read].filter((name) => !name.startsWith('node:') && !name.startsWith(scripts))).toEqual([]);
    expect([...readBy(join(scripts, 'build.mjs'))]).toContain(join(scripts, 'lib/bundle.mjs'));
    expect([...read]).not.toContain(join(scripts, 'lib/bundle.mjs'));
  });

  it('has no letter for which V8 would keep a file at twice its size', () => {
    expect(texts.length).toBeGreaterThan(10);
    expect(withText(/[\u0100-\uffff]/)).toEqual([]);
  });

  it('reads Prisma’s compiler of queries from a file', () => {
    expect(withText(/wasm-base64/)).toEqual([]);
    const compiler = readFileSync(join(FOLDER, 'query_compiler.wasm'));
    expect([compiler.toString('latin1', 0, 4), compiler.length > 1_000_000]).toEqual(['\0asm', true]);
  });

  it('brings along neither a compiler nor the telephone numbers of the world', () => {
    expect(withText(/createSourceFile|country_calling_codes/)).toEqual([]);
  });

  it('keeps lines short enough for a stack to tell where it was', () => {
    const lines = texts.flatMap(({ text }) => text.split('\n'));
    // A text in quotes is not broken.
    expect(lines.filter((line) => line.length > 2000).length).toBeLessThan(lines.length / 500);
  });
});
