import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readOffers } from '../../src/cart/data/carts.sql.js';
import { newId, type VariantId } from '../../src/platform/ids/index.js';
import { startCatalogShop, type CatalogShop } from '../support/catalog-shop.js';

let shop: CatalogShop;
let product: string;
let category: string;

beforeAll(async () => {
  shop = await startCatalogShop();
  category = await shop.addCategory('shelf');
  product = await shop.addProduct({ title: 'Éclair', price: 700, categories: [category] });
});
afterAll(() => shop.close());

const run = (text: string, ...values: unknown[]) => shop.db.pool.query(text, values);

describe('the database', () => {
  it.each([
    ['a negative price', 'update variant set price = -1 where product_id = $1', 'variant_price_check'],
    ['a price beyond JSON', 'update variant set price = 9007199254740992 where product_id = $1', 'variant_price_check'],
    [
      'a negative compare-at price',
      'update variant set compare_at_price = -1 where product_id = $1',
      'variant_compare_at_price_check',
    ],
    ['a negative weight', 'update variant set weight_grams = -1 where product_id = $1', 'variant_weight_check'],
    ['an empty SKU', `update variant set sku = '' where product_id = $1`, 'variant_sku_check'],
    [
      'a deleted variant with a SKU',
      `update variant set sku = 'x', deleted_at = now() where product_id = $1`,
      'variant_deleted_sku_check',
    ],
    ['options that are no object', `update variant set options = '[]' where product_id = $1`, 'variant_options_check'],
    ['a negative product price', 'update product set price = -1 where id = $1', 'product_price_check'],
    ['a slug with capitals', `update product set slug = 'Mug' where id = $1`, 'product_slug_check'],
    ['a slug like an id', 'update product set slug = id::text where id = $1', 'product_slug_no_id_check'],
    ['an empty title', `update product set title = '' where id = $1`, 'product_title_check'],
    ['options that are no list', `update product set options = '{}' where id = $1`, 'product_options_check'],
  ])('refuses %s', async (_what, statement, constraint) => {
    await expect(run(statement, product)).rejects.toMatchObject({ code: '23514', constraint });
  });

  it('refuses a category in itself, and two variants of the same options', async () => {
    await expect(run('update category set parent_id = id where id = $1', category)).rejects.toMatchObject({
      constraint: 'category_parent_check',
    });
    const again = `insert into variant (id, product_id, title, options, price, position, created_at, updated_at)
      select $2, product_id, title, options, price, 1, now(), now() from variant where product_id = $1`;
    await expect(run(again, product, newId())).rejects.toMatchObject({ constraint: 'variant_product_id_options_key' });
  });

  it('keeps what a category repeats of its products', async () => {
    const places = async () => {
      const { rows } = await run(
        `select pc.listed, pc.price, pc.title_key, pc.created_at = p.created_at as same
         from product_category pc join product p on p.id = pc.product_id where pc.product_id = $1`,
        product,
      );
      return rows as unknown[];
    };
    expect(await places()).toEqual([{ listed: true, price: '700', title_key: 'eclair', same: true }]);
    await run(`update product set title = 'Ñandú', price = null where id = $1`, product);
    expect(await places()).toEqual([{ listed: true, price: null, title_key: 'nandu', same: true }]);
    await run(`update product set status = 'draft' where id = $1`, product);
    expect(await places()).toMatchObject([{ listed: false }]);
    await run(`update product set status = 'active', deleted_at = now() where id = $1`, product);
    expect(await places()).toMatchObject([{ listed: false }]);
    await run('update product set deleted_at = null, price = 700 where id = $1', product);
    expect(await places()).toMatchObject([{ listed: true, price: '700' }]);
  });

  it('keeps it too when a product changes while it is put into a category', async () => {
    const other = await shop.addCategory('race');
    const changing = await shop.db.pool.connect();
    try {
      await changing.query('begin');
      await changing.query('update product set price = 1 where id = $1', [product]);
      const put = run('insert into product_category (product_id, category_id) values ($1, $2)', product, other);
      await new Promise((done) => setTimeout(done, 50));
      await changing.query('commit');
      await put;
    } finally {
      changing.release();
    }
    const { rows } = await run('select price from product_category where category_id = $1', other);
    expect(rows).toEqual([{ price: '1' }]);
  });
});

