import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ApiClient } from '../support/api-client.js';
import {
  ADDRESS,
  breaches,
  eventually,
  makeCart,
  makeVariant,
  orderBody,
  withDatabase,
  type CartJson,
  type OrderJson,
} from '../support/shop-fixture.js';
import { asAdmin, asCustomer, startTestApp, type TestApp } from '../support/test-app.js';

interface ProblemJson {
  readonly code: string;
}

interface Document {
  readonly paths: Record<
    string,
    { post?: { operationId: string; parameters?: { name: string; description?: string }[] } }
  >;
}

/** A request that makes or moves something, and another that must not pass for it. */
interface KeyedUse {
  readonly client: ApiClient;
  readonly path: string;
  readonly body: unknown;
  readonly other: { readonly path?: string; readonly body: unknown };
  readonly headers?: Record<string, string>;
}

const posts = Object.values((JSON.parse(readFileSync('openapi.json', 'utf8')) as Document).paths).flatMap(({ post }) =>
  post ? [post] : [],
);
const keyed = posts.filter(({ parameters = [] }) => parameters.some(({ name }) => name === 'Idempotency-Key'));

/** POSTs that take no key, each with the reason why. */
const WITHOUT_KEY: Readonly<Record<string, string>> = {
  register:
    'its answer holds tokens, which are kept nowhere; the address is taken the second time (409), and one signs in',
  login: 'its answer holds tokens, which are kept nowhere; a second session does no harm and ends by itself',
  refreshTokens: 'its answer holds tokens; a refresh token that comes again is a sign of theft and ends the session',
  logout: 'naturally idempotent: what is signed out stays so',
  changeOwnPassword:
    'its body holds passwords, of which not even a fingerprint is kept; a repeated change is refused, since the old password is no longer right',
  completeTestPayment: 'naturally idempotent: a step is taken once, and taking it the same way again changes nothing',
};

let shop: TestApp;
let admin: ApiClient;

beforeAll(async () => {
  shop = await startTestApp();
  admin = await asAdmin(shop);
});

afterAll(async () => {
  expect(await breaches(shop)).toEqual([]);
  await shop.close();
});

async function placed(): Promise<OrderJson> {
  const { variantId } = await makeVariant(shop);
  const cart = await makeCart(shop.guest, [{ variantId, quantity: 2 }]);
  return (await shop.guest.post<OrderJson>('/v1/orders', orderBody(cart.id), { expect: 201 })).json;
}

const USES: Readonly<Record<string, () => Promise<KeyedUse>>> = {
  createCart: async () => {
    const { variantId } = await makeVariant(shop);
    const body = (quantity: number) => ({ items: [{ variantId, quantity }] });
    return { client: shop.guest, path: '/v1/carts', body: body(1), other: { body: body(2) } };
  },
  addCartItem: async () => {
    const { variantId } = await makeVariant(shop);
    const cart = await makeCart(shop.guest, []);
    const body = (quantity: number) => ({ variantId, quantity });
    return { client: shop.guest, path: `/v1/carts/${cart.id}/items`, body: body(1), other: { body: body(2) } };
  },
  claimCart: async () => {
    const { client } = await asCustomer(shop);
    const [one, two] = [await makeCart(shop.guest, []), await makeCart(shop.guest, [])];
    const path = (cart: CartJson) => `/v1/carts/${cart.id}/claim`;
    return { client, path: path(one), body: undefined, other: { path: path(two), body: undefined } };
  },
  placeOrder: async () => {
    const { variantId } = await makeVariant(shop);
    const cart = await makeCart(shop.guest, [{ variantId, quantity: 1 }]);
    const body = (token: string) => orderBody(cart.id, token);
    return {
      client: shop.guest,
      path: '/v1/orders',
      body: body('tok_approved'),
      other: { body: body('tok_declined') },
    };
  },
  cancelOrder: async () => {
    const order = await placed();
    return {
      client: shop.guest,
      path: `/v1/orders/${order.id}/cancel`,
      body: { reason: 'Changed my mind' },
      other: { body: { reason: 'Another' } },
      headers: { 'order-token': order.accessToken ?? '' },
    };
  },
  refundOrder: async () => {
    const order = await placed();
    const body = (amount: number) => ({ amount: { amount, currency: 'GBP' } });
    return { client: admin, path: `/v1/orders/${order.id}/refunds`, body: body(10), other: { body: body(11) } };
  },
  adjustStock: async () => {
    const { variantId } = await makeVariant(shop);
    const body = (delta: number) => ({ delta, reason: 'Delivery' });
    return { client: admin, path: `/v1/inventory/${variantId}/adjustments`, body: body(1), other: { body: body(2) } };
  },
  createProduct: () => {
    const body = (title: string) => ({ title, variants: [{ sku: randomUUID(), price: gbp(100), stock: 1 }] });
    return Promise.resolve({ client: admin, path: '/v1/products', body: body('Mug'), other: { body: body('Cup') } });
  },
  addVariant: async () => {
    const product = await admin.post<{ id: string }>(
      '/v1/products',
      { title: 'Jug', options: [{ name: 'Size', values: ['S', 'L'] }] },
      { expect: 201 },
    );
    const body = (size: string) => ({ sku: randomUUID(), price: gbp(100), stock: 1, options: { Size: size } });
    const path = `/v1/products/${product.json.id}/variants`;
    return { client: admin, path, body: body('S'), other: { body: body('L') } };
  },
  createCategory: () =>
    Promise.resolve({
      client: admin,
      path: '/v1/categories',
      body: { name: 'Kitchen' },
      other: { body: { name: 'Garden' } },
    }),
  importProducts: () => {
    const file = (title: string) => `Handle,Title,Variant SKU,Variant Price\n${title},${title},${title},1.00\n`;
    return Promise.resolve({
      client: admin,
      path: '/v1/catalog/imports?format=shopify',
      body: file('spoon'),
      other: { body: file('fork') },
      headers: { 'content-type': 'text/csv' },
    });
  },
  createRole: () => {
    const body = (name: string) => ({ name, permissions: ['orders:read'] });
    return Promise.resolve({ client: admin, path: '/v1/roles', body: body('clerk'), other: { body: body('auditor') } });
  },
  addOwnAddress: async () => {
    const { client } = await asCustomer(shop);
    return { client, path: '/v1/users/me/addresses', body: ADDRESS, other: { body: { ...ADDRESS, name: 'Ada' } } };
  },
};

