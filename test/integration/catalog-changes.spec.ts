import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import {
  CHANGES_SINCE,
  MOST_CHANGES,
  NO_SNAPSHOT,
  sweepChanges,
  type ChangesRow,
} from '../../src/platform/reads/catalog-news.sql.js';
import { startCatalogShop, type CatalogShop } from '../support/catalog-shop.js';
import { eventually } from '../support/shop-fixture.js';

let shop: CatalogShop;
let category: string;
let product: string;
let variant: string;
let snapshot: string;

beforeAll(async () => {
  shop = await startCatalogShop();
  category = await shop.addCategory('shelf');
  product = await shop.addProduct({ title: 'Mug', categories: [category], stock: 9 });
  const { rows } = await run<{ id: string }>('select id from variant where product_id = $1', product);
  variant = rows[0]?.id ?? '';
});
beforeEach(async () => {
  snapshot = NO_SNAPSHOT;
  await look();
});
afterAll(() => shop.close());

const run = <Row extends pg.QueryResultRow>(text: string, ...values: unknown[]) =>
  shop.db.pool.query<Row>(text, values);

/** What has been committed since the last look: variants, and null for anything. */
async function look(): Promise<readonly (string | null)[]> {
  const { rows } = await shop.db.pool.query<ChangesRow>({ ...CHANGES_SINCE, values: [snapshot] });
  snapshot = rows[0]?.snapshot ?? '';
  return rows[0]?.variants ?? [];
}

/** A connection with a transaction that has done that, and has not ended. */
async function begun(text: string, ...values: unknown[]) {
  const client = await shop.db.pool.connect();
  await client.query('begin');
  await client.query(text, values);
  return async (end: 'commit' | 'rollback') => {
    await client.query(end);
    client.release();
  };
}

const SELL = 'update stock_item set reserved = reserved + 1 where variant_id = $1';
const BACK = 'update stock_item set reserved = reserved - 1 where variant_id = $1';
const withLevels = (change: string) =>
  `with item as (${change} returning variant_id, reserved)
   update stock_level l set reserved = item.reserved from item where l.variant_id = item.variant_id`;

describe('changes of the catalogue', () => {
  it('are told of by every table that guests are shown something of', async () => {
    const image = `insert into product_image (id, product_id, position, url, alt) values (gen_random_uuid(), $1, 0, 'https://example.com/a.png', '')`;
    for (const [text, subject] of [
      [`update product set title = title || '!' where id = $1`, product],
      [`update variant set title = title || '!' where product_id = $1`, product],
      [image, product],
      [`update product_image set alt = 'A mug' where product_id = $1`, product],
      ['delete from product_image where product_id = $1', product],
      [`update category set name = name || '!' where id = $1`, category],
      ['delete from product_category where product_id = $1', product],
      [`insert into product_category (product_id, category_id) values ($1, '${category}')`, product],
      ['update stock_item set backorder = true where variant_id = $1', variant],
    ] as const) {
      await run(text, subject);
      expect([text, (await look()).length]).toEqual([text, 1]);
    }
  });

  it('name the variant where only its stock has changed, and nothing where nothing has', async () => {
    expect(await look()).toEqual([]);
    await run(withLevels(SELL), variant);
    expect(await look()).toEqual([variant]);
    await run(withLevels(BACK), variant);
    expect(await look()).toEqual([variant]);
    await run('select title from product');
    expect(await look()).toEqual([]);
  });

  it('are told once they are committed, however long that takes and whatever was committed meanwhile, and once', async () => {
    const slow = await begun(withLevels(SELL), variant);
    expect(await look()).toEqual([]);
    await run(`update category set name = name || '!' where id = $1`, category);
    expect(await look()).toEqual([null]);
    expect(await look()).toEqual([]);
    await slow('commit');
    expect(await look()).toEqual([variant]);
    expect(await look()).toEqual([]);
    const undone = await begun(withLevels(BACK), variant);
    await undone('rollback');
    expect(await look()).toEqual([]);
    await run(withLevels(BACK), variant);
  });

  it('are all told, however often one of them has happened', async () => {
    await run('insert into catalog_change (variant_id) select $1 from generate_series(1, 5000)', variant);
    await run(`update category set name = name || '!' where id = $1`, category);
    expect(new Set(await look())).toEqual(new Set([variant, null]));
    await run('insert into catalog_change (variant_id) select gen_random_uuid() from generate_series(1, 5000)');
    expect(await look()).toHaveLength(MOST_CHANGES);
  });

  it('are swept when all who look have seen them, and no sooner', async () => {
    const slow = await begun(withLevels(SELL), variant);
    await run(`update category set name = name || '!' where id = $1`, category);
    let oldest = await sweepChanges(shop.db, '0');
    for (let sweeps = 0; sweeps < 3; sweeps++) oldest = await sweepChanges(shop.db, oldest);
    await slow('commit');
    oldest = await sweepChanges(shop.db, oldest);
    // As a dump of another server's database brings it with it.
    await run('insert into catalog_change (xid) values (9000000000000000)');
    expect(new Set(await look())).toEqual(new Set([null, variant]));
    await eventually(
      async () => {
        oldest = await sweepChanges(shop.db, oldest);
        return (await run<{ count: string }>('select count(*) from catalog_change')).rows[0]?.count;
      },
      (count) => count === '0',
    );
    await run(withLevels(BACK), variant);
  });
});
