import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findDetails, type Address } from '../../src/catalog/data/product-detail.sql.js';
import type { Db } from '../../src/platform/database/index.js';
import { newId } from '../../src/platform/ids/index.js';
import { startCatalogShop, type CatalogShop } from '../support/catalog-shop.js';

let shop: CatalogShop;
const ids: string[] = [];

beforeAll(async () => {
  shop = await startCatalogShop();
  const kitchen = await shop.addCategory('kitchen');
  const tea = await shop.addCategory('tea', kitchen);
  const STATUSES = ['active', 'active', 'active', 'draft', 'archived'] as const;
  for (let n = 0; n < 20; n++) {
    const id = await shop.addProduct({
      ...{ title: `Mug "${n}" é`, description: '<p>Hot\n& "cold"</p>', vendor: 'Ölmühle', tags: ['a', `t${n}`] },
      ...{ status: STATUSES[n % 5] ?? 'active', deleted: n === 7, price: n % 6 === 0 ? null : 1000 + n, stock: n % 3 },
      categories: n % 4 === 0 ? [] : n % 2 === 0 ? [kitchen] : [tea, kitchen],
    });
    const url = `/pictures/${n}.png`;
    if (n % 2 === 1)
      await shop.db.prisma.productImage.create({ data: { id: newId(), productId: id, position: 0, url, alt: 'é' } });
    ids.push(id);
  }
});
afterAll(() => shop.close());

const money = (amount: bigint | null) => (amount === null ? null : { amount: Number(amount), currency: 'GBP' });

/** The same by Prisma; undefined for whom it is not to be seen by. */
async function expected(id: string, viewer: 'public' | 'staff'): Promise<unknown> {
  const p = await shop.db.prisma.product.findFirst({
    where: { id, deletedAt: null, ...(viewer === 'public' && { status: 'active' }) },
    include: {
      categories: { include: { category: true } },
      images: { orderBy: { position: 'asc' } },
      variants: { where: { deletedAt: null }, include: { stock: true }, orderBy: { position: 'asc' } },
    },
  });
  if (!p) return undefined;
  const { slug, title, description, vendor, tags, options, status, version } = p;
  return {
    ...{ id, slug, title, description, vendor, tags, options, status, version },
    ...{ price: money(p.price), compareAtPrice: money(p.compareAtPrice) },
    categories: p.categories
      .map(({ category }) => ({ id: category.id, slug: category.slug, name: category.name }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    images: p.images.map((image) => ({ id: image.id, url: image.url, alt: image.alt })),
    variants: p.variants.map((v) => ({
      ...{ id: v.id, sku: v.sku, title: v.title, options: v.options, price: money(v.price) },
      ...{ compareAtPrice: money(v.compareAtPrice), available: v.stock?.onHand, inStock: (v.stock?.onHand ?? 0) > 0 },
      ...{ weightGrams: v.weightGrams, barcode: v.barcode, image: v.image },
      ...{ taxable: v.taxable, requiresShipping: v.requiresShipping },
    })),
    ...{ createdAt: p.createdAt.toISOString(), updatedAt: p.updatedAt.toISOString() },
  };
}

const parsed = (row: { json: string } | undefined): unknown => row && JSON.parse(row.json);

describe.each(['public', 'staff'] as const)('the whole product, for the %s', (viewer) => {
  it('is what Prisma finds, by id and by slug, read alone and with others', async () => {
    const nobody = newId();
    const wanted = await Promise.all([...ids, nobody].map((id) => expected(id, viewer)));
    expect(wanted.filter((product) => product !== undefined).length).toBe(viewer === 'public' ? 11 : 19);
    for (const address of [(id: string) => id, (id: string) => id.toUpperCase(), (id: string) => id.slice(9)]) {
      const addresses = [...ids, nobody].map(address);
      const together = await Promise.all(addresses.map((it) => shop.reads.findDetail(it, viewer)));
      expect(together.map(parsed)).toEqual(wanted);
      for (const [index, it] of addresses.entries())
        expect(parsed(await shop.reads.findDetail(it, viewer))).toEqual(wanted[index]);
    }
  });
});

describe('the statements for whole products', () => {
  /** How PostgreSQL goes about it with thousands of products of which it has no statistics: twenty are too few for it to make any. */
  async function plan(addresses: readonly string[], by: Address): Promise<string> {
    const client = await shop.db.pool.connect();
    try {
      await client.query(`begin; set local plan_cache_mode = force_generic_plan;
        insert into product (id, slug, title, description, product_type, vendor, options, status, created_at, updated_at)
        select gen_random_uuid(), 'many-' || n, 'Many ' || n, repeat('many ', 20), '', '', '[]', 'active', now(), now() from generate_series(1, 3000) n`);
      let lines = '';
      const explaining = {
        sql: async (_name: string, text: string, values: readonly unknown[]) => {
          await client.query(`prepare explained as ${text}`);
          const given = values.map((value) => client.escapeLiteral(String(value))).join(', ');
          const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain execute explained(${given})`);
          lines = rows.map((row) => row['QUERY PLAN']).join('\n');
          return [];
        },
      };
      await findDetails(explaining as unknown as Db, addresses, by, 'public', 'GBP');
      return lines;
    } finally {
      await client.query('rollback; deallocate all');
      client.release();
    }
  }

  it.each(['slug', 'id'] as const)('look each up by its %s, also where there are no statistics yet', async (by) => {
    const index = by === 'slug' ? 'product_slug_key' : 'product_pkey';
    for (const addresses of [ids.slice(0, 1), ids.slice(0, 3)]) {
      const lines = await plan(addresses, by);
      expect(lines.match(/using (\S+) on product\b/)?.[1]).toBe(index);
      expect(lines).not.toMatch(/Seq Scan on product\b|product_listed_/);
    }
  });
});
