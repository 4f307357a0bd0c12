import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ExpireCartsJob } from '../../src/cart/app/expire-carts.job.js';
import {
  makeCart,
  makeVariant,
  orderBody,
  setPrice,
  withDatabase,
  type CartJson,
  type OrderJson,
} from '../support/shop-fixture.js';
import { asCustomer, startTestApp, type TestApp } from '../support/test-app.js';

let shop: TestApp;
beforeAll(async () => {
  shop = await startTestApp();
});
afterAll(() => shop.close());

const add = (cart: { id: string }, variantId: string, quantity: number, headers: Record<string, string> = {}) =>
  shop.guest.post<CartJson>(`/v1/carts/${cart.id}/items`, { variantId, quantity }, { headers });

describe("a guest's cart", () => {
  it('is made with lines, and answers to whoever knows its id', async () => {
    const { variantId } = await makeVariant(shop, { price: 450, stock: 3 });
    const created = await shop.guest.post<CartJson>(
      '/v1/carts',
      {
        items: [
          { variantId, quantity: 2 },
          { variantId, quantity: 1 },
        ],
      },
      { expect: 201 },
    );
    expect(created.headers.get('location')).toBe(`/v1/carts/${created.json.id}`);
    expect(created.json.items).toMatchObject([
      { variantId, quantity: 3, available: 3, unitPrice: { amount: 450 }, lineTotal: { amount: 1350 } },
    ]);
    expect(created.json.subtotal).toEqual({ amount: 1350, currency: 'GBP' });
    expect(created.json.id).toMatch(/^[\w-]{22}$/);
    expect((await shop.guest.get(`/v1/carts/${created.json.id}`)).status).toBe(200);
    expect((await shop.guest.get('/v1/carts/AAAAAAAAAAAAAAAAAAAAAA')).status).toBe(404);
    expect((await shop.guest.get('/v1/carts/1')).status).toBe(404);
  });

  it('is priced anew at every read', async () => {
    const { variantId } = await makeVariant(shop, { price: 100 });
    const cart = await makeCart(shop.guest, [{ variantId, quantity: 2 }]);
    await setPrice(shop, variantId, 175);
    expect((await shop.guest.get<CartJson>(`/v1/carts/${cart.id}`)).json.subtotal.amount).toBe(350);
  });

  it('merges lines, changes and removes them', async () => {
    const a = await makeVariant(shop);
    const b = await makeVariant(shop);
    const cart = await makeCart(shop.guest, [{ variantId: a.variantId, quantity: 1 }]);
    await add(cart, b.variantId, 1);
    const merged = await add(cart, a.variantId, 4);
    expect(merged.json.items.map(({ variantId, quantity }) => [variantId, quantity])).toEqual([
      [a.variantId, 5],
      [b.variantId, 1],
    ]);
    const [first, second] = merged.json.items;
    const changed = await shop.guest.patch<CartJson>(
      `/v1/carts/${cart.id}/items/${first?.id}`,
      { quantity: 2 },
      { expect: 200 },
    );
    expect(changed.json.items[0]?.quantity).toBe(2);
    const removed = await shop.guest.patch<CartJson>(
      `/v1/carts/${cart.id}/items/${first?.id}`,
      { quantity: 0 },
      { expect: 200 },
    );
    expect(removed.json.items).toHaveLength(1);
    const emptied = await shop.guest.delete<CartJson>(`/v1/carts/${cart.id}/items/${second?.id}`, { expect: 200 });
    expect(emptied.json.items).toEqual([]);
    expect((await shop.guest.delete(`/v1/carts/${cart.id}/items/${second?.id}`)).status).toBe(404);
  });

  it('takes more than there is, and shows what there is', async () => {
    const { variantId } = await makeVariant(shop, { stock: 2 });
    const cart = await makeCart(shop.guest, [{ variantId, quantity: 100_000 }]);
    expect(cart.items[0]).toMatchObject({ quantity: 100_000, available: 2 });
    expect((await add(cart, variantId, 1)).status).toBe(422);
  });

  it.each([
    [{ variantId: 'nothing', quantity: 1 }],
    [{ quantity: 1 }],
    [{ variantId: '0198c5f0-7b7e-7000-8000-000000000000', quantity: 1 }],
    [{ variantId: 'x', quantity: 0 }],
    [{ variantId: 'x', quantity: 1.5 }],
    [{ variantId: 'x', quantity: 100_001 }],
    [{ variantId: 'x', quantity: 1, price: 1 }],
  ])('refuses the line %j', async (line) => {
    const cart = await makeCart(shop.guest, []);
    expect((await shop.guest.post(`/v1/carts/${cart.id}/items`, line)).status).toBe(422);
  });

  it('keeps If-Match: a stale change is refused', async () => {
    const { variantId } = await makeVariant(shop);
    const cart = await makeCart(shop.guest, []);
    const tag = (await shop.guest.get(`/v1/carts/${cart.id}`)).headers.get('etag') ?? '';
    expect((await add(cart, variantId, 1, { 'if-match': tag })).status).toBe(200);
    expect((await add(cart, variantId, 1, { 'if-match': tag })).status).toBe(412);
    expect((await add(cart, variantId, 1, { 'if-match': '*' })).status).toBe(200);
    expect((await add(cart, variantId, 1, { 'if-match': 'nonsense' })).status).toBe(400);
  });

  it('loses nothing of twenty changes at once', async () => {
    const { variantId } = await makeVariant(shop, { stock: 100 });
    const others = await Promise.all(Array.from({ length: 5 }, () => makeVariant(shop)));
    const cart = await makeCart(shop.guest, []);
    await Promise.all([
      ...Array.from({ length: 15 }, () => add(cart, variantId, 2)),
      ...others.map((other) => add(cart, other.variantId, 1)),
    ]);
    const { json } = await shop.guest.get<CartJson>(`/v1/carts/${cart.id}`);
    expect(json.items).toHaveLength(6);
    expect(json.items.find((item) => item.variantId === variantId)?.quantity).toBe(30);
    expect(json.version).toBe(21);
  });

  it('adds once for one key', async () => {
    const { variantId } = await makeVariant(shop);
    const cart = await makeCart(shop.guest, []);
    const headers = { 'idempotency-key': 'add-1' };
    await Promise.all([add(cart, variantId, 1, headers), add(cart, variantId, 1, headers)]);
    expect((await add(cart, variantId, 1, headers)).json.items[0]?.quantity).toBe(1);
    expect((await add(cart, variantId, 2, headers)).status).toBe(422);
  });

  it('holds 1,000 lines and no more', async () => {
    const { variantId } = await makeVariant(shop);
    const line = { variantId, quantity: 1 };
    expect((await shop.guest.post('/v1/carts', { items: Array.from({ length: 1001 }, () => line) })).status).toBe(422);
    expect((await shop.guest.post('/v1/carts', { items: Array.from({ length: 1000 }, () => line) })).status).toBe(201);
  });

  it('is forgotten when nobody has touched it for long', async () => {
    const { variantId } = await makeVariant(shop);
    const cart = await makeCart(shop.guest, [{ variantId, quantity: 1 }]);
    await withDatabase(shop, (client) =>
      client.query(`update cart set expires_at = now() - interval '1 second' where id = $1`, [cart.id]),
    );
    expect((await shop.guest.get(`/v1/carts/${cart.id}`)).status).toBe(404);
    expect((await add(cart, variantId, 1)).status).toBe(404);
    await shop.app.get(ExpireCartsJob, { strict: false }).run();
    const { rows } = await withDatabase(shop, (client) => client.query('select from cart where id = $1', [cart.id]));
    expect(rows).toHaveLength(0);
  });
});