describe('whether a product is in stock', () => {
  const says = async (id: string) =>
    (await run('select in_stock, card from product where id = $1', id)).rows[0] as { in_stock: boolean; card: string };
  /** A product of two variants, one unit of each. */
  async function pair(): Promise<{ id: string; variants: string[] }> {
    const id = await shop.addProduct({ title: 'Pair', price: 500, stock: 1 });
    const other = newId();
    await run(
      `insert into variant (id, product_id, title, options, price, position, created_at, updated_at)
       values ($1, $2, 'Other', '{"Size":"L"}', 500, 1, now(), now())`,
      other,
      id,
    );
    await run(
      `insert into stock_item (variant_id, tracked, backorder, on_hand, updated_at) values ($1, false, false, 0, now())`,
      other,
    );
    const { rows } = await run('select id from variant where product_id = $1 order by position', id);
    return { id, variants: rows.map((row) => (row as { id: string }).id) };
  }
  const sellOut = `update stock_item set tracked = true, backorder = false, backordered = on_hand - reserved - withheld where variant_id = $1`;

  it('follows what of its variants can be sold', async () => {
    const { id, variants } = await pair();
    expect(await says(id)).toMatchObject({
      in_stock: true,
      card: expect.stringMatching(/,"inStock":true$/) as unknown,
    });
    const step = async (statement: string, variant: number, inStock: boolean) => {
      await run(statement, variants[variant]);
      expect([statement, (await says(id)).in_stock]).toEqual([statement, inStock]);
    };
    await step(sellOut, 0, true);
    await step(sellOut, 1, false);
    expect((await says(id)).card).toMatch(/,"inStock":false$/);
    await step('update stock_item set backorder = true where variant_id = $1', 1, true);
    await step('update variant set deleted_at = now() where id = $1', 1, false);
    await step('update variant set deleted_at = null where id = $1', 1, true);
    await step('update stock_item set backorder = false where variant_id = $1', 1, false);
    await step('update stock_item set tracked = false where variant_id = $1', 0, true);
    await step('delete from stock_item where variant_id = $1', 1, true);
  });

  it('is true only while something is left, though the last units of two variants go at once', async () => {
    const { id, variants } = await pair();
    const [first, second] = [await shop.db.pool.connect(), await shop.db.pool.connect()];
    try {
      for (const client of [first, second]) await client.query('begin');
      await first.query(sellOut, [variants[0]]);
      const waiting = second.query(sellOut, [variants[1]]);
      await new Promise((done) => setTimeout(done, 50));
      await first.query('commit');
      await waiting;
      await second.query('commit');
    } finally {
      first.release();
      second.release();
    }
    expect(await says(id)).toMatchObject({ in_stock: false });
  });
});

describe('the view that carts read', () => {
  const variantsById = async (ids: readonly VariantId[]) =>
    new Map([...(await readOffers(shop.db, ids))].map(([id, { variant }]) => [id, variant]));
  const variantsOf = async (id: string) =>
    (await shop.db.prisma.variant.findMany({ where: { productId: id } })).map((row) => row.id as VariantId);

  it('tells of variants what a cart needs, in one query', async () => {
    const id = await shop.addProduct({ title: 'Mug', price: 1299 });
    const [variant] = (await variantsOf(id)) as [VariantId];
    const unknown = newId<VariantId>();
    const found = await variantsById([variant, unknown]);
    expect(found.has(unknown)).toBe(false);
    const { slug } = await shop.db.prisma.product.findUniqueOrThrow({ where: { id } });
    expect(found.get(variant)).toEqual({
      ...{ id: variant, productId: id, productSlug: slug, productTitle: 'Mug', sku: null, title: 'Default' },
      ...{ image: null, price: 1299n, taxable: true, requiresShipping: true, purchasable: true },
    });
    expect(await variantsById([])).toEqual(new Map());
  });

  it('says that drafts and deleted ones cannot be bought, and still names them', async () => {
    const draft = await shop.addProduct({ title: 'Draft', status: 'draft' });
    const deleted = await shop.addProduct({ title: 'Deleted', deleted: true });
    const partly = await shop.addProduct({ title: 'Partly' });
    await shop.db.prisma.variant.updateMany({ where: { productId: partly }, data: { deletedAt: new Date() } });
    const ids = (await Promise.all([draft, deleted, partly].map(variantsOf))).flat();
    const found = await variantsById(ids);
    expect([...found.values()].map(({ productTitle, purchasable }) => [productTitle, purchasable]).sort()).toEqual([
      ['Deleted', false],
      ['Draft', false],
      ['Partly', false],
    ]);
  });

  it('shows the picture of the variant, else of the product', async () => {
    const id = await shop.addProduct({ title: 'Pictured' });
    await shop.db.prisma.product.update({ where: { id }, data: { image: '/product.png' } });
    const [variant] = (await variantsOf(id)) as [VariantId];
    const image = async () => (await variantsById([variant])).get(variant)?.image;
    expect(await image()).toBe('/product.png');
    await shop.db.prisma.variant.update({ where: { id: variant }, data: { image: '/variant.png' } });
    expect(await image()).toBe('/variant.png');
  });
});
