import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { place } from '../support/after-sales.js';
import type { ApiClient } from '../support/api-client.js';
import { ADDRESS, makeCart, makeVariant, orderBody, withDatabase } from '../support/shop-fixture.js';
import { ADMIN, asAdmin, asCustomer, startTestApp, type SignedInClient, type TestApp } from '../support/test-app.js';

/** The holes that were published of other shops of this kind, each tried here as its advisory tells it. */

interface Problem {
  readonly code: string;
}

let shop: TestApp;
let admin: ApiClient;
let victim: SignedInClient;
let attacker: SignedInClient;
let variantId: string;

beforeAll(async () => {
  shop = await startTestApp();
  admin = await asAdmin(shop);
  [victim, attacker] = [await asCustomer(shop), await asCustomer(shop)];
  variantId = (await makeVariant(shop, { stock: 1000 })).variantId;
}, 60_000);
afterAll(() => shop.close(), 60_000);

const order = (client = shop.guest) => place(shop, [{ variantId, quantity: 1 }], { client });

/** Personal data of the orders that are made here. */
const PERSONAL = /grace|hopper|harbour|whitby|YO21/i;

describe('Saleor CVE-2026-24136 (GHSA-r6fj-f4r9-36gr): anybody read any order by its id', () => {
  it('an id, a number, or an encoding of either tells nobody anything', async () => {
    for (const made of [await order(), await order(victim.client)]) {
      const names = [
        made.id,
        made.id.toUpperCase(),
        made.id.replaceAll('-', ''),
        made.number,
        Buffer.from(`Order:${made.id}`).toString('base64url'),
        Buffer.from(`Order:1`).toString('base64url'),
        '1',
        `${made.id},${made.id}`,
      ];
      for (const client of [shop.guest, attacker.client])
        for (const name of names)
          for (const path of [`/v1/orders/${name}`, `/v1/orders/${name}/timeline`]) {
            const { status, text } = await client.get<Problem>(path);
            expect([path, status]).toEqual([path, 404]);
            expect(text).not.toMatch(PERSONAL);
          }
    }
  });

  it('also of orders from before a release, which have a customer or none', async () => {
    const made = await order(victim.client);
    await withDatabase(shop, (client) =>
      client.query(`update "order" set placed_at = now() - interval '5 years' where id = $1`, [made.id]),
    );
    expect((await shop.guest.get(`/v1/orders/${made.id}`)).status).toBe(404);
    expect((await attacker.client.get(`/v1/orders/${made.id}`)).status).toBe(404);
    expect((await victim.client.get(`/v1/orders/${made.id}`)).status).toBe(200);
  });

  it('nor can ids be counted up: those made one after the other share no more than the time', async () => {
    const [first, second] = [await order(), await order()];
    expect(first.id.slice(-17)).not.toBe(second.id.slice(-17));
    const numbers = [first.number, second.number].map((number) => Number.parseInt(number.replaceAll(/\D/g, ''), 10));
    expect(Math.abs((numbers[0] ?? 0) - (numbers[1] ?? 0))).not.toBe(1);
  });
});

