import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiClient } from '../support/api-client.js';
import {
  breaches,
  eventually,
  makeCart,
  makeVariant,
  orderBody,
  stockOf,
  type CartJson,
  type OrderJson,
} from '../support/shop-fixture.js';
import { asAdmin, asCustomer, startTestApp, type TestApp } from '../support/test-app.js';

let shop: TestApp;
let admin: ApiClient;

beforeAll(async () => {
  shop = await startTestApp({ STOREFRONT_URL: 'https://shop.example.com', PAYMENT_ACTION_MINUTES: '1' });
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

async function place(items: { variantId: string; quantity: number }[], token?: string): Promise<OrderJson> {
  const cart = await makeCart(shop.guest, items);
  return (await shop.guest.post<OrderJson>('/v1/orders', orderBody(cart.id, token), { expect: 201 })).json;
}

const tokenOf = (order: OrderJson) => ({ 'order-token': order.accessToken ?? '' });

function mailsAbout(number: string): string[] {
  try {
    const folder = join(shop.dataDir, 'mail');
    return readdirSync(folder)
      .filter((name) => name.endsWith('.eml'))
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .filter((text) => text.includes(number));
  } catch {
    return [];
  }
}

describe('the confirmation', () => {
  it('goes out once for a paid order, with its lines, and with a link for guests', async () => {
    const { variantId } = await makeVariant(shop, { price: 1999 });
    const order = await place([{ variantId, quantity: 2 }]);
    const mails = await eventually(
      async () => mailsAbout(order.number),
      (found) => found.length > 0,
    );
    expect(mails).toHaveLength(1);
    expect(mails[0]).toContain('39.98');
    expect(mails[0]?.replaceAll(/=\r?\n/g, '')).toContain(`https://shop.example.com/orders/${order.id}#token`);
  });

  it('is not sent for an order that was not paid', async () => {
    const { variantId } = await makeVariant(shop);
    const cart = await makeCart(shop.guest, [{ variantId, quantity: 1 }]);
    await shop.guest.post('/v1/orders', orderBody(cart.id, 'tok_declined', { email: 'declined@example.com' }));
    const paid = await place([{ variantId, quantity: 1 }]);
    await eventually(
      async () => mailsAbout(paid.number),
      (found) => found.length === 1,
    );
    expect(mailsAbout('declined@example.com')).toHaveLength(0);
  });
});

describe('cancelling', () => {
  it('gives stock and money back, once', async () => {
    const { variantId } = await makeVariant(shop, { stock: 4, price: 800 });
    const order = await place([{ variantId, quantity: 3 }]);
    expect((await shop.guest.post(`/v1/orders/${order.id}/cancel`, {})).status).toBe(404);
    const { json } = await shop.guest.post<OrderJson>(
      `/v1/orders/${order.id}/cancel`,
      { reason: 'Changed my mind' },
      { headers: tokenOf(order), expect: 200 },
    );
    expect(json).toMatchObject({
      status: 'cancelled',
      paymentStatus: 'refunded',
      refundedTotal: order.total,
      cancelReason: 'Changed my mind',
    });
    expect(await stockOf(admin, variantId)).toMatchObject({ onHand: 4, reserved: 0 });
    const again = await shop.guest.post<ProblemJson>(`/v1/orders/${order.id}/cancel`, {}, { headers: tokenOf(order) });
    expect(again).toMatchObject({ status: 409, json: { code: 'orders.not_cancellable' } });
    expect(
      (await admin.post<ProblemJson>(`/v1/orders/${order.id}/refunds`, { amount: { amount: 1, currency: 'GBP' } }))
        .status,
    ).toBe(409);
    await eventually(
      async () => mailsAbout(order.number).length,
      (n) => n === 2,
    );
  });

  it('answers alike to the same key', async () => {
    const { variantId } = await makeVariant(shop);
    const order = await place([{ variantId, quantity: 1 }]);
    const cancel = () =>
      shop.guest.post<OrderJson>(
        `/v1/orders/${order.id}/cancel`,
        {},
        { headers: { ...tokenOf(order), 'idempotency-key': 'c1' } },
      );
    const first = await cancel();
    expect((await cancel()).text).toBe(first.text);
    expect(first.status).toBe(200);
  });

  it('ten at once: one cancels, the stock comes back once', async () => {
    const { variantId } = await makeVariant(shop, { stock: 5 });
    const order = await place([{ variantId, quantity: 2 }]);
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => admin.post(`/v1/orders/${order.id}/cancel`, {})),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 9 }, () => 409)]);
    expect(await stockOf(admin, variantId)).toMatchObject({ onHand: 5, reserved: 0 });
  });

  it('an order that waits for a step: stock back, payment void, cart usable, a late step charges nothing', async () => {
    const { variantId } = await makeVariant(shop, { stock: 2 });
    const cart = await makeCart(shop.guest, [{ variantId, quantity: 2 }]);
    const { json: order } = await shop.guest.post<OrderJson>('/v1/orders', orderBody(cart.id, 'tok_requires_action'), {
      expect: 201,
    });
    const { json: cancelled } = await shop.guest.post<OrderJson>(
      `/v1/orders/${order.id}/cancel`,
      {},
      { headers: tokenOf(order), expect: 200 },
    );
    expect(cancelled).toMatchObject({ status: 'cancelled', paymentStatus: 'voided' });
    expect(await stockOf(admin, variantId)).toMatchObject({ onHand: 2, reserved: 0 });
    const path = new URL(order.nextAction?.url ?? '', shop.base).pathname;
    expect((await shop.guest.post(`${path}/complete`, { outcome: 'approved' })).status).toBe(409);
    expect((await shop.guest.get<CartJson>(`/v1/carts/${cart.id}`)).json.status).toBe('active');
    await shop.guest.post<OrderJson>('/v1/orders', orderBody(cart.id), { expect: 201 });
  });

  it('gives back only what refunds have left', async () => {
    const { variantId } = await makeVariant(shop, { stock: 10, price: 500 });
    const order = await place([{ variantId, quantity: 4 }]);
    const itemId = order.items[0]?.id;
    await admin.post(
      `/v1/orders/${order.id}/refunds`,
      { items: [{ itemId, quantity: 1, restock: true }] },
      { expect: 201 },
    );
    const { json } = await admin.post<OrderJson>(`/v1/orders/${order.id}/cancel`, {}, { expect: 200 });
    expect(json.refundedTotal).toEqual(order.total);
    expect(json.refunds.map(({ amount }) => amount.amount)).toEqual([500, order.total.amount - 500]);
    expect(await stockOf(admin, variantId)).toMatchObject({ onHand: 10, reserved: 0 });
  });
});