describe("a customer's cart", () => {
  it('is one on all devices, and hers alone', async () => {
    const { variantId } = await makeVariant(shop);
    const { client } = await asCustomer(shop);
    const other = await asCustomer(shop);
    expect((await client.get('/v1/users/me/cart')).status).toBe(404);
    const first = await client.post<CartJson>('/v1/carts', { items: [{ variantId, quantity: 1 }] }, { expect: 201 });
    const second = await client.post<CartJson>('/v1/carts', { items: [{ variantId, quantity: 2 }] }, { expect: 200 });
    expect(second.json).toMatchObject({ id: first.json.id, items: [{ quantity: 3 }] });
    expect((await client.get<CartJson>('/v1/users/me/cart')).json.id).toBe(first.json.id);
    expect((await shop.guest.get(`/v1/carts/${first.json.id}`)).status).toBe(404);
    expect((await other.client.get(`/v1/carts/${first.json.id}`)).status).toBe(404);
    expect((await other.client.post(`/v1/carts/${first.json.id}/claim`)).status).toBe(404);
    expect((await other.client.post('/v1/orders', orderBody(first.json.id))).status).toBe(404);
  });

  it('stays one when ten are begun at once', async () => {
    const { variantId } = await makeVariant(shop);
    const { client } = await asCustomer(shop);
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => client.post<CartJson>('/v1/carts', { items: [{ variantId, quantity: 1 }] })),
    );
    expect(new Set(answers.map(({ json }) => json.id)).size).toBe(1);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect((await client.get<CartJson>('/v1/users/me/cart')).json.items[0]?.quantity).toBe(10);
  });

  it('begins anew in place of one that expired', async () => {
    const [old, fresh] = [await makeVariant(shop), await makeVariant(shop)];
    const { client } = await asCustomer(shop);
    const cart = await makeCart(client, [{ variantId: old.variantId, quantity: 1 }]);
    await withDatabase(shop, (database) =>
      database.query(`update cart set expires_at = now() - interval '1 second' where id = $1`, [cart.id]),
    );
    expect((await client.get('/v1/users/me/cart')).status).toBe(404);
    await makeCart(client, []);
    await makeCart(client, [{ variantId: fresh.variantId, quantity: 1 }]);
    const { json } = await client.get<CartJson>('/v1/users/me/cart', { expect: 200 });
    expect(json.items.map(({ variantId }) => variantId)).toEqual([fresh.variantId]);
  });

  it('that is ordered while lines are added gets none of them that the order does not have', async () => {
    const { variantId } = await makeVariant(shop, { stock: 1000 });
    const { client } = await asCustomer(shop);
    const cart = await makeCart(client, [{ variantId, quantity: 1 }]);
    const [placed] = await Promise.all([
      client.post<OrderJson>('/v1/orders', orderBody(cart.id), { expect: 201 }),
      ...Array.from({ length: 10 }, () => client.post('/v1/carts', { items: [{ variantId, quantity: 1 }] })),
    ]);
    const ordered = placed.json.items[0]?.quantity ?? 0;
    const { json: left } = await client.get<CartJson>(`/v1/users/me/cart`);
    expect((await client.get<CartJson>(`/v1/carts/${cart.id}`)).json.items[0]?.quantity).toBe(ordered);
    expect(ordered + (ordered === 11 ? 0 : (left.items[0]?.quantity ?? 0))).toBe(11);
  });

  it('takes over a guest cart as it is where she has none', async () => {
    const { variantId } = await makeVariant(shop);
    const { client } = await asCustomer(shop);
    const cart = await makeCart(shop.guest, [{ variantId, quantity: 2 }]);
    expect((await client.post<CartJson>(`/v1/carts/${cart.id}/claim`)).json).toMatchObject({
      id: cart.id,
      items: [{ quantity: 2 }],
    });
    expect((await shop.guest.get(`/v1/carts/${cart.id}`)).status).toBe(404);
    expect((await client.post<CartJson>(`/v1/carts/${cart.id}/claim`)).json.items[0]?.quantity).toBe(2);
  });

  it('takes a guest cart into hers without losing a line, however often it is asked', async () => {
    const [a, b] = [await makeVariant(shop), await makeVariant(shop)];
    const { client } = await asCustomer(shop);
    const hers = await makeCart(client, [{ variantId: a.variantId, quantity: 1 }]);
    const guest = await makeCart(shop.guest, [
      { variantId: a.variantId, quantity: 99_999 },
      { variantId: b.variantId, quantity: 4 },
    ]);
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => client.post<CartJson>(`/v1/carts/${guest.id}/claim`)),
    );
    for (const { json } of answers) expect(json.id).toBe(hers.id);
    const { json } = await client.get<CartJson>('/v1/users/me/cart');
    expect(json.items.map(({ variantId, quantity }) => [variantId, quantity])).toEqual([
      [a.variantId, 100_000],
      [b.variantId, 4],
    ]);
    expect((await (await asCustomer(shop)).client.post(`/v1/carts/${guest.id}/claim`)).status).toBe(404);
  });

  it('is free for a new one after the order, and comes back with its lines when the payment fails meanwhile', async () => {
    const [a, b] = [await makeVariant(shop), await makeVariant(shop)];
    const { client } = await asCustomer(shop);
    const cart = await makeCart(client, [{ variantId: a.variantId, quantity: 1 }]);
    const { json: order } = await client.post<OrderJson>('/v1/orders', orderBody(cart.id, 'tok_requires_action'), {
      expect: 201,
    });
    const next = await client.post<CartJson>(
      '/v1/carts',
      { items: [{ variantId: b.variantId, quantity: 1 }] },
      { expect: 201 },
    );
    const path = new URL(order.nextAction?.url ?? '', shop.base).pathname;
    await shop.guest.post(`${path}/complete`, { outcome: 'declined' });
    for (let tries = 0; tries < 50; tries++) {
      const { json } = await client.get<CartJson>('/v1/users/me/cart');
      if (json.items.length === 2) break;
      await new Promise((done) => setTimeout(done, 100));
    }
    const { json } = await client.get<CartJson>('/v1/users/me/cart');
    expect(json.id).toBe(next.json.id);
    expect(json.items.map(({ variantId }) => variantId)).toEqual([b.variantId, a.variantId]);
  });
});

describe('shipping methods', () => {
  it('are priced for the cart', async () => {
    const { variantId } = await makeVariant(shop);
    const cart = await makeCart(shop.guest, [{ variantId, quantity: 1 }]);
    const { json } = await shop.guest.get<{ items: { code: string; price: { amount: number } }[] }>(
      `/v1/shipping-methods?cartId=${cart.id}`,
      { expect: 200 },
    );
    expect(json.items.map(({ code }) => code)).toEqual(['standard', 'express']);
    expect((await shop.guest.get('/v1/shipping-methods?cartId=unknown')).status).toBe(404);
    expect((await shop.guest.get('/v1/shipping-methods')).status).toBe(200);
  });
});