describe("Spree GHSA-3ghg-3787-w2xr (CVE-2026-22589): guests, whose user id was null, were owners of all guests' addresses", () => {
  it('nobody is the owner of nothing: a guest reaches no saved address and no other guest’s order', async () => {
    const saved = await victim.client.post<{ id: string }>('/v1/users/me/addresses', ADDRESS, { expect: 201 });
    const path = `/v1/users/me/addresses/${saved.json.id}`;
    for (const answer of [
      await shop.guest.get('/v1/users/me/addresses'),
      await shop.guest.patch(path, { city: 'York' }),
      await shop.guest.delete(path),
      await shop.guest.get('/v1/orders'),
    ])
      expect(answer.status).toBe(401);
    const [mine, theirs] = [await order(), await order()];
    const { status, text } = await shop.guest.get(`/v1/orders/${theirs.id}`, {
      headers: { 'order-token': mine.accessToken ?? '' },
    });
    expect(status).toBe(404);
    expect(text).not.toMatch(PERSONAL);
  });

  it('CVE-2026-22588: an order takes an address, not the id of somebody’s', async () => {
    const saved = await victim.client.post<{ id: string }>('/v1/users/me/addresses', ADDRESS, { expect: 201 });
    const cart = await makeCart(attacker.client, [{ variantId, quantity: 1 }]);
    const id = saved.json.id;
    for (const more of [
      { shippingAddressId: id },
      { billingAddressId: id },
      { shippingAddress: id },
      { shippingAddress: { id } },
      { shippingAddress: { ...ADDRESS, id } },
    ]) {
      const { status, text } = await attacker.client.post('/v1/orders', { ...orderBody(cart.id), ...more });
      expect(status).toBe(422);
      expect(text).not.toMatch(PERSONAL);
    }
  });

  it('CVE-2026-94462: a cart is claimed by its unguessable id, and nobody claims another customer’s', async () => {
    const theirs = await makeCart(victim.client, [{ variantId, quantity: 1 }]);
    expect((await attacker.client.post(`/v1/carts/${theirs.id}/claim`)).status).toBe(404);
    const guests = await Promise.all([1, 2, 3].map(() => makeCart(shop.guest, [])));
    expect(new Set(guests.map(({ id }) => id.slice(0, 8))).size).toBe(3);
    expect(guests.every(({ id }) => /^[\w-]{22}$/.test(id))).toBe(true);
  });
});

describe('Vendure 3.7.3, four critical ones', () => {
  it('GHSA-wr5h-x3x6-4h23: registering the address of an account without a password gives nobody that account', async () => {
    const account = await asCustomer(shop);
    await withDatabase(shop, (client) =>
      client.query('update "user" set password_hash = null where id = $1', [account.id]),
    );
    const stolen = { email: account.email.toUpperCase(), password: 'chosen by the attacker 1', name: 'Eve' };
    const answer = await shop.guest.post<Problem>('/v1/auth/register', stolen);
    expect([answer.status, answer.json.code]).toEqual([409, 'users.email_taken']);
    expect((await shop.guest.post('/v1/auth/login', { email: account.email, password: stolen.password })).status).toBe(
      401,
    );
    const { rows } = await withDatabase(shop, (client) =>
      client.query('select password_hash, name from "user" where id = $1', [account.id]),
    );
    expect(rows).toEqual([{ password_hash: null, name: 'Grace Hopper' }]);
  });

  it("GHSA-7qvr-c5vf-xxfh: no money goes back, nothing is sent, over another order's lines", async () => {
    const [mine, theirs] = [await order(attacker.client), await order(victim.client)];
    const itemId = theirs.items[0]?.id;
    for (const [path, body] of [
      ['refunds', { items: [{ itemId, quantity: 1 }] }],
      ['fulfilments', { items: [{ itemId, quantity: 1 }] }],
      ['returns', { items: [{ itemId, quantity: 1 }] }],
      // The check stood within the loop over the lines: no lines, no check.
      ['refunds', { items: [] }],
      ['fulfilments', { items: [] }],
      ['returns', { items: [] }],
    ] as const)
      expect([404, 409, 422]).toContain((await admin.post(`/v1/orders/${mine.id}/${path}`, body)).status);
    const after = await admin.get<{ refundedTotal: { amount: number }; fulfilmentStatus: string }>(
      `/v1/orders/${theirs.id}`,
    );
    expect(after.json).toMatchObject({ refundedTotal: { amount: 0 }, fulfilmentStatus: 'unfulfilled' });
  });

  it('GHSA-422x-jq57-j238, GHSA-f94w-2928-x43p: what one may not see cannot be taken by naming its id', async () => {
    const draft = await admin.post<{ id: string; variants: { id: string }[] }>('/v1/products', {
      title: 'Not for sale yet',
      status: 'draft',
      variants: [{ sku: 'SECRET-1', price: { amount: 1, currency: 'GBP' }, stock: 5 }],
    });
    const hidden = draft.json.variants[0]?.id;
    for (const client of [shop.guest, attacker.client]) {
      const { status, text } = await client.post('/v1/carts', { items: [{ variantId: hidden, quantity: 1 }] });
      expect([404, 409, 422]).toContain(status);
      expect(text).not.toMatch(/Not for sale|SECRET/);
      expect((await client.get(`/v1/products/${draft.json.id}`)).status).toBe(404);
    }
    const cart = await makeCart(victim.client, [{ variantId, quantity: 1 }]);
    expect((await attacker.client.post('/v1/orders', orderBody(cart.id))).status).toBe(404);
  });
});