describe('refunds', () => {
  it('by line, with and without restock, up to what was bought', async () => {
    const { variantId } = await makeVariant(shop, { stock: 10, price: 333 });
    const order = await place([{ variantId, quantity: 3 }]);
    const itemId = order.items[0]?.id;
    const refund = (quantity: number, restock?: boolean) =>
      admin.post<OrderJson>(`/v1/orders/${order.id}/refunds`, {
        items: [{ itemId, quantity, restock }],
        reason: 'Broken',
      });
    const first = await refund(1, true);
    expect(first.status).toBe(201);
    expect(first.json).toMatchObject({ paymentStatus: 'partially_refunded', refundedTotal: { amount: 333 } });
    expect(await stockOf(admin, variantId)).toMatchObject({ onHand: 8 });
    expect((await refund(3)).status).toBe(409);
    expect((await refund(2)).json.refundedTotal.amount).toBe(999);
    expect(await stockOf(admin, variantId)).toMatchObject({ onHand: 8 });
    expect((await refund(1)).status).toBe(409);
    const rest = order.total.amount - 999;
    const { json } = await admin.post<OrderJson>(
      `/v1/orders/${order.id}/refunds`,
      { amount: { amount: rest, currency: 'GBP' } },
      { expect: 201 },
    );
    expect(json).toMatchObject({ paymentStatus: 'refunded', status: 'paid', refundedTotal: order.total });
  });

  it('never beyond what was captured, ten at once', async () => {
    const { variantId } = await makeVariant(shop, { price: 1000 });
    const order = await place([{ variantId, quantity: 1 }]);
    const half = Math.ceil(order.total.amount / 2);
    const answers = await Promise.all(
      Array.from({ length: 10 }, () =>
        admin.post(`/v1/orders/${order.id}/refunds`, { amount: { amount: half, currency: 'GBP' } }),
      ),
    );
    const given = answers.filter(({ status }) => status === 201).length;
    expect(given * half).toBeLessThanOrEqual(order.total.amount);
    expect(given).toBeGreaterThan(0);
    expect(answers.every(({ status }) => status === 201 || status === 409)).toBe(true);
  });

  it('end the promise of back-ordered units, whether anything is put back or not', async () => {
    const { variantId } = await makeVariant(shop, { stock: 1, backorder: true });
    const order = await place([{ variantId, quantity: 3 }]);
    expect(await stockOf(admin, variantId)).toMatchObject({ onHand: 0, backordered: 2 });
    const refund = (quantity: number) =>
      admin.post<OrderJson>(
        `/v1/orders/${order.id}/refunds`,
        { items: [{ itemId: order.items[0]?.id, quantity, restock: false }] },
        { expect: 201 },
      );
    await refund(1);
    expect(await stockOf(admin, variantId)).toMatchObject({ onHand: 0, backordered: 1 });
    await refund(2);
    expect(await stockOf(admin, variantId)).toMatchObject({ onHand: 0, backordered: 0 });
    // Of the unit that had left the shelf, the cancellation finds out.
    await admin.post(`/v1/orders/${order.id}/cancel`, {}, { expect: 200 });
    expect(await stockOf(admin, variantId)).toMatchObject({ onHand: 1, reserved: 0, backordered: 0 });
  });

  it('are made once for one key', async () => {
    const { variantId } = await makeVariant(shop, { price: 1000 });
    const order = await place([{ variantId, quantity: 1 }]);
    const refund = (amount: number) =>
      admin.post<OrderJson & ProblemJson>(
        `/v1/orders/${order.id}/refunds`,
        { amount: { amount, currency: 'GBP' } },
        { headers: { 'idempotency-key': 'r1' } },
      );
    const first = await refund(100);
    expect((await refund(100)).text).toBe(first.text);
    expect((await refund(101)).json.code).toBe('idempotency.key_reused');
    expect((await admin.get<OrderJson>(`/v1/orders/${order.id}`)).json.refundedTotal.amount).toBe(100);
  });

  it.each([
    [{}, 422],
    [{ items: [] }, 422],
    [{ items: [{ itemId: 'nothing', quantity: 1 }] }, 422],
    [{ amount: { amount: 0, currency: 'GBP' } }, 422],
    [{ amount: { amount: 1, currency: 'EUR' } }, 422],
    [{ amount: { amount: 1, currency: 'GBP' }, items: [{ itemId: 'x', quantity: 1 }] }, 422],
    [{ amount: [] }, 422],
  ])('%j is refused', async (body, status) => {
    const { variantId } = await makeVariant(shop);
    const order = await place([{ variantId, quantity: 1 }]);
    expect((await admin.post(`/v1/orders/${order.id}/refunds`, body)).status).toBe(status);
  });
});

