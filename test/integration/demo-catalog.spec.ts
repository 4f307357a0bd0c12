import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '../../src/app.js';
import { CategoriesService } from '../../src/catalog/app/categories.service.js';
import { ChangeProductService } from '../../src/catalog/app/change-product.service.js';
import { DemoCatalogRepository } from '../../src/catalog/demo/data/demo-catalog.repository.js';
import { DemoCatalogSeeder } from '../../src/catalog/demo/demo-catalog.seeder.js';
import { DEMO_PRODUCTS } from '../../src/catalog/demo/demo-catalog.js';
import { DEMO_CATEGORIES } from '../../src/catalog/demo/demo-table.js';
import { InventoryFacade } from '../../src/inventory/index.js';
import type { Boot } from '../../src/platform/boot.js';
import { loadConfig } from '../../src/platform/config/index.js';
import { Db } from '../../src/platform/database/index.js';
import { createLogger } from '../../src/platform/observability/logger.js';
import { StartNotes } from '../../src/platform/start-notes.js';
import { Clock } from '../../src/platform/time/index.js';
import { breaches, makeVariant, withDatabase } from '../support/shop-fixture.js';
import { STAFF_ACTOR } from '../support/staff-actor.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const VARIANTS = DEMO_PRODUCTS.flatMap(({ variants }) => variants);
const FILLED = { products: DEMO_PRODUCTS.length, variants: VARIANTS.length, categories: DEMO_CATEGORIES.length };
const EMPTY = { products: 0, variants: 0, categories: 0 };

let database: TestDatabase;
let dataDir: string;
const apps: NestFastifyApplication[] = [];

beforeEach(async () => {
  database = await createTestDatabase();
  dataDir = mkdtempSync(join(tmpdir(), 'backroom-test-'));
});
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
  await database.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

/** A process on this test's database, which it takes for an embedded one. */
async function boot(more: Partial<Boot> = {}, env: Record<string, string> = {}): Promise<NestFastifyApplication> {
  const config = loadConfig({
    NODE_ENV: 'test',
    DATABASE_URL: database.url,
    DATA_DIR: dataDir,
    LOG_LEVEL: 'silent',
    ADMIN_EMAIL: 'admin@example.com',
    ADMIN_PASSWORD: 'correct horse battery admin',
    ...env,
  });
  const app = await createApp({
    config,
    databaseUrl: database.url,
    logger: createLogger(config),
    embedded: true,
    ...more,
  });
  apps.push(app);
  return app.init();
}

async function stop(app: NestFastifyApplication): Promise<void> {
  apps.splice(apps.indexOf(app), 1);
  await app.close();
}

const query = <T>(sql: string): Promise<T[]> =>
  withDatabase({ databaseUrl: database.url }, async (client) => (await client.query(sql)).rows as T[]);

async function counts(): Promise<typeof EMPTY> {
  const [row = EMPTY] = await query<typeof EMPTY>(`
    select (select count(*)::int from product where deleted_at is null) as products,
      (select count(*)::int from variant where deleted_at is null) as variants,
      (select count(*)::int from category) as categories`);
  return row;
}

/** One text of everything that the catalogue and the stock hold. */
async function contents(): Promise<string> {
  const tables = [
    'category',
    'product',
    'product_category',
    'product_image',
    'variant',
    'stock_item',
    'stock_movement',
  ];
  const rows = await Promise.all(tables.map((table) => query(`select t::text from ${table} t order by 1`)));
  return JSON.stringify(rows);
}