describe('Vendure, other releases', () => {
  it('CVE-2026-40887 (GHSA-9pp3-53p2-ww9v): a query parameter is no part of a statement', async () => {
    const payload = "en' THEN (SELECT 1 FROM pg_sleep(6)) WHEN 'x";
    const begin = performance.now();
    for (const path of ['/v1/products', '/v1/products/no-such', '/v1/categories'])
      expect((await shop.guest.get(`${path}?languageCode=${encodeURIComponent(payload)}`)).status).toBeLessThan(500);
    expect(performance.now() - begin).toBeLessThan(5_000);
  });

  it('GHSA-v85r-wfgv-jcqc: who may change accounts cannot reach for those that may do more', async () => {
    await admin.post('/v1/roles', { name: 'helpers', permissions: ['users:read', 'users:write'] }, { expect: 201 });
    await admin.patch(`/v1/users/${attacker.id}`, { roles: ['helpers'] }, { expect: 200 });
    const me = (await admin.get<{ id: string }>('/v1/users/me')).json;
    for (const body of [{ disabled: true }, { roles: ['customer'] }, { password: 'x' }, { email: attacker.email }])
      expect([403, 422]).toContain((await attacker.client.patch(`/v1/users/${me.id}`, body)).status);
    expect((await shop.guest.post('/v1/auth/login', ADMIN)).status).toBe(200);
    await admin.patch(`/v1/users/${attacker.id}`, { roles: ['customer'] }, { expect: 200 });
  });

  it("GHSA-37xp-mjp8-6f9x: nobody rotates another's API key, and so none that may do more", async () => {
    const key = await admin.post<{ id: string }>(
      '/v1/api-keys',
      { name: 'All', permissions: ['users:write', 'users:read'], password: ADMIN.password },
      { expect: 201 },
    );
    await admin.patch(`/v1/users/${attacker.id}`, { roles: ['helpers'] }, { expect: 200 });
    const rotated = await attacker.client.post(`/v1/api-keys/${key.json.id}/rotate`, { password: attacker.password });
    expect(rotated.status).toBe(404);
    expect(rotated.text).not.toContain('bk_');
    await admin.patch(`/v1/users/${attacker.id}`, { roles: ['customer'] }, { expect: 200 });
  });

  it('GHSA-xf65-r35x-wmmv: no filter, alone or combined, shows the public what is hidden', async () => {
    await admin.post('/v1/products', { title: 'Hidden teapot', status: 'draft', tags: ['hid'] }, { expect: 201 });
    for (const query of [
      'q=hidden+teapot',
      'tag=hid',
      'filterOperator=OR&q=hidden',
      'status=active&status=draft&q=hidden',
      'facets=true&q=teapot',
    ])
      expect((await shop.guest.get(`/v1/products?${query}`)).text).not.toContain('Hidden teapot');
    for (const client of [shop.guest, attacker.client])
      expect((await client.get('/v1/products?status=draft')).status).toBeGreaterThanOrEqual(400);
  });

  it('GHSA-f4r3-h6jf-4m29: a picture that is opened by itself runs nothing', async () => {
    const { headers } = await shop.guest.get('/media/demo/insulated-bottle.svg');
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none'.*sandbox/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });
});