describe('If-Match', () => {
  it('refuses a change of an order that has changed since', async () => {
    const { variantId } = await makeVariant(shop);
    const order = await place([{ variantId, quantity: 1 }]);
    const read = await admin.get<OrderJson>(`/v1/orders/${order.id}`);
    const tag = read.headers.get('etag') ?? '';
    expect(tag).toMatch(/^"\d+-[\w-]+"$/);
    expect((await admin.get(`/v1/orders/${order.id}`, { headers: { 'if-none-match': tag } })).status).toBe(304);
    const refund = { amount: { amount: 1, currency: 'GBP' } };
    expect((await admin.post(`/v1/orders/${order.id}/refunds`, refund, { headers: { 'if-match': tag } })).status).toBe(
      201,
    );
    expect((await admin.post(`/v1/orders/${order.id}/refunds`, refund, { headers: { 'if-match': tag } })).status).toBe(
      412,
    );
  });
});

describe("a customer's order", () => {
  it('may be placed from a guest cart, and cancelled by its owner alone', async () => {
    const { variantId } = await makeVariant(shop);
    const cart = await makeCart(shop.guest, [{ variantId, quantity: 1 }]);
    const owner = await asCustomer(shop);
    const stranger = await asCustomer(shop);
    const { json: order } = await owner.client.post<OrderJson>('/v1/orders', orderBody(cart.id), { expect: 201 });
    expect(order.customerId).toBe(owner.id);
    expect((await stranger.client.post(`/v1/orders/${order.id}/cancel`, {})).status).toBe(404);
    expect(
      (await shop.guest.post(`/v1/orders/${order.id}/cancel`, {}, { headers: { 'order-token': 'v1_x' } })).status,
    ).toBe(404);
    expect((await owner.client.post(`/v1/orders/${order.id}/cancel`, {})).status).toBe(200);
  });
});
