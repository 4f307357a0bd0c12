import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { ApiClient } from '../support/api-client.js';
import { asAdmin, startTestApp, type TestApp } from '../support/test-app.js';

/** Every statement of this process that touches the catalogue or its stock. */
const seen: string[] = [];
const CATALOGUE = /\b(product|product_category|product_image|variant|category|stock_item|stock_movement)\b/;

const query = Reflect.get(pg.Client.prototype, 'query') as (...args: unknown[]) => unknown;
pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
  const [first] = args;
  const text = typeof first === 'string' ? first : (first as { text?: string }).text;
  if (text && CATALOGUE.test(text)) seen.push(text);
  return query.apply(this, args);
} as typeof pg.Client.prototype.query;

let app: TestApp;
let admin: ApiClient;

beforeAll(async () => {
  app = await startTestApp();
  admin = await asAdmin(app);
  for (const name of ['One', 'Two', 'Three']) await admin.post('/v1/categories', { name }, { expect: 201 });
});
afterAll(() => app.close());

interface Product {
  id: string;
  variants: { id: string }[];
}
const product = (title: string, variants: number) => ({
  title,
  categories: variants > 1 ? ['one', 'two', 'three'] : ['one'],
  images: Array.from({ length: variants }, (_, n) => ({ url: `/${n}.png` })),
  variants: Array.from({ length: variants }, (_, n) => ({
    ...{ sku: `${title}-${n}`, price: { amount: n, currency: 'GBP' }, stock: 1 },
    options: { Size: String(n) },
  })),
});

async function count(work: () => Promise<unknown>): Promise<number> {
  seen.length = 0;
  await work();
  return seen.length;
}

describe('the number of statements', () => {
  it('of a read is one, two with facets, however much there is', async () => {
    const reads = async () => [
      await count(() => app.guest.get('/v1/products')),
      await count(() => app.guest.get('/v1/products?category=one&sort=price&inStock=true')),
      await count(() => app.guest.get('/v1/products?q=nothinglikeit')),
      await count(() => app.guest.get('/v1/products?facets=true&q=big')),
      await count(() => app.guest.get('/v1/products/big')),
      await count(() => app.guest.get('/v1/categories')),
      await count(() => admin.get('/v1/products?sort=title')),
    ];
    await admin.post('/v1/products', product('Small', 1), { expect: 201 });
    expect(await reads()).toEqual([1, 1, 1, 2, 1, 1, 1]);
    await admin.post('/v1/products', product('Big', 60), { expect: 201 });
    for (let n = 0; n < 10; n++) await admin.post('/v1/products', product(`Product ${n}`, 1), { expect: 201 });
    expect(await reads()).toEqual([1, 1, 1, 2, 1, 1, 1]);
  });

  it('of a change does not grow with the variants', async () => {
    const made: Product[] = [];
    const make = (body: object) => async () => {
      made.push((await admin.post<Product>('/v1/products', body, { expect: 201 })).json);
    };
    const writes = async (title: string, variants: number) => {
      const counts = [await count(make(product(title, variants)))];
      const { id, variants: live } = made.at(-1) as Product;
      const path = `/v1/products/${id}`;
      const variant = { sku: `${title}-new`, price: { amount: 1, currency: 'GBP' }, options: { Size: 'new' } };
      counts.push(await count(() => admin.patch(path, { vendor: 'V' }, { expect: 200 })));
      counts.push(await count(() => admin.post(`${path}/variants`, variant, { expect: 201 })));
      counts.push(
        await count(() =>
          admin.patch(`/v1/variants/${live[0]?.id}`, { price: { amount: 7, currency: 'GBP' } }, { expect: 200 }),
        ),
      );
      const options = [{ name: 'Colour', values: ['Red'] }, { name: 'Size' }];
      counts.push(await count(() => admin.patch(path, { options }, { expect: 200 })));
      counts.push(await count(() => admin.delete(path, { expect: 204 })));
      return counts;
    };
    expect(await writes('Many', 60)).toEqual(await writes('Few', 1));
  });
});