function gbp(amount: number) {
  return { amount, currency: 'GBP' };
}

/** Sends the use with the key; the other one where that is asked for. */
function send({ client, path, body, other, headers }: KeyedUse, key: string, which: 'same' | 'other' = 'same') {
  const [to, what] = which === 'same' ? [path, body] : [other.path ?? path, other.body];
  return client.post<ProblemJson>(to, what, { headers: { ...headers, 'idempotency-key': key } });
}

function kept(key: string): Promise<{ status: number; hours: number }[]> {
  return withDatabase(shop, async (client) => {
    const { rows } = await client.query<{ status: number; hours: number }>(
      `select status, extract(epoch from expires_at - created_at)::float / 3600 as hours from idempotency_record where key = $1`,
      [key],
    );
    return rows;
  });
}

describe('every POST', () => {
  it('takes a key, or has a reason not to', () => {
    const without = posts
      .map(({ operationId }) => operationId)
      .filter((id) => !keyed.some((k) => k.operationId === id));
    expect(without.sort()).toEqual(Object.keys(WITHOUT_KEY).sort());
  });

  it('that takes a key is sent twice below', () => {
    expect(keyed.map(({ operationId }) => operationId).sort()).toEqual(Object.keys(USES).sort());
  });
});

describe.each(Object.entries(USES))('%s', (_, make) => {
  it('answers word for word the same to a key, refuses it for anything else, and keeps it for a day at least', async () => {
    const use = await make();
    const key = randomUUID();
    const first = await send(use, key);
    expect(first.status).toBeGreaterThanOrEqual(200);
    expect(first.status).toBeLessThan(300);
    const again = await send(use, `"${key}"`);
    expect({ status: again.status, text: again.text }).toEqual({ status: first.status, text: first.text });
    for (const name of ['location', 'etag']) expect(again.headers.get(name)).toBe(first.headers.get(name));
    expect(await send(use, key, 'other')).toMatchObject({ status: 422, json: { code: 'idempotency.key_reused' } });
    const records = await kept(key);
    expect(records).toMatchObject([{ status: first.status }]);
    expect(records[0]?.hours).toBeGreaterThanOrEqual(24);
  });
});

describe("a guest's new cart", () => {
  const begin = (key: string) =>
    shop.guest.post<CartJson>('/v1/carts', {}, { headers: { 'idempotency-key': key }, expect: 201 });

  it('is not given to others who use the same simple key', async () => {
    for (const key of ['1', 'cart', 'a'.repeat(40), '00000000-0000-0000-0000-000000000000'])
      expect((await begin(key)).json.id).not.toBe((await begin(key)).json.id);
  });

  it('is made once by ten who send one key at the same time', async () => {
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 10 }, () => begin(key)));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  });

  it("does not share its key with a customer's", async () => {
    const key = randomUUID();
    const { client } = await asCustomer(shop);
    const guests = await begin(key);
    const { json } = await client.post<CartJson>('/v1/carts', {}, { headers: { 'idempotency-key': key }, expect: 201 });
    expect(json.id).not.toBe(guests.json.id);
  });
});

describe('the sweep', () => {
  it('deletes what is past its time, and nothing else', async () => {
    const [old, young] = [randomUUID(), randomUUID()];
    const use = await (USES['createCart'] as () => Promise<KeyedUse>)();
    for (const key of [old, young]) await send(use, key);
    await withDatabase(shop, async (client) => {
      await client.query(`update idempotency_record set expires_at = now() - interval '1 second' where key = $1`, [
        old,
      ]);
      await client.query(`select graphile_worker.add_job('idempotency.sweep')`);
    });
    await eventually(
      () => kept(old),
      (records) => records.length === 0,
    );
    expect(await kept(young)).toHaveLength(1);
    expect((await send(use, old)).text).not.toBe((await send(use, young)).text);
  });
});
