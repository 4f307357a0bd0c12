import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Answer, ApiClient } from '../support/api-client.js';
import { queriesOf } from '../support/count-queries.js';
import { ADDRESS, makeVariant } from '../support/shop-fixture.js';
import { asAdmin, asCustomer, startTestApp, type SignedInClient, type TestApp } from '../support/test-app.js';

let app: TestApp;
let admin: ApiClient;
let customer: SignedInClient;
let variants: string[];

beforeAll(async () => {
  // Few connections, for which requests wait and which they hand on to each other.
  app = await startTestApp({
    ...{ SERVER_TIMING: 'on', CATALOG_CACHE_MB: '0', DATABASE_POOL_SIZE: '3' },
    // A refusal would have no statements to count.
    MAX_EVENT_LOOP_DELAY_MS: '60000',
  });
  admin = await asAdmin(app);
  customer = await asCustomer(app);
  for (const name of ['One', 'Two', 'Three']) await admin.post('/v1/categories', { name }, { expect: 201 });
  variants = [];
  for (let n = 0; n < 2; n++) variants.push((await makeVariant(app, { stock: 1000 })).variantId);
  await admin.post('/v1/products', product('Small', 1), { expect: 201 });
});
afterAll(() => app.close());

const product = (title: string, count: number) => ({
  title,
  categories: count > 1 ? ['one', 'two', 'three'] : ['one'],
  images: Array.from({ length: count }, (_, n) => ({ url: `/${n}.png` })),
  variants: Array.from({ length: count }, (_, n) => ({
    ...{ sku: `${title}-${n}`, price: { amount: n, currency: 'GBP' }, stock: 1 },
    options: { Size: String(n) },
  })),
});

const line = (n: number) => ({ variantId: variants[n], quantity: 1 });
const newCart = (lines: object[]) => app.guest.post<{ id: string }>('/v1/carts', { items: lines }, { expect: 201 });
const cartId = async () => (await newCart([line(0), line(1)])).json.id;

function order(by: ApiClient, cart: string): Promise<Answer<{ id: string }>> {
  const body = {
    ...{ cartId: cart, email: 'grace@example.com', shippingAddress: ADDRESS, shippingMethod: 'standard' },
    payment: { provider: 'test', token: 'tok_approved' },
  };
  return by.post('/v1/orders', body, { expect: 201, headers: { 'idempotency-key': `"${randomUUID()}"` } });
}

/** Statements of a request, those that begin and end its transactions included. None may need more than stands here. */
const ROUTES: readonly [name: string, queries: number, request: () => Promise<Answer<unknown>>][] = [
  ['GET /v1/products', 1, () => app.guest.get('/v1/products', { expect: 200 })],
  [
    'GET /v1/products, filtered',
    1,
    () => app.guest.get('/v1/products?category=one&sort=price&inStock=true', { expect: 200 }),
  ],
  ['GET /v1/products?q', 1, () => app.guest.get('/v1/products?q=nothinglikeit', { expect: 200 })],
  ['GET /v1/products?facets', 2, () => app.guest.get('/v1/products?facets=true&q=small', { expect: 200 })],
  ['GET /v1/products/{slug}', 1, () => app.guest.get('/v1/products/small', { expect: 200 })],
  ['GET /v1/categories', 1, () => app.guest.get('/v1/categories', { expect: 200 })],
  ['GET /v1/products as staff', 2, () => admin.get('/v1/products?sort=title', { expect: 200 })],
  ['POST /v1/carts', 2, () => newCart([line(0)])],
  [
    'POST /v1/carts/{id}/items',
    3,
    async () => app.guest.post(`/v1/carts/${(await newCart([line(0)])).json.id}/items`, line(1), { expect: 200 }),
  ],
  ['GET /v1/carts/{id}', 1, async () => app.guest.get(`/v1/carts/${await cartId()}`, { expect: 200 })],
  ['POST /v1/orders', 23, async () => order(app.guest, await cartId())],
  [
    'GET /v1/orders/{id}',
    5,
    async () => admin.get(`/v1/orders/${(await order(app.guest, await cartId())).json.id}`, { expect: 200 }),
  ],
  [
    'POST /v1/auth/login',
    10,
    () => app.guest.post('/v1/auth/login', { email: customer.email, password: customer.password }, { expect: 200 }),
  ],
  ['GET /v1/users/me', 2, () => customer.client.get('/v1/users/me', { expect: 200 })],
  ['GET /health/ready', 1, () => app.guest.get('/health/ready', { expect: 200 })],
];

