import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ApiClient } from '../support/api-client.js';
import {
  breaches,
  eventually,
  makeCart,
  makeVariant,
  orderBody,
  setPrice,
  stockOf,
  withDatabase,
  type CartJson,
  type OrderJson,
} from '../support/shop-fixture.js';
import { asAdmin, asCustomer, startTestApp, type TestApp } from '../support/test-app.js';

let shop: TestApp;
let admin: ApiClient;

beforeAll(async () => {
  shop = await startTestApp({ PAYMENT_TIMEOUT_MS: '400' });
  admin = await asAdmin(shop);
});

afterAll(async () => {
  expect(await breaches(shop)).toEqual([]);
  await shop.close();
});

interface ProblemJson {
  readonly code: string;
  readonly [member: string]: unknown;
}

describe('placing an order', () => {
  it('takes the money and the stock, and freezes what was agreed', async () => {
    const { variantId, sku } = await makeVariant(shop, { price: 1250, stock: 5 });
    const cart = await makeCart(shop.guest, [{ variantId, quantity: 2 }]);
    const { json: order } = await shop.guest.post<OrderJson>('/v1/orders', orderBody(cart.id), { expect: 201 });
    expect(order).toMatchObject({ status: 'paid', paymentStatus: 'paid', subtotal: { amount: 2500, currency: 'GBP' } });
    expect(order.items).toMatchObject([{ variantId, sku, quantity: 2, unitPrice: { amount: 1250 } }]);
    expect(order.total.amount).toBe(
      order.subtotal.amount - order.discountTotal.amount + order.shippingTotal.amount + order.taxTotal.amount,
    );
    expect(await stockOf(admin, variantId)).toMatchObject({ onHand: 3, reserved: 0, available: 3 });
    await setPrice(shop, variantId, 9999);
    const read = await shop.guest.get<OrderJson>(`/v1/orders/${order.id}`, {
      headers: { 'order-token': order.accessToken ?? '' },
      expect: 200,
    });
    expect(read.json.subtotal.amount).toBe(2500);
    expect((await shop.guest.get<OrderJson>(`/v1/orders/${order.id}?token=${order.accessToken}`)).json.number).toBe(
      order.number,
    );
  });

  it('is seen by nobody else', async () => {
    const { variantId } = await makeVariant(shop);
    const cart = await makeCart(shop.guest, [{ variantId, quantity: 1 }]);
    const { json: order } = await shop.guest.post<OrderJson>('/v1/orders', orderBody(cart.id), { expect: 201 });
    const { client: other } = await asCustomer(shop);
    expect((await shop.guest.get(`/v1/orders/${order.id}`)).status).toBe(404);
    expect((await shop.guest.get(`/v1/orders/${order.id}?token=v1_wrong`)).status).toBe(404);
    expect((await other.get(`/v1/orders/${order.id}`)).status).toBe(404);
    expect((await other.post(`/v1/orders/${order.id}/cancel`, {})).status).toBe(404);
    expect(
      (await other.post(`/v1/orders/${order.id}/refunds`, { amount: { amount: 1, currency: 'GBP' } })).status,
    ).toBe(403);
    expect((await admin.get(`/v1/orders/${order.id}`)).status).toBe(200);
  });

  it("lists a customer's own orders, and everyone's to staff", async () => {
    const { variantId } = await makeVariant(shop);
    const { client, id } = await asCustomer(shop);
    const cart = await makeCart(client, [{ variantId, quantity: 1 }]);
    const { json: order } = await client.post<OrderJson>(
      '/v1/orders',
      orderBody(cart.id, 'tok_approved', { email: 'Odd@Example.com' }),
      { expect: 201 },
    );
    expect(order.customerId).toBe(id);
    expect(order.accessToken).toBeUndefined();
    expect((await client.get<{ items: OrderJson[] }>('/v1/orders')).json.items.map((one) => one.id)).toEqual([
      order.id,
    ]);
    const found = await admin.get<{ items: OrderJson[] }>(
      `/v1/orders?email=odd@example.com&number=${order.number.toLowerCase()}&status=paid&from=2020-01-01T00:00:00Z`,
    );
    expect(found.json.items.map((one) => one.id)).toEqual([order.id]);
    expect((await shop.guest.get('/v1/orders')).status).toBe(401);
    const first = await admin.get<{ items: OrderJson[]; nextCursor: string }>('/v1/orders?limit=1');
    const second = await admin.get<{ items: OrderJson[] }>(`/v1/orders?limit=1&cursor=${first.json.nextCursor}`, {
      expect: 200,
    });
    expect(second.json.items[0]?.id).not.toBe(first.json.items[0]?.id);
  });

  it('refuses what is short, names every short line, and leaves the cart as it was', async () => {
    const few = await makeVariant(shop, { stock: 1 });
    const many = await makeVariant(shop, { stock: 50 });
    const cart = await makeCart(shop.guest, [
      { variantId: few.variantId, quantity: 3 },
      { variantId: many.variantId, quantity: 3 },
    ]);
    const refused = await shop.guest.post<ProblemJson>('/v1/orders', orderBody(cart.id));
    expect(refused.status).toBe(409);
    expect(refused.json).toMatchObject({
      code: 'inventory.insufficient_stock',
      items: [{ variantId: few.variantId, sku: few.sku, asked: 3, available: 1 }],
    });
    expect(await stockOf(admin, many.variantId)).toMatchObject({ onHand: 50, reserved: 0 });
    expect((await shop.guest.get<CartJson>(`/v1/carts/${cart.id}`)).json.status).toBe('active');
  });

  it.each([
    ['tok_declined', 402, 'payment.declined'],
    ['tok_insufficient_funds', 402, 'payment.declined'],
    ['tok_error', 503, 'payment.unavailable'],
  ])('%s: nothing is charged, the stock is back and the cart usable', async (token, status, code) => {
    const { variantId } = await makeVariant(shop, { stock: 2 });
    const cart = await makeCart(shop.guest, [{ variantId, quantity: 2 }]);
    const failed = await shop.guest.post<ProblemJson>('/v1/orders', orderBody(cart.id, token));
    expect(failed.status).toBe(status);
    expect(failed.json.code).toBe(code);
    if (status === 503) expect(failed.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(await stockOf(admin, variantId)).toMatchObject({ onHand: 2, reserved: 0 });
    await shop.guest.post<OrderJson>('/v1/orders', orderBody(cart.id), { expect: 201 });
    expect(await stockOf(admin, variantId)).toMatchObject({ onHand: 0, reserved: 0 });
  });

  it('tok_timeout_charged ends paid, without a second charge and without help', async () => {
    const { variantId } = await makeVariant(shop, { stock: 2 });
    const cart = await makeCart(shop.guest, [{ variantId, quantity: 1 }]);
    const { json: order } = await shop.guest.post<OrderJson>('/v1/orders', orderBody(cart.id, 'tok_timeout_charged'), {
      expect: 201,
    });
    expect(order.status).toBe('pending_payment');
    expect(await stockOf(admin, variantId)).toMatchObject({ onHand: 2, reserved: 1 });
    await eventually(
      async () => (await admin.get<OrderJson>(`/v1/orders/${order.id}`)).json.status,
      (status) => status === 'paid',
    );
    expect(await stockOf(admin, variantId)).toMatchObject({ onHand: 1, reserved: 0 });
    const charges = await withDatabase(shop, (client) =>
      client.query(
        `select count(*)::int as n from test_provider_charge c join payment_attempt p on p.id::text = c.key where p.order_id = $1`,
        [order.id],
      ),
    );
    expect(charges.rows).toEqual([{ n: 1 }]);
  });

  it('tok_timeout_not_charged ends failed, with the stock back and the cart usable', async () => {
    const { variantId } = await makeVariant(shop, { stock: 2 });
    const cart = await makeCart(shop.guest, [{ variantId, quantity: 2 }]);
    const { json: order } = await shop.guest.post<OrderJson>(
      '/v1/orders',
      orderBody(cart.id, 'tok_timeout_not_charged'),
      { expect: 201 },
    );
    await eventually(
      async () => (await admin.get<OrderJson>(`/v1/orders/${order.id}`)).json.status,
      (status) => status === 'payment_failed',
    );
    expect(await stockOf(admin, variantId)).toMatchObject({ onHand: 2, reserved: 0 });
    expect((await shop.guest.get<CartJson>(`/v1/carts/${cart.id}`)).json.status).toBe('active');
  });

  it('tok_requires_action waits for the step, holds the stock, and is paid after it', async () => {
    const { variantId } = await makeVariant(shop, { stock: 2 });
    const cart = await makeCart(shop.guest, [{ variantId, quantity: 2 }]);
    const { json: order } = await shop.guest.post<OrderJson>('/v1/orders', orderBody(cart.id, 'tok_requires_action'), {
      expect: 201,
    });
    expect(order).toMatchObject({ status: 'pending_payment', nextAction: { type: 'redirect' } });
    expect(await stockOf(admin, variantId)).toMatchObject({ onHand: 2, reserved: 2, available: 0 });
    const path = new URL(order.nextAction?.url ?? '', shop.base).pathname;
    const done = await shop.guest.post(`${path}/complete`, { outcome: 'approved' });
    expect(done.status).toBeLessThan(300);
    await eventually(
      async () => (await admin.get<OrderJson>(`/v1/orders/${order.id}`)).json.status,
      (status) => status === 'paid',
    );
  });

  it('refuses an empty cart, a changed total, an unknown method and provider', async () => {
    const { variantId } = await makeVariant(shop, { price: 700 });
    const empty = await makeCart(shop.guest, []);
    expect((await shop.guest.post<ProblemJson>('/v1/orders', orderBody(empty.id))).json.code).toBe('cart.empty');
    const cart = await makeCart(shop.guest, [{ variantId, quantity: 1 }]);
    const changed = await shop.guest.post<ProblemJson>(
      '/v1/orders',
      orderBody(cart.id, 'tok_approved', { expectedTotal: { amount: 1, currency: 'GBP' } }),
    );
    expect(changed).toMatchObject({ status: 409, json: { code: 'order.total_changed' } });
    expect(
      (
        await shop.guest.post<ProblemJson>(
          '/v1/orders',
          orderBody(cart.id, 'tok_approved', { shippingMethod: 'pigeon' }),
        )
      ).status,
    ).toBe(422);
    const unknown = await shop.guest.post<ProblemJson>(
      '/v1/orders',
      orderBody(cart.id, 'x', { payment: { provider: 'nobody', token: 'x' } }),
    );
    expect(unknown).toMatchObject({ status: 422, json: { code: 'payment.provider_unknown' } });
    expect(
      (await shop.guest.post<ProblemJson>('/v1/orders', orderBody(cart.id, 'tok_approved', { total: 1 }))).status,
    ).toBe(422);
  });

  it('answers 409 with the order for a cart that was ordered', async () => {
    const { variantId } = await makeVariant(shop);
    const cart = await makeCart(shop.guest, [{ variantId, quantity: 1 }]);
    const { json: order } = await shop.guest.post<OrderJson>('/v1/orders', orderBody(cart.id), { expect: 201 });
    const again = await shop.guest.post<ProblemJson>('/v1/orders', orderBody(cart.id));
    expect(again).toMatchObject({ status: 409, json: { code: 'cart.already_ordered', orderId: order.id } });
    expect((await shop.guest.post<ProblemJson>(`/v1/carts/${cart.id}/items`, { variantId, quantity: 1 })).status).toBe(
      409,
    );
  });

  it('sells beyond the stock only where back-orders are allowed, and anything where stock is not counted', async () => {
    const later = await makeVariant(shop, { stock: 1, backorder: true });
    const always = await makeVariant(shop, { stock: 0, tracked: false });
    const cart = await makeCart(shop.guest, [
      { variantId: later.variantId, quantity: 3 },
      { variantId: always.variantId, quantity: 7 },
    ]);
    const { json: order } = await shop.guest.post<OrderJson>('/v1/orders', orderBody(cart.id), { expect: 201 });
    expect(await stockOf(admin, later.variantId)).toMatchObject({
      onHand: 0,
      reserved: 0,
      backordered: 2,
      available: 0,
    });
    await shop.guest.post(
      `/v1/orders/${order.id}/cancel`,
      {},
      { headers: { 'order-token': order.accessToken ?? '' }, expect: 200 },
    );
    expect(await stockOf(admin, later.variantId)).toMatchObject({ onHand: 1, backordered: 0 });
  });
});

describe('Idempotency-Key', () => {
  it('answers the same order to the same key and body, quoted or bare', async () => {
    const { variantId } = await makeVariant(shop);
    const cart = await makeCart(shop.guest, [{ variantId, quantity: 1 }]);
    const first = await shop.guest.post<OrderJson>('/v1/orders', orderBody(cart.id), {
      headers: { 'idempotency-key': '"key-1"' },
      expect: 201,
    });
    const again = await shop.guest.post<OrderJson>('/v1/orders', orderBody(cart.id), {
      headers: { 'idempotency-key': 'key-1' },
      expect: 201,
    });
    expect(again.text).toBe(first.text);
    const other = await shop.guest.post<ProblemJson>('/v1/orders', orderBody(cart.id, 'tok_declined'), {
      headers: { 'idempotency-key': 'key-1' },
    });
    expect(other).toMatchObject({ status: 422, json: { code: 'idempotency.key_reused' } });
  });

  it('keeps a declined payment and a shortage, and lets a failed provider be asked again', async () => {
    const { variantId } = await makeVariant(shop, { stock: 1 });
    const cart = await makeCart(shop.guest, [{ variantId, quantity: 1 }]);
    const headers = { 'idempotency-key': 'declined' };
    expect((await shop.guest.post('/v1/orders', orderBody(cart.id, 'tok_declined'), { headers })).status).toBe(402);
    expect(
      (await shop.guest.post<ProblemJson>('/v1/orders', orderBody(cart.id, 'tok_declined'), { headers })).json,
    ).toMatchObject({ code: 'payment.declined', declineCode: 'card_declined' });
    const short = await makeCart(shop.guest, [{ variantId, quantity: 2 }]);
    const again = { 'idempotency-key': 'short' };
    expect((await shop.guest.post('/v1/orders', orderBody(short.id), { headers: again })).status).toBe(409);
    await admin.post(`/v1/inventory/${variantId}/adjustments`, { delta: 10, reason: 'Delivery' }, { expect: 201 });
    expect(
      (await shop.guest.post<ProblemJson>('/v1/orders', orderBody(short.id), { headers: again })).json,
    ).toMatchObject({ code: 'inventory.insufficient_stock', items: [{ available: 1 }] });
    const error = { 'idempotency-key': 'error' };
    expect((await shop.guest.post('/v1/orders', orderBody(cart.id, 'tok_error'), { headers: error })).status).toBe(503);
    expect((await shop.guest.post('/v1/orders', orderBody(cart.id, 'tok_error'), { headers: error })).status).toBe(503);
  });

  it("is a guest's own: another cart may use the same key", async () => {
    const { variantId } = await makeVariant(shop);
    const carts = [
      await makeCart(shop.guest, [{ variantId, quantity: 1 }]),
      await makeCart(shop.guest, [{ variantId, quantity: 1 }]),
    ];
    const orders = [];
    for (const cart of carts)
      orders.push(
        (
          await shop.guest.post<OrderJson>('/v1/orders', orderBody(cart.id), {
            headers: { 'idempotency-key': 'same' },
            expect: 201,
          })
        ).json.id,
      );
    expect(new Set(orders).size).toBe(2);
  });
});

describe('many at once', () => {
  // A crowd waits for connections longer than the impatient provider of the tests above would.
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

  it('sells the last units once: 120 buyers, 20 units, 20 orders', async () => {
    const { variantId } = await makeVariant(shop, { stock: 20 });
    const carts = await Promise.all(
      Array.from({ length: 120 }, () => makeCart(shop.guest, [{ variantId, quantity: 1 }])),
    );
    const answers = await Promise.all(
      carts.map((cart) => shop.guest.post<ProblemJson>('/v1/orders', orderBody(cart.id))),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(20);
    expect(
      answers.filter(({ status, json }) => status === 409 && json.code === 'inventory.insufficient_stock'),
    ).toHaveLength(100);
    expect(await stockOf(admin, variantId)).toMatchObject({ onHand: 0, reserved: 0, available: 0 });
  });

  it('makes one order of ten submits of one cart', async () => {
    const { variantId } = await makeVariant(shop, { stock: 100 });
    const cart = await makeCart(shop.guest, [{ variantId, quantity: 1 }]);
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => shop.guest.post<ProblemJson>('/v1/orders', orderBody(cart.id))),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status, json }) => status === 409 && json.code === 'cart.already_ordered')).toHaveLength(
      9,
    );
    expect(await stockOf(admin, variantId)).toMatchObject({ onHand: 99 });
  });

  it('makes one order of ten submits with one key, and answers alike', async () => {
    const { variantId } = await makeVariant(shop, { stock: 100 });
    const cart = await makeCart(shop.guest, [{ variantId, quantity: 1 }]);
    const submit = () =>
      shop.guest.post<ProblemJson>('/v1/orders', orderBody(cart.id), { headers: { 'idempotency-key': 'ten' } });
    const answers = await Promise.all(Array.from({ length: 10 }, submit));
    const placed = answers.filter(({ status }) => status === 201);
    expect(placed.length).toBeGreaterThan(0);
    expect(new Set(placed.map(({ text }) => text)).size).toBe(1);
    for (const { status, json } of answers)
      if (status !== 201) expect({ status, code: json.code }).toEqual({ status: 409, code: 'idempotency.in_progress' });
    expect((await submit()).text).toBe(placed[0]?.text);
  });
});
