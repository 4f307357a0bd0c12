/** Node's loader hooks behind typescript.mjs: `./thing.js` in a .ts file means `./thing.ts`, and swc removes the types. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { transform } from '@swc/core';

const parser = { syntax: 'typescript', decorators: true };
const jsc = {
  parser,
  target: 'es2022',
  transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
};

export async function resolve(specifier, context, next) {
  const fromTypeScript = context.parentURL?.endsWith('.ts') || specifier.endsWith('.ts');
  if (fromTypeScript && /^\.{1,2}\/.*\.js$/.test(specifier)) return next(specifier.replace(/\.js$/, '.ts'), context);
  return next(specifier, context);
}

export async function load(url, context, next) {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context);
  const filename = fileURLToPath(url);
  const { code } = await transform(await readFile(filename, 'utf8'), {
    filename,
    jsc,
    module: { type: 'es6' },
    sourceMaps: 'inline',
  });
  return { format: 'module', source: code, shortCircuit: true };
}