describe('an embedded database at its first start', () => {
  it('gets the demonstration catalogue once, with a ledger row for all stock', async () => {
    await stop(await boot());
    expect(await counts()).toEqual(FILLED);
    expect(await breaches({ databaseUrl: database.url })).toEqual([]);
    const [ledger] = await query<{ units: number; kinds: string }>(
      `select sum(delta)::int as units, string_agg(distinct kind::text, ',') as kinds from stock_movement`,
    );
    const units = VARIANTS.reduce((sum, { stock }) => sum + (stock ?? 0), 0);
    expect(ledger).toEqual({ units, kinds: 'initial' });

    const before = await contents();
    await stop(await boot());
    expect(await contents()).toBe(before);
  });

  it('holds what the table says', async () => {
    const app = await boot();
    const products = await app.get(Db).prisma.product.findMany({
      include: { variants: { include: { stock: true }, orderBy: { position: 'asc' } } },
    });
    for (const { slug, title, vendor, description, tags, draft, options = [], variants } of DEMO_PRODUCTS) {
      const product = products.find((one) => one.slug === slug);
      expect(product).toMatchObject({
        title,
        vendor,
        description,
        tags,
        status: draft ? 'draft' : 'active',
        version: 1,
      });
      expect(product?.variants).toHaveLength(variants.length);
      variants.forEach(({ sku, is = [], price, was, grams, stock, backorder = false }, index) =>
        expect(product?.variants[index]).toMatchObject({
          sku,
          title: is.join(' / ') || 'Default',
          options: Object.fromEntries(options.map((name, at) => [name, is[at]])),
          price: BigInt(price),
          compareAtPrice: was === undefined ? null : BigInt(was),
          weightGrams: grams ?? null,
          requiresShipping: grams !== undefined,
          taxable: true,
          stock: { sku, tracked: stock !== null, backorder, onHand: stock ?? 0, reserved: 0 },
        }),
      );
    }
  });

  it('holds it as the catalogue itself would have written it', async () => {
    const app = await boot();
    const summaries = `select slug, price, compare_at_price, image, skus from product order by slug`;
    const before = await query(summaries);
    for (const { id, title } of await query<{ id: string; title: string }>('select id, title from product'))
      await app.get(ChangeProductService).change(STAFF_ACTOR, id, { title }, undefined);
    expect(await query(summaries)).toEqual(before);
    const [unlisted] = await query<{ count: number }>(`
      select count(*)::int from product_category c join product p on p.id = c.product_id
      where c.listed is distinct from (p.status = 'active') or c.price is distinct from p.price`);
    expect(unlisted?.count).toBe(0);
  });

  it('has prices in the currency of the shop', async () => {
    await boot({}, { SHOP_CURRENCY: 'JPY' });
    expect(await query(`select price::int from variant where sku = 'MUG-MOS'`)).toEqual([{ price: 1150 }]);
  });

  it('is filled by one of two that start at once', async () => {
    const app = await boot({}, { SEED_DEMO: 'false' });
    const config = loadConfig({ NODE_ENV: 'test', DATA_DIR: dataDir, LOG_LEVEL: 'silent' });
    const fresh: Boot = { config, databaseUrl: database.url, logger: createLogger(config), embedded: true };
    const parts = [app.get(Db), app.get(DemoCatalogRepository), app.get(InventoryFacade), app.get(Clock)] as const;
    const seeders = [1, 2, 3].map(() => new DemoCatalogSeeder(fresh, ...parts));
    await Promise.all(seeders.map((seeder) => seeder.seed()));
    expect(await counts()).toEqual(FILLED);
  });
});

describe('no demonstration catalogue', () => {
  it('is made where SEED_DEMO says so, on a database of someone else, or by a tool', async () => {
    await stop(await boot({}, { SEED_DEMO: 'false' }));
    await stop(await boot({ embedded: false }));
    await stop(await boot({ work: false }));
    expect(await counts()).toEqual(EMPTY);
  });

  it('is made again where all products and categories have been deleted', async () => {
    const app = await boot();
    for (const { id } of await query<{ id: string }>('select id from product'))
      await app.get(ChangeProductService).delete(STAFF_ACTOR, id, undefined);
    for (const { id } of await query<{ id: string }>('select id from category order by parent_id is null'))
      await app.get(CategoriesService).delete(STAFF_ACTOR, id);
    await stop(app);
    await stop(await boot());
    expect(await counts()).toEqual(EMPTY);
  });

  it('is made where there is a category, or was an import', async () => {
    await query(`insert into category (id, slug, name, created_at) values (gen_random_uuid(), 'own', 'Own', now())`);
    await stop(await boot());
    expect(await counts()).toEqual({ ...EMPTY, categories: 1 });
    await query('delete from category');
    await query(
      `
      insert into catalog_import (id, format, status, created_at, staged_at, finished_at)
      values (gen_random_uuid(), 'shopify', 'completed', now(), now(), now())`,
    );
    await stop(await boot());
    expect(await counts()).toEqual(EMPTY);
  });
});

describe('the lines to try', () => {
  const examples = (app: NestFastifyApplication) => app.get(StartNotes).examplesFor('http://127.0.0.1:1');

  it('name a demonstration product that has nothing to choose and stock', async () => {
    const [head, first, ...others] = examples(await boot());
    expect(head).toMatch(/^Buy something/);
    expect(others).toHaveLength(2);
    const [named] = await query<{ slug: string; variants: number; stock: number }>(`
      select p.slug, (select count(*)::int from variant o where o.product_id = p.id) as variants, s.on_hand as stock
      from variant v join product p on p.id = v.product_id join stock_item s on s.variant_id = v.id
      where v.id = '${/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(first ?? '')?.[0]}'`);
    expect(named).toMatchObject({ variants: 1 });
    expect(named?.stock).toBeGreaterThan(20);
  });

  it('name another product where the demonstration is not, and none where nothing can be bought', async () => {
    const env = { SEED_DEMO: 'false' };
    const target = { databaseUrl: database.url };
    const none = await boot({}, env);
    expect(examples(none)).toEqual([]);
    await stop(none);
    await makeVariant(target, { stock: 0 });
    const soldOut = await boot({}, env);
    expect(examples(soldOut)).toEqual([]);
    await stop(soldOut);
    const { variantId } = await makeVariant(target, { stock: 1 });
    expect(examples(await boot({ embedded: false }, env))[1]).toContain(variantId);
  });

  it('are not told where orders cannot be paid without money', async () => {
    expect(examples(await boot({}, { PAYMENT_PROVIDERS: ',' }))).toEqual([]);
    expect(await counts()).toEqual(FILLED);
  });
});
