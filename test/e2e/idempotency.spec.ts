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
  /** Where it is sent to; the shop of most tests unless it says otherwise. */
  readonly shop?: TestApp;
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
  receivePaymentWebhook:
    "the provider's own event id is its key: an event that comes again is known, and changes nothing",
  completeTestPayment: 'naturally idempotent: a step is taken once, and taking it the same way again changes nothing',
  ...because('its token is good once: the second time it is refused, and nothing is made twice', [
    'acceptInvitation',
    'confirmEmail',
    'resetPassword',
    'signInWithSecondFactor',
    'signInWithPasskey',
    'addPasskey',
    'completeProviderSignIn',
    'completeProviderLink',
  ]),
  ...because('it only begins what another call ends; one that is not gone on with runs out by itself', [
    'beginPasskey',
    'beginPasskeySignIn',
    'beginProviderSignIn',
    'beginProviderLink',
    'beginTotp',
  ]),
  ...because('its answer holds secrets that are shown once and kept nowhere, not even with a key', [
    'confirmTotp',
    'createApiKey',
    'renewRecoveryCodes',
    'rotateApiKey',
  ]),
  ...because('naturally idempotent: done twice it is as done once', [
    'disableTotp',
    'removePasskey',
    'unlinkProvider',
    'eraseGuest',
    'eraseOwnAccount',
    'eraseUser',
  ]),
  ...because('the second mail takes the place of the first, whose link is no longer good', [
    'changeOwnEmail',
    'requestEmailVerification',
    'requestPasswordReset',
  ]),
  exportGuestData: 'a reading: it is a POST only to keep the address out of the path',
};

function because(reason: string, operations: readonly string[]): Record<string, string> {
  return Object.fromEntries(operations.map((name) => [name, reason]));
}

const MAIN_LOCATION = '01890000-0000-7000-8000-000000000001';

let shop: TestApp;
let admin: ApiClient;
/** A shop that captures what it has set aside later. */
let later: TestApp;
let laterAdmin: ApiClient;

beforeAll(async () => {
  shop = await startTestApp({ WEBHOOKS_ALLOW_PRIVATE: 'true' });
  later = await startTestApp({ PAYMENT_CAPTURE: 'manual' });
  admin = await asAdmin(shop);
  laterAdmin = await asAdmin(later);
});

afterAll(async () => {
  for (const each of [shop, later]) {
    expect(await breaches(each)).toEqual([]);
    await each.close();
  }
});

async function placed(target: TestApp = shop): Promise<OrderJson> {
  const { variantId } = await makeVariant(target);
  const cart = await makeCart(target.guest, [{ variantId, quantity: 2 }]);
  return (await target.guest.post<OrderJson>('/v1/orders', orderBody(cart.id), { expect: 201 })).json;
}

/** An order that was sent, with a return that was asked for. */
async function returning(): Promise<{ order: OrderJson; returnId: string }> {
  const order = await placed();
  await admin.post(`/v1/orders/${order.id}/fulfilments`, {}, { expect: 201 });
  const body = { items: [{ itemId: order.items[0]?.id, quantity: 1 }] };
  const { json } = await admin.post<{ returns: { id: string }[] }>(`/v1/orders/${order.id}/returns`, body, {
    expect: 201,
  });
  return { order, returnId: json.returns[0]?.id ?? '' };
}

/** A step of a return that takes an answer. */
async function decision(step: 'approve' | 'reject'): Promise<KeyedUse> {
  const { order, returnId } = await returning();
  const path = `/v1/orders/${order.id}/returns/${returnId}/${step}`;
  return { client: admin, path, body: { answer: 'As you like' }, other: { body: { answer: 'Another' } } };
}

/** The ids of the first two things that a list shows, as soon as it does. */
async function firstTwo(path: string): Promise<[string, string]> {
  const { json } = await eventually(
    () => admin.get<{ items: { id: string }[] }>(path),
    (answer) => answer.json.items.length >= 2,
  );
  return [json.items[0]?.id ?? '', json.items[1]?.id ?? ''];
}

async function subscription(): Promise<string> {
  // Nobody listens there: what is sent waits to be tried again.
  const body = { url: 'http://127.0.0.1:65000/', eventTypes: ['orders.paid'] };
  return (await admin.post<{ id: string }>('/v1/webhooks', body, { expect: 201 })).json.id;
}

