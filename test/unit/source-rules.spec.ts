import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { sourceFiles } from '../support/source-files.js';

/** What docs/security/asvs.md promises of the sources themselves, which no request can show. */

const files = sourceFiles('src').map((path) => {
  const text = readFileSync(path, 'utf8');
  return { path, text, tree: ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true) };
});

/** The nodes that satisfy `wanted`, each as "file: text". */
function find(wanted: (node: ts.Node) => boolean): string[] {
  const found: string[] = [];
  for (const { path, tree } of files) {
    const visit = (node: ts.Node): void => {
      if (wanted(node)) found.push(`${path}: ${node.getText().slice(0, 100)}`);
      ts.forEachChild(node, visit);
    };
    visit(tree);
  }
  return found;
}

const calleeOf = (node: ts.Node) =>
  ts.isCallExpression(node) || ts.isNewExpression(node) ? node.expression.getText() : undefined;
const importsOf = (module: string) => files.filter(({ text }) => text.includes(`from '${module}'`));

describe('the sources', () => {
  it('make no code of text', () => {
    const makers = new Set(['eval', 'Function', 'vm.runInThisContext', 'setTimeout', 'setInterval']);
    const made = find((node) => {
      const callee = calleeOf(node);
      if (callee === undefined || !makers.has(callee)) return false;
      const [first] = (node as ts.CallExpression).arguments ?? [];
      return callee === 'eval' || callee === 'Function' || (first !== undefined && ts.isStringLiteralLike(first));
    });
    expect(made).toEqual([]);
    expect(importsOf('node:vm').map(({ path }) => path)).toEqual([]);
  });

  it('start programs by lists of arguments alone, without a shell, and only to run the embedded database', () => {
    const starters = importsOf('node:child_process');
    expect(starters.length).toBeGreaterThan(0);
    expect(
      starters.map(({ path }) => path).filter((path) => !path.startsWith('src/platform/database/embedded/')),
    ).toEqual([]);
    for (const { text } of starters) {
      const [, names = ''] = /import (?:type )?\{([^}]*)\} from 'node:child_process'/.exec(text) ?? [];
      expect(names.split(',').map((name) => name.trim().replace(/^type /, ''))).not.toContain('exec');
      expect(text).not.toMatch(/\bexecSync\b|\bshell:\s*true/);
    }
  });

  it('hash, sign and seal by SHA-256 and AES-256-GCM, named where they are used', () => {
    const algorithms = find((node) =>
      /^(?:crypto\.)?(?:createHash|createHmac|createCipheriv|createDecipheriv)$/.test(calleeOf(node) ?? ''),
    );
    expect(algorithms.length).toBeGreaterThan(10);
    const named = files.flatMap(({ text }) => [
      ...text.matchAll(/\bcreate(?:Hash|Hmac|Cipheriv|Decipheriv)\(\s*([^,)]+)/g),
    ]);
    expect(named).toHaveLength(algorithms.length);
    const allowed = /^'(?:sha256|aes-256-gcm)'$/;
    const constants = new Map(
      files.flatMap(({ text }) =>
        [...text.matchAll(/^const ([A-Z_]+) = ('[^']+');$/gm)].map(([, name, value]) => [name, value]),
      ),
    );
    const others = named.map(([, by = '']) => constants.get(by) ?? by).filter((by) => !allowed.test(by));
    expect(others).toEqual([]);
  });

  it('bring no cryptography of their own: random values, comparisons and passwords by Node and argon2', () => {
    // For pauses and turns, and nothing that has to be unguessable.
    expect(find((node) => calleeOf(node) === 'Math.random').sort()).toEqual([
      'src/orders/app/recover-orders.job.ts: Math.random()',
      'src/platform/database/db.ts: Math.random()',
      'src/webhooks/app/deliver.service.ts: Math.random()',
    ]);
    const hashers = importsOf('@node-rs/argon2').map(({ path }) => path);
    expect(hashers).toEqual([
      'src/auth/passwords/password-hasher.ts',
      'src/auth/passwords/password-threads.ts',
      'src/auth/passwords/password-worker.ts',
    ]);
  });

  it('keep nothing in the storage of browsers, and use nothing there that is not plain HTML and JavaScript', () => {
    const pages = files.filter(({ text }) => text.includes('<!doctype html>') || text.includes('<script'));
    expect(pages.length).toBeGreaterThan(0);
    for (const { text } of pages) {
      expect(text).not.toMatch(/\b(?:localStorage|sessionStorage|indexedDB|document\.cookie)\b/);
      expect(text).not.toMatch(/<(?:object|embed|applet)\b/i);
    }
  });

  it('let no password run out', () => {
    const schema = readFileSync(join('prisma', 'schema.prisma'), 'utf8');
    expect(schema).toMatch(/passwordHash/);
    expect(schema).not.toMatch(/password\w*(?:Expires|ValidUntil|MustChange)/i);
  });
});
