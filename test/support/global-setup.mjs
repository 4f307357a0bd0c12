/**
 * Starts the PostgreSQL of a test run, once for all jest projects of the run, and migrates the template that tests copy. TEST_DATABASE_URL names another server instead, whose role
 * may create databases.
 */
import pg from 'pg';
import { startThrowawayPostgres } from '../../scripts/lib/throwaway-postgres.mjs';

const TEMPLATE = 'backroom_test_template';

export default async function globalSetup() {
  const url = givenServer() ?? (await startServer());
  await makeTemplate(url);
  // The workers start after this and inherit it.
  process.env.BACKROOM_TEST_SERVER_URL = url;
}

function givenServer() {
  const url = process.env.TEST_DATABASE_URL;
  if (url && !new URL(url).pathname.includes('test'))
    throw new Error('TEST_DATABASE_URL must name a database that has "test" in its name.');
  return url;
}

async function startServer() {
  const server = await startThrowawayPostgres();
  globalThis.backroomTestServer = server;
  return server.url;
}

async function makeTemplate(url) {
  const server = new URL(url);
  const client = new pg.Client({ connectionString: server.href });
  await client.connect();
  try {
    await client.query(`DROP DATABASE IF EXISTS ${TEMPLATE} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${TEMPLATE}`);
  } finally {
    await client.end();
  }
  const { applyMigrations } = await import('../../dist/platform/database/migrations/index.js');
  server.pathname = `/${TEMPLATE}`;
  await applyMigrations(server.href, () => undefined);
}