async function location(): Promise<string> {
  const code = `l-${randomUUID().slice(0, 8)}`;
  return (await admin.post<{ id: string }>('/v1/locations', { code, name: 'Attic' }, { expect: 201 })).json.id;
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
  captureOrder: async () => {
    const [one, two] = [await placed(later), await placed(later)];
    const path = ({ id }: OrderJson) => `/v1/orders/${id}/capture`;
    return {
      shop: later,
      client: laterAdmin,
      path: path(one),
      body: undefined,
      other: { path: path(two), body: undefined },
    };
  },
  fulfilOrder: async () => {
    const order = await placed();
    const path = `/v1/orders/${order.id}/fulfilments`;
    return { client: admin, path, body: { carrier: 'Owl' }, other: { body: { carrier: 'Raven' } } };
  },
  writeOrderNote: async () => {
    const order = await placed();
    const path = `/v1/orders/${order.id}/notes`;
    return { client: admin, path, body: { text: 'Rang the customer' }, other: { body: { text: 'Wrote' } } };
  },
  requestReturn: async () => {
    const { order } = await returning();
    const body = (note: string) => ({ items: [{ itemId: order.items[0]?.id, quantity: 1 }], note });
    const headers = { 'order-token': order.accessToken ?? '' };
    const path = `/v1/orders/${order.id}/returns`;
    return { client: shop.guest, path, body: body('Too large'), other: { body: body('Too small') }, headers };
  },
  approveReturn: () => decision('approve'),
  rejectReturn: () => decision('reject'),
  cancelReturn: async () => {
    const [one, two] = [await returning(), await returning()];
    const path = ({ order, returnId }: typeof one) => `/v1/orders/${order.id}/returns/${returnId}/cancel`;
    return { client: admin, path: path(one), body: undefined, other: { path: path(two), body: undefined } };
  },
  receiveReturn: async () => {
    const { order, returnId } = await returning();
    const path = `/v1/orders/${order.id}/returns/${returnId}`;
    await admin.post(`${path}/approve`, {}, { expect: 200 });
    return { client: admin, path: `${path}/receive`, body: { refund: true }, other: { body: { refund: false } } };
  },
  createLocation: () => {
    const body = (code: string) => ({ code, name: 'Cellar' });
    return Promise.resolve({
      client: admin,
      path: '/v1/locations',
      body: body('cellar'),
      other: { body: body('barn') },
    });
  },
  transferStock: async () => {
    const { variantId } = await makeVariant(shop);
    const to = { fromLocationId: MAIN_LOCATION, toLocationId: await location(), reason: 'Nearer' };
    const path = `/v1/inventory/${variantId}/transfers`;
    return { client: admin, path, body: { ...to, quantity: 1 }, other: { body: { ...to, quantity: 2 } } };
  },
  createWebhook: () => {
    const body = (path: string) => ({ url: `http://127.0.0.1:65000/${path}`, eventTypes: ['orders.paid'] });
    return Promise.resolve({ client: admin, path: '/v1/webhooks', body: body('a'), other: { body: body('b') } });
  },
  rotateWebhookSecret: async () => {
    const path = `/v1/webhooks/${await subscription()}/rotate-secret`;
    return { client: admin, path, body: { overlapHours: 1 }, other: { body: { overlapHours: 2 } } };
  },
  replayWebhookDelivery: async () => {
    const id = await subscription();
    await placed();
    await placed();
    const [one, two] = await firstTwo(`/v1/webhooks/${id}/deliveries`);
    const path = (delivery: string) => `/v1/webhook-deliveries/${delivery}/replay`;
    return { client: admin, path: path(one), body: undefined, other: { path: path(two), body: undefined } };
  },
  replayMail: async () => {
    await placed();
    await placed();
    const [one, two] = await firstTwo('/v1/mails');
    const path = (mail: string) => `/v1/mails/${mail}/replay`;
    return { client: admin, path: path(one), body: undefined, other: { path: path(two), body: undefined } };
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
  inviteUser: () => {
    const body = (name: string) => ({ email: `${randomUUID()}@example.com`, name, roles: ['staff'] });
    return Promise.resolve({
      client: admin,
      path: '/v1/invitations',
      body: body('Ada'),
      other: { body: body('Grace') },
    });
  },
  resendInvitation: async () => {
    const [one, two] = [await invited(), await invited()];
    const path = (id: string) => `/v1/invitations/${id}/resend`;
    return { client: admin, path: path(one), body: undefined, other: { path: path(two), body: undefined } };
  },
  addOwnAddress: async () => {
    const { client } = await asCustomer(shop);
    return { client, path: '/v1/users/me/addresses', body: ADDRESS, other: { body: { ...ADDRESS, name: 'Ada' } } };
  },
};

async function invited(): Promise<string> {
  const body = { email: `${randomUUID()}@example.com`, name: 'Ada', roles: ['staff'] };
  return (await admin.post<{ userId: string }>('/v1/invitations', body, { expect: 201 })).json.userId;
}

function gbp(amount: number) {
  return { amount, currency: 'GBP' };
}

/** Sends the use with the key; the other one where that is asked for. */
function send({ client, path, body, other, headers }: KeyedUse, key: string, which: 'same' | 'other' = 'same') {
  const [to, what] = which === 'same' ? [path, body] : [other.path ?? path, other.body];
  return client.post<ProblemJson>(to, what, { headers: { ...headers, 'idempotency-key': key } });
}

function kept(key: string, where: TestApp = shop): Promise<{ status: number; hours: number }[]> {
  return withDatabase(where, async (client) => {
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
    const records = await kept(key, use.shop);
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
