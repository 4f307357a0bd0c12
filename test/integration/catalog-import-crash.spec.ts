import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { ImportBatchesService } from '../../src/catalog/app/import-batches.service.js';
import { ImportCategoriesService } from '../../src/catalog/app/import-categories.service.js';
import { ImportHousekeeping } from '../../src/catalog/app/import-housekeeping.js';
import { ImportFilesRepository } from '../../src/catalog/data/import-files.repository.js';
import { ImportProductsRepository } from '../../src/catalog/data/import-products.repository.js';
import { AppError } from '../../src/platform/errors/index.js';
import { csv, startImportShop, type ImportShop } from '../support/import-shop.js';

let shop: ImportShop;
beforeEach(async () => {
  shop = await startImportShop();
});
afterEach(() => shop.close());

const product = (handle: string, quantity = 5): Record<string, string> => ({
  ...{
    Handle: handle,
    Title: `The ${handle}`,
    Type: 'Things',
    'Variant SKU': handle.toUpperCase(),
    'Variant Price': '10.00',
  },
  ...{ 'Option1 Name': 'Title', 'Option1 Value': 'Default Title', 'Variant Inventory Policy': 'deny' },
  ...{ 'Variant Inventory Tracker': 'shopify', 'Variant Inventory Qty': String(quantity) },
});
const many = (count: number, quantity = 5) => Array.from({ length: count }, (_, n) => product(`p-${n}`, quantity));

const dead = () => new AppError('unavailable', 'test.crash', 'The process has died.');

/** Makes a method of one of the shop's parts do something else from its n-th call on; gives back what restores it. */
function after<T extends object, K extends keyof T>(
  type: new (...args: never[]) => T,
  method: K,
  calls: number,
  instead: T[K],
) {
  const part = shop.app.get<T>(type, { strict: false });
  const original = part[method] as (...args: unknown[]) => unknown;
  let made = 0;
  part[method] = ((...args: unknown[]) =>
    (++made > calls ? (instead as (...args: unknown[]) => unknown) : original).apply(part, args)) as T[K];
  return () => (part[method] = original as T[K]);
}

const count = (table: string) => shop.one<number>(`select count(*)::int from "${table}"`);
const ledgerIsExact = () =>
  shop.one<boolean>(
    `select bool_and(s.on_hand = coalesce(m.sum, 0)) from stock_item s
     left join (select variant_id, sum(delta) from stock_movement group by 1) m using (variant_id)`,
  );
const jobs = () =>
  shop.one<number>(`select count(*)::int from graphile_worker.jobs where task_identifier = 'catalog.import'`);

