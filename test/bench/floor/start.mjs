import { hash } from '@node-rs/argon2';
import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { PASSWORD } from '../catalog.mjs';
import { vacuumFilled } from '../database.mjs';

const SERVER = fileURLToPath(new URL('server.mjs', import.meta.url));
/** What the shop hashes passwords with. */
const ARGON2ID = { algorithm: 2, memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 };
const BATCH = 5_000;

/**
 * Fills an empty database and starts the floor on it, which ends with this process at the latest.
 * @param {{ databaseUrl: string, catalog: import('../catalog.mjs').Catalog, poolSize?: number }} options
 */
export async function startFloor({ databaseUrl, catalog, poolSize = 10 }) {
  await fill(databaseUrl, catalog);
  const env = {
    PATH: process.env.PATH,
    NODE_ENV: 'production',
    DATABASE_URL: databaseUrl,
    POOL_SIZE: String(poolSize),
  };
  const child = fork(SERVER, { env, execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const port = await new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message.port));
    child.once('error', reject);
    void ended.then((code) => reject(new Error(`The floor ended with code ${code}`)));
  });
  return {
    base: `http://127.0.0.1:${port}`,
    pid: child.pid,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function fill(databaseUrl, { categories, products, customers }) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(readFileSync(new URL('schema.sql', import.meta.url), 'utf8'));
    await insert(client, 'category (id, slug, name)', 'id int, slug text, name text', categories);
    const columns = 'id int, category int, slug text, sku text, title text, description text, price int, stock int';
    await insert(client, 'product (id, category_id, slug, sku, title, description, price, stock)', columns, products);
    const passwordHash = await hash(PASSWORD, ARGON2ID);
    const known = customers.map((customer) => ({ ...customer, passwordHash }));
    await insert(
      client,
      'customer (id, email, name, password_hash)',
      'id int, email text, name text, "passwordHash" text',
      known,
    );
    await vacuumFilled(client);
  } finally {
    await client.end();
  }
}

/** Rows get their number in the list as their id. */
async function insert(client, target, columns, rows) {
  const named = rows.map((row, id) => ({
    ...row,
    id: id + 1,
    ...(row.category !== undefined && { category: row.category + 1 }),
  }));
  for (let at = 0; at < named.length; at += BATCH) {
    const batch = JSON.stringify(named.slice(at, at + BATCH));
    await client.query(`insert into ${target} select row.* from json_to_recordset($1) as row(${columns})`, [batch]);
  }
}
