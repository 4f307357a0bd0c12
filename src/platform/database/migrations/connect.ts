import pg from 'pg';
import { AppError } from '../../errors/index.js';

const OLDEST_MAJOR = 14;
const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Opens a connection, and says in plain words why it cannot: where and as whom it tried, never the password.
 *
 * @throws AppError `database.unreachable` or `database.too_old`
 */
export async function connect(databaseUrl: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  // A connection that breaks later shows itself in the query that is under way.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    await client.end().catch(() => undefined);
    throw new AppError(
      'unavailable',
      'database.unreachable',
      `The database ${nameOf(client)} cannot be reached: ${reasonOf(error)}. Check DATABASE_URL, and that the server runs.`,
    );
  }
  const { rows } = await client.query<{ version: string }>(`SELECT current_setting('server_version_num') AS version`);
  const major = Math.floor(Number(rows[0]?.version) / 10_000);
  if (major >= OLDEST_MAJOR) return client;
  await client.end();
  throw new AppError(
    'unavailable',
    'database.too_old',
    `The database ${nameOf(client)} runs on PostgreSQL ${major}; Backroom needs ${OLDEST_MAJOR} or newer.`,
  );
}

function nameOf(client: pg.Client): string {
  return `"${client.database ?? ''}" on ${client.host}:${client.port} (as user ${client.user ?? 'nobody'})`;
}

function reasonOf(error: unknown): string {
  // A name with several addresses fails with all of their reasons at once.
  const first = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
  const { message, code } = first as { message?: string; code?: string };
  return message || code || 'no answer';
}
