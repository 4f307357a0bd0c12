import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startInventoryShop, type InventoryShop } from '../support/inventory-shop.js';

let shop: InventoryShop;
let other: string;

beforeAll(async () => {
  shop = await startInventoryShop();
  other = await shop.location('other');
});

afterAll(() => shop.close());

/** Runs the statements in one transaction and answers what it is refused with, at the statement or at the commit. */
async function attempt(...statements: string[]): Promise<{ at: number; error: string } | undefined> {
  const client = await shop.db.pool.connect();
  let at = 0;
  try {
    await client.query('begin');
    for (; at < statements.length; at++) await client.query(statements[at] ?? '');
    await client.query('commit');
    return undefined;
  } catch (error) {
    await client.query('rollback');
    return { at, error: (error as Error).message };
  } finally {
    client.release();
  }
}

const movement = (
  variantId: string,
  delta: number,
  after: number,
  more: { kind?: string; place?: string; transfer?: string } = {},
) =>
  `insert into stock_movement (variant_id, location_id, kind, delta, on_hand_after, reason, transfer_id, created_at)
   values ('${variantId}', '${more.place ?? shop.main}', '${more.kind ?? 'adjustment'}', ${delta}, ${after}, 'By hand',
     ${more.transfer ? `'${more.transfer}'` : 'null'}, now())`;
const level = (variantId: string, set: string, place = shop.main): string =>
  `update stock_level set ${set} where variant_id = '${variantId}' and location_id = '${place}'`;
const item = (variantId: string, set: string): string =>
  `update stock_item set ${set} where variant_id = '${variantId}'`;

describe('the ledger', () => {
  it('goes on from its last row, of the same variant and location', async () => {
    const id = await shop.variant({ stock: 10 });
    expect(await attempt(movement(id, 2, 13))).toMatchObject({
      at: 0,
      error: expect.stringContaining('goes on from 10'),
    });
    expect(await attempt(movement(id, 2, 12, { place: other }))).toMatchObject({ at: 0 });
    expect(await attempt(movement(id, -11, -1))).toMatchObject({ at: 0 });
    const right = [movement(id, 2, 12), movement(id, -1, 11), level(id, 'on_hand = 11'), item(id, 'on_hand = 11')];
    expect(await attempt(...right)).toBeUndefined();
  });

  it('goes on from row to row of one statement', async () => {
    const id = await shop.variant({ stock: 10 });
    const two = (first: number, second: number): string =>
      `insert into stock_movement (variant_id, location_id, kind, delta, on_hand_after, reason, created_at)
       values ('${id}', '${shop.main}', 'adjustment', 1, ${first}, '', now()), ('${id}', '${shop.main}', 'adjustment', 1, ${second}, '', now())`;
    expect(await attempt(two(11, 11))).toMatchObject({ at: 0 });
    expect(await attempt(two(11, 12), level(id, 'on_hand = 12'), item(id, 'on_hand = 12'))).toBeUndefined();
  });

  it('takes no row before its last one', async () => {
    const id = await shop.variant({ stock: 10 });
    expect(
      await attempt(
        movement(id, 1, 11).replace('(variant_id', '(id, variant_id').replace("values ('", "values (-1, '"),
      ),
    ).toMatchObject({ at: 0 });
  });

  it('is not changed, deleted or emptied', async () => {
    const id = await shop.variant({ stock: 10 });
    for (const sql of [
      `update stock_movement set delta = 9 where variant_id = '${id}'`,
      `delete from stock_movement where variant_id = '${id}'`,
      'truncate stock_movement',
    ])
      expect(await attempt(sql)).toMatchObject({ at: 0, error: expect.stringContaining('append-only') });
  });

  it('lets two writers of one variant in one after the other', async () => {
    const id = await shop.variant({ stock: 10 });
    const answers = await Promise.all(
      [1, 2].map(() => attempt(movement(id, -4, 6), level(id, 'on_hand = 6'), item(id, 'on_hand = 6'))),
    );
    expect(answers.filter((answer) => answer === undefined)).toHaveLength(1);
    expect(answers.find((answer) => answer !== undefined)?.error).toContain('goes on from 6');
  });

  it('has transfers in pairs', async () => {
    const id = await shop.variant({ stock: 10 });
    const transfer = '0198c5f0-7b7e-7000-8000-0000000000ff';
    const out = movement(id, -4, 6, { kind: 'transfer', transfer });
    const taken = [out, level(id, 'on_hand = 6'), item(id, 'on_hand = 6')];
    expect(await attempt(movement(id, -4, 6, { kind: 'transfer' }))).toMatchObject({ at: 0 });
    expect(await attempt(movement(id, -4, 6, { transfer }))).toMatchObject({ at: 0 });
    expect(await attempt(...taken)).toMatchObject({ at: 3, error: expect.stringContaining('no pair') });
  });
});