describe('an import that is cut short', () => {
  it('between two batches goes on where it stood', async () => {
    const id = await shop.start(csv(many(900)));
    const restore = after(ImportBatchesService, 'write', 2, () => Promise.reject(dead()));
    await expect(shop.runner.run(id)).rejects.toThrow('died');
    expect(await shop.imports.get(id)).toMatchObject({ status: 'running', rowsDone: 400, products: 400 });
    expect(await count('product')).toBe(400);
    restore();
    await shop.runner.run(id);
    expect(await shop.imports.get(id)).toMatchObject({
      ...{ status: 'completed', rows: 900, rowsDone: 900, products: 900, variants: 900, errorCount: 0 },
    });
    expect([await count('product'), await count('stock_movement'), await count('catalog_import_row')]).toEqual([
      900, 900, 0,
    ]);
    expect(await shop.one('select max(version) from product')).toBe(1);
  });

  it('within a batch has written nothing of it', async () => {
    const id = await shop.start(csv(many(300)));
    const restore = after(ImportFilesRepository, 'addErrors', 0, () => Promise.reject(dead()));
    await expect(shop.runner.run(id)).rejects.toThrow('died');
    expect([await count('product'), await count('stock_item')]).toEqual([0, 0]);
    restore();
    await shop.runner.run(id);
    expect(await shop.imports.get(id)).toMatchObject({ status: 'completed', products: 300 });
  });

  it('while it is cleared away is not begun again', async () => {
    const id = await shop.start(csv(many(50)));
    const restore = after(ImportFilesRepository, 'clearRows', 0, () => Promise.reject(dead()));
    await expect(shop.runner.run(id)).rejects.toThrow('died');
    const before = await shop.snapshot();
    restore();
    await shop.runner.run(id);
    expect(await shop.snapshot()).toEqual(before);
    expect(await shop.imports.get(id)).toMatchObject({ status: 'completed', products: 50, variants: 50 });
  });

  it('by a server that stops is left to the next one', async () => {
    const id = await shop.start(csv(many(300)));
    const queued = await jobs();
    shop.runner.onModuleDestroy();
    await shop.runner.run(id);
    expect(await shop.imports.get(id)).toMatchObject({ status: 'running', products: 0 });
    expect(await jobs()).toBe(queued);
  });

  it('again and again is given up, and keeps no other waiting', async () => {
    const [id, next] = [await shop.start(csv(many(10))), await shop.start(csv([product('next')]))];
    const restore = after(ImportBatchesService, 'choose', 0, () => Promise.reject(dead()));
    for (let n = 0; n < 5; n++) await expect(shop.runner.run(id)).rejects.toThrow('died');
    restore();
    await shop.runner.run(next);
    expect((await shop.imports.get(next)).status).toBe('queued');
    await shop.runner.run(id);
    expect(await shop.imports.get(id)).toMatchObject({ status: 'failed', failure: expect.stringContaining('5 times') });
    await shop.runner.run(next);
    expect((await shop.imports.get(next)).status).toBe('completed');
    expect(await count('catalog_import_row')).toBe(0);
  });

  it('by a fault of ours fails and says so', async () => {
    const id = await shop.start(csv(many(10)));
    after(ImportCategoriesService, 'prepare', 0, () => Promise.reject(new Error('unforeseen')));
    await shop.runner.run(id);
    const failed = await shop.imports.get(id);
    expect(failed).toMatchObject({ status: 'failed', failure: expect.stringContaining('on our side') });
    expect(failed.finishedAt).not.toBeNull();
  });
});

describe('several imports', () => {
  it('of one file by two jobs at once write it once', async () => {
    const id = await shop.start(csv(many(900)));
    await Promise.all([shop.runner.run(id), shop.runner.run(id)]);
    expect(await shop.imports.get(id)).toMatchObject({
      status: 'completed',
      products: 900,
      variants: 900,
      rowsDone: 900,
    });
    expect([await count('product'), await count('stock_movement')]).toEqual([900, 900]);
  });

  it('write one after the other, in the order in which they were queued', async () => {
    const [first, second] = [await shop.start(csv(many(450, 5))), await shop.start(csv(many(450, 7)))];
    await Promise.all([shop.runner.run(second), shop.runner.run(first)]);
    expect((await shop.imports.get(first)).status).toBe('completed');
    await shop.runner.run(second);
    for (const id of [first, second])
      expect(await shop.imports.get(id)).toMatchObject({
        status: 'completed',
        products: 450,
        variants: 450,
        errors: [],
      });
    expect(await shop.one('select array_agg(distinct on_hand) from stock_item')).toEqual([7]);
    expect(await ledgerIsExact()).toBe(true);
  });
});