describe('the number of statements', () => {
  it.each(ROUTES)('of %s is %i', async (_name, queries, request) => {
    // What is learnt once in the life of a process is no cost of the request.
    await request();
    expect(queriesOf(await request())).toBe(queries);
  });

  it('of a read does not grow with what there is', async () => {
    const reads = () =>
      Promise.all(
        ['?category=one&sort=price', '?q=small', '?facets=true', '/small'].map(async (path) =>
          queriesOf(await app.guest.get(`/v1/products${path}`, { expect: 200 })),
        ),
      );
    const before = await reads();
    await admin.post('/v1/products', product('Big', 60), { expect: 201 });
    for (let n = 0; n < 10; n++) await admin.post('/v1/products', product(`Product ${n}`, 1), { expect: 201 });
    expect(await reads()).toEqual(before);
    expect(queriesOf(await app.guest.get('/v1/products/big', { expect: 200 }))).toBe(before[3]);
  });

  it('of a change does not grow with the variants', async () => {
    const writes = async (title: string, count: number) => {
      const made = await admin.post<{ id: string; variants: { id: string }[] }>('/v1/products', product(title, count), {
        expect: 201,
      });
      const path = `/v1/products/${made.json.id}`;
      const variant = { sku: `${title}-new`, price: { amount: 1, currency: 'GBP' }, options: { Size: 'new' } };
      const price = { price: { amount: 7, currency: 'GBP' } };
      const options = [{ name: 'Colour', values: ['Red'] }, { name: 'Size' }];
      const answers = [
        made,
        await admin.patch(path, { vendor: 'V' }, { expect: 200 }),
        await admin.post(`${path}/variants`, variant, { expect: 201 }),
        await admin.patch(`/v1/variants/${made.json.variants[0]?.id}`, price, { expect: 200 }),
        await admin.patch(path, { options }, { expect: 200 }),
        await admin.delete(path, { expect: 204 }),
      ];
      return answers.map(queriesOf);
    };
    expect(await writes('Many', 60)).toEqual(await writes('Few', 1));
  });
});

describe('Server-Timing', () => {
  it('tells the whole time, of which the database had a part', async () => {
    const { headers } = await order(app.guest, await cartId());
    const [, total, database] = /^total;dur=([\d.]+), db;dur=([\d.]+);desc="\d+ queries"$/.exec(
      headers.get('server-timing') ?? '',
    ) as unknown as [string, string, string];
    expect(Number(database)).toBeGreaterThan(0);
    expect(Number(total)).toBeGreaterThanOrEqual(Number(database));
  });

  it('stands on refusals, too', async () => {
    expect(queriesOf(await app.guest.get('/v1/nothing', { expect: 404 }))).toBe(0);
    expect(queriesOf(await app.guest.post('/v1/auth/login', '{', { expect: 400 }))).toBe(0);
  });

  it('tells of each request its own statements, however many are under way', async () => {
    const alone = queriesOf(await order(app.guest, await cartId()));
    const carts = await Promise.all(Array.from({ length: 8 }, cartId));
    const reads = carts.map((id) => app.guest.get(`/v1/carts/${id}`, { expect: 200 }));
    const orders = carts.map((id) => order(app.guest, id));
    const lone = queriesOf(await app.guest.get(`/v1/carts/${await cartId()}`));
    expect(new Set((await Promise.all(reads)).map(queriesOf))).toEqual(new Set([lone]));
    expect((await Promise.all(orders)).map(queriesOf).every((count) => count >= alone && count <= alone + 1)).toBe(
      true,
    );
  });

  it('is silent unless it is asked for', async () => {
    const silent = await startTestApp();
    const { headers } = await silent.guest.get('/v1/products', { expect: 200 });
    expect(headers.has('server-timing')).toBe(false);
    await silent.close();
  });
});
