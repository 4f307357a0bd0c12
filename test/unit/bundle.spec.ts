import { describe, expect, it } from '@jest/globals';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, '../../dist/bundle');
const texts = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.js'))
  .map((name) => ({ name, text: readFileSync(join(FOLDER, name), 'utf8') }));

const withText = (part: RegExp) => texts.filter(({ text }) => part.test(text)).map(({ name }) => name);

describe('the built server', () => {
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