describe('beside an import', () => {
  it('no sale is lost', async () => {
    await shop.importFile(csv(many(40)));
    const buyer = new pg.Client({ connectionString: shop.databaseUrl });
    await buyer.connect();
    await buyer.query('begin');
    await buyer.query('select 1 from stock_item order by variant_id for update');
    const id = await shop.start(csv(many(40, 1)));
    const running = shop.runner.run(id);
    await sleep(300);
    await buyer.query('update stock_item set reserved = 3, version = version + 1');
    await buyer.query('update stock_level set reserved = 3');
    await buyer.query('commit');
    await buyer.end();
    await running;
    expect(await shop.one('select array_agg(distinct (on_hand, reserved)::text) from stock_item')).toEqual(['(3,3)']);
    expect(await ledgerIsExact()).toBe(true);
    expect(await shop.imports.get(id)).toMatchObject({ status: 'completed', errors: [] });
  });

  it('someone may take a SKU and a slug', async () => {
    const now = new Date();
    const restore = after(ImportProductsRepository, 'lockAndLoad', 0, async (tx, handles) => {
      restore();
      await shop.db.prisma.product.create({
        data: {
          ...{
            id: randomUUID(),
            slug: 'p-1',
            title: 'Mine',
            description: '',
            vendor: '',
            productType: '',
            options: [],
          },
          ...{ status: 'active', createdAt: now, updatedAt: now, handle: 'mine' },
          variants: {
            create: {
              id: randomUUID(),
              sku: 'P-2',
              title: 'x',
              options: {},
              price: 1n,
              position: 0,
              createdAt: now,
              updatedAt: now,
            },
          },
        },
      });
      return shop.app.get(ImportProductsRepository, { strict: false }).lockAndLoad(tx, handles);
    });
    const done = await shop.importFile(csv(many(5)));
    expect(done).toMatchObject({ status: 'completed', products: 5, variants: 4 });
    expect(done.errors).toMatchObject([{ line: 4, code: 'catalog.sku_taken' }]);
    expect(await shop.one(`select slug from product where handle = 'p-1'`)).toBe('p-1-2');
  });

  it('the number of statements does not grow with that of products', async () => {
    const prototype = pg.Client.prototype as { query: (...args: unknown[]) => unknown };
    const { query } = prototype;
    let statements = 0;
    prototype.query = function (this: pg.Client, ...args: unknown[]) {
      const [statement] = args as [string | { text?: string }];
      const text = typeof statement === 'string' ? statement : (statement.text ?? '');
      // The outbox looks for news at the same time.
      if (/category|product|variant|stock|catalog/.test(text)) statements++;
      return query.apply(this, args);
    };
    const countOf = async (rows: Record<string, string>[]) => {
      const id = await shop.start(csv(rows));
      statements = 0;
      await shop.runner.run(id);
      return statements;
    };
    try {
      const few = [await countOf(many(10)), await countOf(many(10, 6)), await countOf(many(10, 6))];
      const lots = many(200).map((row) => ({
        ...row,
        Handle: `x-${row['Handle']}`,
        'Variant SKU': `X-${row['Variant SKU']}`,
        Type: 'Xs',
      }));
      const more = lots.map((row) => ({ ...row, 'Variant Inventory Qty': '6' }));
      expect([await countOf(lots), await countOf(more), await countOf(more)]).toEqual(few);
      expect(Math.max(...few)).toBeLessThan(60);
    } finally {
      prototype.query = query;
    }
  });
});

describe('housekeeping', () => {
  it('clears away what was given up, and wakes what was forgotten', async () => {
    const [abandoned, uploading] = [randomUUID(), randomUUID()];
    const files = shop.app.get(ImportFilesRepository, { strict: false });
    const long = new Date(Date.now() - 4 * 3_600_000);
    for (const [id, at] of [
      [abandoned, long],
      [uploading, new Date()],
    ] as const) {
      await files.create(id, ['Handle', 'Title'], null, at);
      await files.stage(id, [{ line: 2, handle: 'a', json: '{"Handle":"a"}' }]);
    }
    await expect(shop.imports.get(uploading)).rejects.toThrow('There is no such import');
    const waiting = await shop.start(csv([product('waits')]));
    await shop.db.pool.query(`delete from graphile_worker._private_jobs`);
    await shop.app.get(ImportHousekeeping, { strict: false }).sweep();
    const { rows } = await shop.db.pool.query<{ id: string }>('select id from catalog_import order by created_at');
    expect(rows.map(({ id }) => id)).toEqual([uploading, waiting]);
    expect(await count('catalog_import_row')).toBe(2);
    expect(await jobs()).toBe(1);
  });
});
