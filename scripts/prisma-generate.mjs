/**
 * `npm run db:generate`: writes Prisma's client to src/generated, unless the one there was made from this very schema.
 * Needs no network: see the variables below.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT, fail } from './lib/project.mjs';

const GENERATED = join(ROOT, 'src/generated');
const STAMP = join(GENERATED, '.made-from');

/** Whether src/generated was made from the schema and by the version of Prisma that lie here now. */
function stampOfNow() {
  const require = createRequire(import.meta.url);
  const hash = createHash('sha256').update(readFileSync(join(ROOT, 'prisma/schema.prisma')));
  return hash.update(require('@prisma/client/package.json').version).digest('hex');
}

export function generate() {
  const stamp = stampOfNow();
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === stamp) return;
  const prisma = prismaCli();
  rmSync(STAMP, { force: true });
  const { status, stdout, stderr } = spawnSync(process.execPath, [prisma, 'generate'], {
    cwd: ROOT,
    encoding: 'utf8',
    env: {
      ...process.env,
      // Prisma would download a binary that generating does not use; any existing program satisfies it.
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      PRISMA_ENGINES_CHECKSUM_IGNORE_MISSING: '1',
      // No questions to its makers' servers about newer versions, and no count of users.
      CHECKPOINT_DISABLE: '1',
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
    },
  });
  if (status !== 0) fail(`prisma generate failed:\n${stdout}${stderr}`);
  writeFileSync(STAMP, stamp);
  console.log('Generated the Prisma client from prisma/schema.prisma');
}

function prismaCli() {
  try {
    return createRequire(import.meta.url).resolve('prisma/build/index.js');
  } catch {
    fail(
      'The Prisma client has to be generated, and the development packages are missing: run `npm ci`, without --omit=dev.',
    );
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) generate();
