/**
 * `npm run db:generate`: writes Prisma's client to src/generated, unless the one there was made from this very schema.
 * Needs no network: see the variables below.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT, fail } from './lib/project.mjs';
import { runNode } from './lib/run.mjs';

const STAMP = join(ROOT, 'src/generated/.made-from');
const require = createRequire(import.meta.url);

/** For every run of Prisma's command. */
export const ENVIRONMENT = {
  // Prisma would download a binary that generating does not use; any existing program satisfies it.
  PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
  // No questions to its makers' servers about newer versions, and no count of users.
  CHECKPOINT_DISABLE: '1',
  PRISMA_HIDE_UPDATE_MESSAGE: '1',
};

export async function generate() {
  const stamp = hashOfSchema();
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === stamp) return;
  const prisma = prismaCli();
  rmSync(STAMP, { force: true });
  const { code, output } = await runNode([prisma, 'generate'], { env: ENVIRONMENT });
  if (code !== 0) fail(`${output.trim()}\nGenerating the Prisma client failed.`);
  writeFileSync(STAMP, stamp);
  console.log('Generated the Prisma client from prisma/schema.prisma');
}

function hashOfSchema() {
  const schema = readFileSync(join(ROOT, 'prisma/schema.prisma'));
  return createHash('sha256').update(schema).update(require('@prisma/client/package.json').version).digest('hex');
}

function prismaCli() {
  try {
    return require.resolve('prisma/build/index.js');
  } catch {
    return fail(
      'The Prisma client has to be generated, and the development packages are missing: run `npm ci`, without --omit=dev.',
    );
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await generate();
