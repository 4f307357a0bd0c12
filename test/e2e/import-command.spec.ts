import { afterEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import pg from 'pg';
import { csv } from '../support/import-shop.js';
import { ROOT, ServerProcess, leftBehind, temporaryFolder } from '../support/server-process.js';
import { createTestDatabase } from '../support/test-database.js';

const cleanups: (() => void | Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function folderWithFile(content: string) {
  const folder = temporaryFolder();
  cleanups.push(folder.remove);
  const file = join(folder.path, 'products.csv');
  writeFileSync(file, content);
  return { file, dataDir: folder.dataDir };
}

/** `npm run import -- FILE`, from the folder of the file, but for npm. */
function command(file: string, env: Record<string, string>) {
  const child = spawn(process.execPath, ['scripts/cli.mjs', 'import', basename(file)], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] ?? '', INIT_CWD: dirname(file), ...env },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  return new Promise<{ code: number | null; output: string }>((resolve) => {
    child.once('close', (code) => resolve({ code, output }));
  });
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

const row = (handle: string, price = '1.00') => ({
  ...{ Handle: handle, Title: handle, 'Variant SKU': handle, 'Variant Price': price },
  ...{ 'Option1 Name': 'Title', 'Option1 Value': 'Default Title' },
});

describe('npm run import', () => {
  it('fills the embedded database where no server runs, and a server that does', async () => {
    const { file, dataDir } = folderWithFile(csv([row('mug'), row('cup', 'free')]));
    const first = await command(file, { DATA_DIR: dataDir });
    expect(first.output).toContain('line 3: "free" is no price');
    expect(first.output).toContain('2 records: 2 products and 1 variants stand in the shop, 1 faults');
    expect(first.code).toBe(0);
    expect(await leftBehind(dataDir)).toEqual([]);

    const server = new ServerProcess({ dataDir });
    cleanups.push(() => server.stop());
    const { base } = await server.ready();
    const read = async (slug: string) => (await fetch(`${base}/v1/products/${slug}`)).status;
    expect([await read('mug'), await read('bowl')]).toEqual([200, 404]);
    writeFileSync(file, csv([row('bowl')]));
    expect(await command(file, { DATA_DIR: dataDir })).toMatchObject({ code: 0 });
    expect(await read('bowl')).toBe(200);
  }, 60_000);

  it('fills the database of DATABASE_URL, and leaves the news of others alone', async () => {
    const database = await createTestDatabase();
    cleanups.push(database.drop);
    const { file, dataDir } = folderWithFile(csv(Array.from({ length: 300 }, (_, n) => row(`p-${n}`))));
    const event = `insert into outbox_event (id, type, subject_id, payload, occurred_at) values (gen_random_uuid(), 'orders.paid', 'x', '{}', now())`;
    await query(database.url, event);
    const done = await command(file, { DATA_DIR: dataDir, DATABASE_URL: database.url });
    expect(done).toMatchObject({ code: 0, output: expect.stringContaining('300 products and 300 variants') });
    expect(await query(database.url, 'select dispatched_at from outbox_event')).toEqual([{ dispatched_at: null }]);
    expect(await query(database.url, 'select id from "user"')).toEqual([]);
  }, 60_000);

  it('says what is wrong', async () => {
    const database = await createTestDatabase();
    cleanups.push(database.drop);
    const { file, dataDir } = folderWithFile('a,b\n1,2\n');
    const env = { DATA_DIR: dataDir, DATABASE_URL: database.url };
    expect(await command(file, env)).toEqual({
      code: 1,
      output: 'Importing products.csv …\nThe header lacks Handle and Title. Columns are separated by commas.\n',
    });
    const missing = join(dirname(file), 'missing.csv');
    expect(await command(missing, env)).toEqual({ code: 1, output: `There is no file ${missing}.\n` });
    expect(await command(file, { ...env, PORT: 'x' })).toMatchObject({
      code: 1,
      output: expect.stringContaining('PORT'),
    });
    expect(await query(database.url, 'select id from catalog_import')).toEqual([]);
  }, 60_000);
});