describe('at the end of a transaction', () => {
  it('a level is what its ledger says', async () => {
    const id = await shop.variant({ stock: 10 });
    const sayings = expect.stringContaining('in the ledger');
    expect(await attempt(level(id, 'on_hand = 11'), item(id, 'on_hand = 11'))).toMatchObject({ at: 2, error: sayings });
    expect(await attempt(movement(id, 1, 11))).toMatchObject({ at: 1, error: sayings });
    expect(await attempt(`delete from stock_level where variant_id = '${id}'`, item(id, 'on_hand = 0'))).toMatchObject({
      at: 2,
      error: sayings,
    });
    expect(
      await attempt(
        `insert into stock_level (variant_id, location_id, on_hand) values ('${id}', '${other}', 1)`,
        item(id, 'on_hand = 11'),
      ),
    ).toMatchObject({ at: 2, error: sayings });
    expect(await attempt(level(id, `location_id = '${other}'`))).toMatchObject({ at: 1, error: sayings });
  });

  it('no more is reserved than is there', async () => {
    const id = await shop.variant({ stock: 10 });
    expect(await attempt(level(id, 'reserved = 11'), item(id, 'reserved = 11'))).toMatchObject({ at: 0 });
    expect(await attempt(level(id, 'reserved = -1'), item(id, 'reserved = -1'))).toMatchObject({ at: 0 });
  });

  it('an item is the sum of its levels', async () => {
    const id = await shop.variant({ stock: 10 });
    const sums = expect.stringContaining('its levels have');
    expect(await attempt(item(id, 'on_hand = 11'))).toMatchObject({ at: 1, error: sums });
    expect(await attempt(item(id, 'reserved = 1'))).toMatchObject({ at: 1, error: sums });
    expect(await attempt(item(id, 'withheld = 1'))).toMatchObject({ at: 1, error: sums });
    expect(await attempt(level(id, 'reserved = 1'))).toMatchObject({ at: 1, error: sums });
    expect(await attempt(movement(id, 1, 11), level(id, 'on_hand = 11'))).toMatchObject({ at: 2, error: sums });
    const fresh = (await shop.query<{ id: string }>('select gen_random_uuid() as id'))[0]?.id ?? '';
    const born = `insert into product (id, slug, title, description, vendor, product_type, tags, options, status, price, created_at, updated_at)
      values ('${fresh}', 'fresh', 'Fresh', '', '', '', '{}', '[]', 'active', 1, now(), now())`;
    const variant = `insert into variant (id, product_id, title, options, price, position, created_at, updated_at)
      values ('${fresh}', '${fresh}', 'Fresh', '{}', 1, 0, now(), now())`;
    const stocked = `insert into stock_item (variant_id, tracked, backorder, on_hand, updated_at) values ('${fresh}', true, false, 3, now())`;
    expect(await attempt(born, variant, stocked)).toMatchObject({ at: 3, error: sums });
  });

  it('what lies in an inactive location cannot be sold, and one location is active', async () => {
    const id = await shop.variant({ stock: 10 });
    expect(await attempt(`update location set active = false where id = '${shop.main}'`)).toMatchObject({
      at: 1,
      error: expect.stringContaining('its levels have'),
    });
    expect(await attempt('update location set active = false')).toMatchObject({
      at: 1,
      error: expect.stringContaining('one location stays'),
    });
    expect((await shop.read(id)).withheld).toBe(0);
  });
});

it('a reservation sends and gives back no more than it took', async () => {
  const id = await shop.variant({ stock: 5 });
  const orderId = await shop.sell([{ variantId: id, quantity: 3 }]);
  const set = (change: string): string => `update stock_reservation set ${change} where order_id = '${orderId}'`;
  for (const change of [
    'shipped = 4',
    'shipped = -1',
    'returned = 1',
    'withdrawn = 1',
    'shipped = 2, withdrawn = 2, returned = 2',
    'shipped = 1, returned = 2',
  ])
    expect(await attempt(set(change))).toMatchObject({ at: 0 });
  expect(await attempt(set('shipped = 2, withdrawn = 1, returned = 3'))).toBeUndefined();
});
