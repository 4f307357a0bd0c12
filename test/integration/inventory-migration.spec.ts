import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { INVENTORY_AUDIT } from '../../src/inventory/index.js';
import { applyMigrations } from '../../src/platform/database/migrations/index.js';
import { ROOT } from '../support/server-process.js';
import { MAIN_LOCATION } from '../support/shop-fixture.js';
import { createEmptyDatabase, type TestDatabase } from '../support/test-database.js';

const MIGRATIONS = join(ROOT, 'prisma/migrations');
/** The last one of the time when all stock lay in one place. */
const BEFORE_LOCATIONS = '20261122152453_go_round_with_products_that_wait';

let folder: string;
let database: TestDatabase;
let client: pg.Client;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'backroom-inventory-migration-'));
  database = await createEmptyDatabase();
  await migrateTo(BEFORE_LOCATIONS);
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});

afterEach(async () => {
  await client.end();
  rmSync(folder, { recursive: true });
  await database.drop();
});

/** Applies the shop's migrations up to the one named, or all. */
async function migrateTo(last?: string): Promise<void> {
  for (const entry of readdirSync(MIGRATIONS).sort()) {
    if (last !== undefined && entry > last && /^\d/.test(entry)) continue;
    mkdirSync(folder, { recursive: true });
    cpSync(join(MIGRATIONS, entry), join(folder, entry), { recursive: true });
  }
  await applyMigrations(database.url, () => undefined, folder);
}

/** A variant as the shop kept it then, with the ledger rows given. */
async function variant(onHand: number, reserved: number, movements: [kind: string, delta: number][]): Promise<string> {
  const id = randomUUID();
  await client.query(
    `insert into product (id, slug, title, description, vendor, product_type, tags, options, status, price, created_at, updated_at)
     values ($1, $2, 'Old', '', '', '', '{}', '[]', 'active', 1, now(), now())`,
    [id, `old-${id.slice(0, 8)}`],
  );
  await client.query(
    `insert into variant (id, product_id, title, options, price, position, created_at, updated_at) values ($1, $1, 'Old', '{}', 1, 0, now(), now())`,
    [id],
  );
  await client.query(
    `insert into stock_item (variant_id, tracked, backorder, on_hand, reserved, updated_at) values ($1, true, false, $2, $3, now())`,
    [id, onHand, reserved],
  );
  let after = 0;
  for (const [kind, delta] of movements) {
    after += delta;
    await client.query(
      `insert into stock_movement (variant_id, kind, delta, on_hand_after, reason, order_id, created_at) values ($1, $2, $3, $4, 'Then', $5, now())`,
      [id, kind, delta, after, kind === 'sale' || kind === 'return' ? ORDER : null],
    );
  }
  return id;
}

const ORDER = randomUUID();

async function reservation(
  id: string,
  orderId: string,
  quantity: number,
  returned: number,
  status: string,
): Promise<void> {
  await client.query(
    `insert into stock_reservation (order_id, variant_id, quantity, returned, status, created_at, settled_at)
     values ($1, $2, $3, $4, $5::reservation_status, now(), case when $5::text = 'held' then null else now() end)`,
    [orderId, id, quantity, returned, status],
  );
}

const one = async (sql: string, id: string): Promise<unknown> => {
  const { rows } = await client.query<{ value: unknown }>(`select to_jsonb(t) as value from (${sql}) t`, [id]);
  return rows.map(({ value }) => value);
};

it('brings the stock of a shop with one place into the main location, and its books agree', async () => {
  const sold = await variant(8, 2, [
    ['initial', 10],
    ['sale', -3],
    ['return', 1],
  ]);
  await reservation(sold, ORDER, 3, 1, 'consumed');
  await reservation(sold, randomUUID(), 2, 0, 'held');
  const empty = await variant(0, 0, []);
  const bypassed = await variant(5, 0, [['initial', 4]]);
  const unknown = await variant(6, 0, []);
  await migrateTo();

  for (const { name: check, sql } of INVENTORY_AUDIT)
    expect([check, (await client.query(sql)).rows]).toEqual([check, []]);
  const level = 'select location_id, on_hand, reserved from stock_level where variant_id = $1';
  expect(await one(level, sold)).toEqual([{ location_id: MAIN_LOCATION, on_hand: 8, reserved: 2 }]);
  expect(await one(level, empty)).toEqual([{ location_id: MAIN_LOCATION, on_hand: 0, reserved: 0 }]);
  const ledger = 'select location_id, kind, delta, on_hand_after from stock_movement where variant_id = $1 order by id';
  expect(await one(ledger, sold)).toHaveLength(3);
  expect(await one(ledger, bypassed)).toEqual([
    { location_id: MAIN_LOCATION, kind: 'initial', delta: 4, on_hand_after: 4 },
    { location_id: MAIN_LOCATION, kind: 'adjustment', delta: 1, on_hand_after: 5 },
  ]);
  expect(await one(ledger, unknown)).toEqual([
    { location_id: MAIN_LOCATION, kind: 'adjustment', delta: 6, on_hand_after: 6 },
  ]);
  const taken =
    'select location_id, quantity, returned, withdrawn, shipped from stock_reservation where variant_id = $1 and status = $$consumed$$';
  expect(await one(taken, sold)).toEqual([
    { location_id: MAIN_LOCATION, quantity: 3, returned: 1, withdrawn: 1, shipped: 0 },
  ]);
  const unnamed = `insert into stock_movement (variant_id, kind, delta, on_hand_after, reason, created_at) values ($1, 'adjustment', 1, 9, '', now())`;
  await expect(client.query(unnamed, [sold])).rejects.toThrow('in location <NULL>');
});
