import pg from 'pg';
import { APP_DATABASE, APP_ROLE, SUPERUSER, connectionUrl } from './credentials.js';
import type { Credentials } from './credentials.js';

/** No such role, wrong password, no such database: an earlier first start did not come this far. */
const NOT_MADE_YET = ['28000', '28P01', '3D000'];

/**
 * Makes the app's role and database unless they are there. The role owns that database and is no superuser, as on a server of
 * one's own. May be interrupted and repeated at any point.
 *
 * @param createDatabases lets the role make further databases, for tests and tools
 * @returns the app's connection string
 */
export async function ensureAppDatabase(
  port: number,
  credentials: Credentials,
  createDatabases: boolean,
): Promise<string> {
  const url = connectionUrl(APP_ROLE, credentials.app, port, APP_DATABASE);
  if (await canConnect(url)) return url;
  const admin = new pg.Client({ connectionString: connectionUrl(SUPERUSER, credentials.superuser, port, 'postgres') });
  await admin.connect();
  try {
    const role = await admin.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [APP_ROLE]);
    const verb = role.rowCount === 0 ? 'CREATE' : 'ALTER';
    const rights = createDatabases ? 'CREATEDB' : 'NOCREATEDB';
    await admin.query(`${verb} ROLE ${APP_ROLE} LOGIN ${rights} PASSWORD ${pg.escapeLiteral(credentials.app)}`);
    const database = await admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [APP_DATABASE]);
    if (database.rowCount === 0) await admin.query(`CREATE DATABASE ${APP_DATABASE} OWNER ${APP_ROLE}`);
  } finally {
    await admin.end();
  }
  return url;
}

async function canConnect(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    return true;
  } catch (error) {
    if (NOT_MADE_YET.includes((error as { code?: string }).code ?? '')) return false;
    throw error;
  } finally {
    await client.end().catch(() => undefined);
  }
}
