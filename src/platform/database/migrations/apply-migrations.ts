import type pg from 'pg';
import { AppError } from '../../errors/index.js';
import { connect } from './connect.js';
import { MIGRATIONS_FOLDER, readMigrations, toMigrationList } from './migration-files.js';
import type { MigrationFile } from './migration-files.js';
import { withMigrationLock } from './migration-lock.js';
import { readMigrationState } from './migration-state.js';
import type { MigrationState } from './migration-state.js';
import { withSchemaEngine } from './schema-engine.js';

/** An applied migration has been changed: `database.migration_edited`. */
class MigrationEditedError extends AppError {
  constructor(names: readonly string[]) {
    super(
      'unavailable',
      'database.migration_edited',
      `The migration ${names.join(', ')} was applied to this database and has been changed since. Restore its file, and make a new migration for the change.`,
    );
  }
}

/** The database refused a migration: `database.migration_failed`. */
class MigrationFailedError extends AppError {
  constructor(name: string, reason: string) {
    super(
      'unavailable',
      'database.migration_failed',
      `The migration ${name} failed: ${reason}\nNothing of it was kept. When the cause is mended, allow another try with:\n` +
        `  UPDATE _prisma_migrations SET rolled_back_at = now() WHERE migration_name = '${name}' AND finished_at IS NULL;`,
    );
  }
}

/**
 * Brings a database up to date with the committed migrations, and does nothing when it is. Any number of processes may do so
 * at once. The database can afterwards be migrated by `prisma migrate deploy`, and the other way round.
 *
 * @param log told about each thing that is done
 * @param folder where the migrations lie
 * @throws AppError `database.unreachable`, `database.too_old`, `database.migration_edited`, `database.migration_failed`,
 *   `database.migration_busy`
 */
export async function applyMigrations(
  databaseUrl: string,
  log: (line: string) => void,
  folder = MIGRATIONS_FOLDER,
): Promise<void> {
  const files = readMigrations(folder);
  const client = await connect(databaseUrl);
  try {
    const state = await checked(client, files);
    if (state.unknown.length > 0) log(`The database has migrations of a newer release: ${state.unknown.join(', ')}`);
    if (state.pending.length > 0)
      await withMigrationLock(client, log, () => migrate(client, databaseUrl, files, folder, log));
  } finally {
    await client.end();
  }
}

async function migrate(
  client: pg.Client,
  databaseUrl: string,
  files: readonly MigrationFile[],
  folder: string,
  log: (line: string) => void,
): Promise<void> {
  // Read again: while the lock was awaited another process may have done all of it.
  const { pending, interrupted } = await checked(client, files);
  if (pending.length === 0) return;
  for (const name of interrupted) await forget(client, name, log);
  const texts = files.map(({ sql }) => sql);
  const started = Date.now();
  const failure = await withSchemaEngine(
    databaseUrl,
    (engine) =>
      engine.applyMigrations({
        migrationsList: toMigrationList(files, folder),
        filters: { externalTables: [], externalEnums: [] },
      }),
    texts,
  ).then(
    () => undefined,
    (error: Error) => error,
  );
  if (failure) throw await explain(client, files, failure);
  log(`Applied ${pending.length} ${pending.length === 1 ? 'migration' : 'migrations'} in ${Date.now() - started} ms`);
}

async function checked(client: pg.Client, files: readonly MigrationFile[]): Promise<MigrationState> {
  const state = await readMigrationState(client, files);
  const [failed] = state.failed;
  if (failed) throw new MigrationFailedError(failed.name, firstLines(failed.reason));
  if (state.edited.length > 0) throw new MigrationEditedError(state.edited);
  return state;
}

/** A killed process left its mark, and its transaction is gone with it: the migration is begun anew. */
async function forget(client: pg.Client, name: string, log: (line: string) => void): Promise<void> {
  log(`The migration ${name} was interrupted; beginning it again`);
  await client.query(
    'UPDATE _prisma_migrations SET rolled_back_at = now() WHERE migration_name = $1 AND finished_at IS NULL',
    [name],
  );
}

/** Finds out which migration it was, and keeps the database's own words with it for the next start. */
async function explain(client: pg.Client, files: readonly MigrationFile[], failure: Error): Promise<Error> {
  const reason = firstLines(failure.message);
  const [failed] = (await readMigrationState(client, files)).failed;
  if (!failed)
    return new AppError('unavailable', 'database.migration_failed', `The database could not be migrated: ${reason}`);
  await client.query('UPDATE _prisma_migrations SET logs = $2 WHERE migration_name = $1 AND finished_at IS NULL', [
    failed.name,
    reason,
  ]);
  return new MigrationFailedError(failed.name, reason);
}

/** Without the engine's trace of its own functions. */
function firstLines(message: string): string {
  const end = message.search(/^\s+0: /m);
  return (end < 0 ? message : message.slice(0, end)).replace('external connector error', '').trim();
}
