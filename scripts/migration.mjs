/**
 * `npm run db:migration -- NAME`  writes the next migration: what the committed migrations lack to agree with the schema.
 * `npm run db:migration -- NAME --empty`  one without a change of the schema, for SQL written by hand.
 * `npm run db:drift`  fails, and prints the missing SQL, when the migrations and the schema differ.
 *
 * Both apply the migrations to an embedded PostgreSQL made for the purpose, and compare with Prisma's own engine.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, fail } from './lib/project.mjs';
import { startThrowawayPostgres } from './lib/throwaway-postgres.mjs';

const MIGRATIONS = join(ROOT, 'prisma/migrations');
const SCHEMA = join(ROOT, 'prisma/schema.prisma');
const LOCK_FILE = '# Which kind of database the migrations are for; Prisma reads it.\nprovider = "postgresql"\n';

const HANDWRITTEN = `
-- What the schema cannot say follows here: CHECKs, partial and expression indexes, functions, triggers, views, data.
`;

const [command, ...rest] = process.argv.slice(2);
if (command === 'new') await writeNext(rest);
else if (command === 'drift') await checkDrift();
else fail('Use: npm run db:migration -- NAME [--empty], or npm run db:drift');

async function writeNext(words) {
  const empty = words.includes('--empty');
  const name = words.filter((word) => word !== '--empty').join('_');
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
  if (!slug) fail('Name the migration by what it does, as in: npm run db:migration -- add gift cards');
  const difference = await compare().catch((error) => fail(error.message));
  if (difference === undefined && !empty) {
    fail('The migrations agree with the schema. For SQL that the schema cannot say, add --empty.');
  }
  const folder = join(MIGRATIONS, `${timestamp()}_${slug}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'migration.sql'), `${difference ?? ''}${HANDWRITTEN}`);
  const lockFile = join(MIGRATIONS, 'migration_lock.toml');
  if (!existsSync(lockFile)) writeFileSync(lockFile, LOCK_FILE);
  console.log(`Wrote ${join(folder, 'migration.sql')}: read it, and add what the schema cannot say`);
}

async function checkDrift() {
  const difference = await compare().catch((error) => fail(error.message));
  if (difference !== undefined) {
    fail(
      `The schema has what the migrations lack; write the next one with \`npm run db:migration -- NAME\`:\n\n${difference}`,
    );
  }
  console.log('The migrations agree with the schema');
}

/** The SQL from the state after all migrations to the schema's, `undefined` when there is none. */
async function compare() {
  const server = await startThrowawayPostgres();
  try {
    const { applyMigrations } = await import('../src/platform/database/migrations/index.ts');
    const { diffToSchema } = await import('../src/platform/database/migrations/schema-diff.ts');
    await applyMigrations(server.url, () => undefined);
    return await diffToSchema(server.url, { path: SCHEMA, content: readFileSync(SCHEMA, 'utf8') });
  } finally {
    await server.stop();
  }
}

/** UTC, to the second, as Prisma names its folders. */
function timestamp() {
  return new Date().toISOString().replace(/\D/g, '').slice(0, 14);
}
