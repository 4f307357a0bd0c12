import type pg from 'pg';
import { AppError } from '../../errors/index.js';

/** The letters "backroom" as a number: the advisory lock under which one process at a time migrates a database. */
const LOCK_KEY = BigInt(`0x${Buffer.from('backroom').toString('hex')}`).toString();
/** The lock of Prisma's own tools (`prisma migrate deploy`). */
const PRISMA_LOCK_KEY = '72707369';
const PATIENCE_SECONDS = 300;
const LOCK_NOT_AVAILABLE = '55P03';

/**
 * Runs the work while no other process migrates this database, waiting for one that does.
 *
 * @param client its session holds the lock
 * @throws AppError `database.migration_busy` when the other is not done after five minutes
 */
export async function withMigrationLock<T>(
  client: pg.ClientBase,
  log: (line: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  await acquire(client, LOCK_KEY, log);
  try {
    // Prisma's engine takes this one itself when it works, so it is only waited for here.
    await acquire(client, PRISMA_LOCK_KEY, log);
    await client.query('SELECT pg_advisory_unlock($1)', [PRISMA_LOCK_KEY]);
    return await work();
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [LOCK_KEY]).catch(() => undefined);
  }
}

async function acquire(client: pg.ClientBase, key: string, log: (line: string) => void): Promise<void> {
  const { rows } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [key]);
  if (rows[0]?.locked) return;
  log('Another process is migrating the database; waiting for it');
  try {
    await client.query(`SET lock_timeout = '${PATIENCE_SECONDS}s'`);
    await client.query('SELECT pg_advisory_lock($1)', [key]);
    await client.query('RESET lock_timeout');
  } catch (error) {
    if ((error as { code?: string }).code !== LOCK_NOT_AVAILABLE) throw error;
    throw new AppError(
      'unavailable',
      'database.migration_busy',
      `Another process has been migrating the database for ${PATIENCE_SECONDS} seconds. Start again when it is done.`,
    );
  }
}
