import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ApiClient } from '../support/api-client.js';
import { mailsAbout, place, tokenOf, type SentOrder } from '../support/after-sales.js';
import { breaches, eventually, makeVariant, stockOf, withDatabase } from '../support/shop-fixture.js';
import { asAdmin, asCustomer, startTestApp, type TestApp } from '../support/test-app.js';

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

interface ProblemJson {
  readonly code: string;
  readonly [member: string]: unknown;
}

type Result = SentOrder & ProblemJson;

/** An order of one line whose units have all been sent. */
async function sentOrder(quantity: number, price = 1000, client = shop.guest) {
  const variant = await makeVariant(shop, { stock: 20, price });
  const order = await place(shop, [{ ...variant, quantity }], { client });
  await admin.post(`/v1/orders/${order.id}/fulfilments`, {}, { expect: 201 });
  return { order, variantId: variant.variantId, itemId: order.items[0]?.id ?? '' };
}

const step = (order: { id: string }, returnId: string | undefined, name: string, body: object = {}, headers = {}) =>
  admin.post<Result>(`/v1/orders/${order.id}/returns/${returnId}/${name}`, body, { headers });

async function approved(order: SentOrder, itemId: string, quantity: number): Promise<string> {
  const { json } = await admin.post<SentOrder>(
    `/v1/orders/${order.id}/returns`,
    { items: [{ itemId, quantity }] },
    { expect: 201 },
  );
  const id = json.returns.at(-1)?.id ?? '';
  expect((await step(order, id, 'approve')).status).toBe(200);
  return id;
}

describe('a return', () => {
  it('is asked for by the customer, decided by staff, and received, each with its mail', async () => {
    const { order, variantId, itemId } = await sentOrder(3);
    const asked = await shop.guest.post<SentOrder>(
      `/v1/orders/${order.id}/returns`,
      { items: [{ itemId, quantity: 2, reason: 'Too small' }], note: 'Never worn' },
      { headers: tokenOf(order), expect: 201 },
    );
    expect(asked.json.returns).toMatchObject([
      { status: 'requested', note: 'Never worn', items: [{ itemId, quantity: 2, reason: 'Too small', received: 0 }] },
    ]);
    const id = asked.json.returns[0]?.id;
    const yes = await step(order, id, 'approve', { answer: 'Use the <label>' });
    expect(yes).toMatchObject({ status: 200, json: { returns: [{ status: 'approved', answer: 'Use the <label>' }] } });
    const got = await step(order, id, 'receive', { refund: true });
    expect(got).toMatchObject({
      status: 200,
      json: {
        fulfilmentStatus: 'fulfilled',
        paymentStatus: 'partially_refunded',
        refundedTotal: { amount: 2000 },
        items: [{ returnedQuantity: 2, restockedQuantity: 2, refundedQuantity: 2, cancelledQuantity: 0 }],
        returns: [{ status: 'received', items: [{ received: 2, restocked: 2 }] }],
      },
    });
    expect(got.json.returns[0]?.refundId).toBe(got.json.refunds[0]?.id);
    expect(await stockOf(admin, variantId)).toMatchObject({ onHand: 19 });
    const mails = await eventually(
      () => mailsAbout(shop, order.number),
      (found) => found.length === 6,
    );
    expect(
      mails.map(({ subject }) => subject.replace(order.number, 'N').replace(/ at .*?(?= is|$)/, '')).sort(),
    ).toEqual([
      'Refund for your order N',
      'We have received your return for order N',
      'We have your return request for order N',
      'Your order N',
      'Your order N is on its way',
      'Your return for order N is approved',
    ]);
    expect(mails.find(({ subject }) => subject.includes('approved'))?.html).toContain('Use the &lt;label&gt;');
  });

  it('may be rejected, with the answer, and its units asked for again', async () => {
    const { order, itemId } = await sentOrder(1);
    const ask = () =>
      shop.guest.post<Result>(
        `/v1/orders/${order.id}/returns`,
        { items: [{ itemId, quantity: 1 }] },
        { headers: tokenOf(order) },
      );
    const first = await ask();
    expect(await ask()).toMatchObject({ status: 409, json: { code: 'orders.return_quantity', itemId, left: 0 } });
    const no = await step(order, first.json.returns[0]?.id, 'reject', { answer: 'After three years?' });
    expect(no.json.returns[0]).toMatchObject({ status: 'rejected', answer: 'After three years?' });
    expect((await ask()).status).toBe(201);
    await eventually(
      async () => (await mailsAbout(shop, order.number)).filter(({ text }) => text.includes('After three years?')),
      (found) => found.length === 1,
    );
  });

  it('goes its ways only', async () => {
    const { order, itemId } = await sentOrder(2);
    const { json } = await admin.post<SentOrder>(
      `/v1/orders/${order.id}/returns`,
      { items: [{ itemId, quantity: 1 }] },
      { expect: 201 },
    );
    const id = json.returns[0]?.id;
    const state = (status: string) => ({ status: 409, json: { code: 'orders.return_state', returnStatus: status } });
    expect(await step(order, id, 'receive')).toMatchObject(state('requested'));
    expect((await step(order, id, 'approve')).status).toBe(200);
    expect(await step(order, id, 'approve')).toMatchObject(state('approved'));
    expect(await step(order, id, 'reject')).toMatchObject(state('approved'));
    const path = `/v1/orders/${order.id}/returns/${id}/cancel`;
    const cancelled = await shop.guest.post<SentOrder>(path, undefined, { headers: tokenOf(order), expect: 200 });
    expect(cancelled.json.returns[0]?.status).toBe('cancelled');
    expect(await step(order, id, 'receive')).toMatchObject(state('cancelled'));
    expect((await step(order, order.id, 'approve')).status).toBe(404);
    expect((await step(order, 'x', 'receive')).status).toBe(404);
  });

  it('can come in part, with or without restock, and ends in a returned order when all has come', async () => {
    const { order, variantId, itemId } = await sentOrder(4);
    const first = await approved(order, itemId, 3);
    expect(await step(order, first, 'receive', { items: [{ itemId, quantity: 4 }] })).toMatchObject({
      status: 409,
      json: { code: 'orders.return_quantity', itemId, left: 3 },
    });
    const part = await step(order, first, 'receive', { items: [{ itemId, quantity: 2, restock: false }] });
    expect(part.json.returns[0]?.items[0]).toMatchObject({ quantity: 3, received: 2, restocked: 0 });
    expect(part.json.items[0]).toMatchObject({ returnedQuantity: 2, restockedQuantity: 0, refundedQuantity: 0 });
    expect(await stockOf(admin, variantId)).toMatchObject({ onHand: 16 });
    const second = await approved(order, itemId, 2);
    const rest = await step(order, second, 'receive', { items: [{ itemId, quantity: 2 }] });
    expect(rest.json).toMatchObject({ fulfilmentStatus: 'returned', items: [{ returnedQuantity: 4 }] });
    expect(await stockOf(admin, variantId)).toMatchObject({ onHand: 18 });
    // Their money was not asked for when they came; it can be given later, and takes no unit twice.
    const later = await admin.post<SentOrder>(
      `/v1/orders/${order.id}/refunds`,
      { items: [{ itemId, quantity: 4, restock: true }] },
      { expect: 201 },
    );
    expect(later.json.items[0]).toMatchObject({ refundedQuantity: 4, cancelledQuantity: 0, restockedQuantity: 2 });
    expect(await stockOf(admin, variantId)).toMatchObject({ onHand: 18 });
  });

  it('of units that wait to be sent is refused', async () => {
    const variant = await makeVariant(shop);
    const order = await place(shop, [{ ...variant, quantity: 2 }]);
    const itemId = order.items[0]?.id;
    const ask = () => admin.post<Result>(`/v1/orders/${order.id}/returns`, { items: [{ itemId, quantity: 2 }] });
    expect(await ask()).toMatchObject({ status: 409, json: { code: 'orders.return_quantity', left: 0 } });
    await admin.post(`/v1/orders/${order.id}/fulfilments`, { items: [{ itemId, quantity: 1 }] }, { expect: 201 });
    expect(await ask()).toMatchObject({ status: 409, json: { left: 1 } });
  });

  it('keeps the units apart that came back and those that wait, whatever is refunded', async () => {
    const variant = await makeVariant(shop, { stock: 10, price: 500 });
    const order = await place(shop, [{ ...variant, quantity: 3 }]);
    const itemId = order.items[0]?.id ?? '';
    await admin.post(`/v1/orders/${order.id}/fulfilments`, { items: [{ itemId, quantity: 1 }] }, { expect: 201 });
    const id = await approved(order, itemId, 1);
    const got = await step(order, id, 'receive', { refund: true });
    expect(got.json.items[0]).toMatchObject({ refundedQuantity: 1, cancelledQuantity: 0, returnedQuantity: 1 });
    const rest = await admin.post<SentOrder>(`/v1/orders/${order.id}/fulfilments`, {}, { expect: 201 });
    expect(rest.json.items[0]?.fulfilledQuantity).toBe(3);
    expect(await stockOf(admin, variant.variantId)).toMatchObject({ onHand: 8 });
  });
});

describe('the money of a return', () => {
  it('never exceeds what is left of the payment: then the whole is refused', async () => {
    const { order, variantId, itemId } = await sentOrder(2);
    await admin.post(
      `/v1/orders/${order.id}/refunds`,
      { amount: { amount: order.total.amount - 500, currency: 'GBP' } },
      { expect: 201 },
    );
    const id = await approved(order, itemId, 1);
    const refused = await step(order, id, 'receive', { refund: true });
    expect(refused).toMatchObject({
      status: 409,
      json: { code: 'orders.refund_exceeds_captured', refundable: { amount: 500, currency: 'GBP' } },
    });
    const { json } = await admin.get<SentOrder>(`/v1/orders/${order.id}`);
    expect(json.returns[0]?.status).toBe('approved');
    expect(json.items[0]?.returnedQuantity).toBe(0);
    expect(await stockOf(admin, variantId)).toMatchObject({ onHand: 18 });
    expect((await step(order, id, 'receive')).status).toBe(200);
    expect(await stockOf(admin, variantId)).toMatchObject({ onHand: 19 });
  });

  it('goes back once, ten at once, and once for one key', async () => {
    const { order, variantId, itemId } = await sentOrder(2);
    const first = await approved(order, itemId, 1);
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => step(order, first, 'receive', { refund: true })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 9 }, () => 409)]);
    const second = await approved(order, itemId, 1);
    const key = { 'idempotency-key': 'receive-1' };
    const once = await step(order, second, 'receive', { refund: true }, key);
    expect(once.status).toBe(200);
    expect((await step(order, second, 'receive', { refund: true }, key)).text).toBe(once.text);
    expect((await step(order, second, 'receive', { refund: false }, key)).json.code).toBe('idempotency.key_reused');
    expect(once.json).toMatchObject({ refundedTotal: { amount: 2000 }, fulfilmentStatus: 'returned' });
    expect(once.json.refunds).toHaveLength(2);
    expect(await stockOf(admin, variantId)).toMatchObject({ onHand: 20 });
  });

  it('that the provider refuses leaves the goods received and the refund failed', async () => {
    const { order, variantId, itemId } = await sentOrder(1);
    const id = await approved(order, itemId, 1);
    const drain = (refunded: string) =>
      withDatabase(shop, (client) =>
        client.query(
          `update test_provider_charge set refunded = ${refunded} where key = (select id::text from payment_attempt where order_id = $1)`,
          [order.id],
        ),
      );
    await drain('amount');
    const got = await step(order, id, 'receive', { refund: true });
    expect(got).toMatchObject({
      status: 200,
      json: { refundedTotal: { amount: 0 }, returns: [{ status: 'received' }], refunds: [{ status: 'failed' }] },
    });
    expect(got.json.items[0]).toMatchObject({ returnedQuantity: 1, refundedQuantity: 0 });
    expect(await stockOf(admin, variantId)).toMatchObject({ onHand: 20 });
    await drain('0');
    const later = await admin.post<SentOrder>(
      `/v1/orders/${order.id}/refunds`,
      { items: [{ itemId, quantity: 1 }] },
      { expect: 201 },
    );
    expect(later.json).toMatchObject({ refundedTotal: { amount: 1000 } });
  });

  it('takes the permission to refund', async () => {
    const { order, itemId } = await sentOrder(1);
    const id = await approved(order, itemId, 1);
    await admin.post('/v1/roles', { name: 'packers', permissions: ['orders:read', 'orders:write'] }, { expect: 201 });
    const packer = await asCustomer(shop);
    await admin.patch(`/v1/users/${packer.id}`, { roles: ['customer', 'packers'] }, { expect: 200 });
    const { json } = await shop.guest.post<{ accessToken: string }>(
      '/v1/auth/login',
      { email: packer.email, password: packer.password },
      { expect: 200 },
    );
    const client = shop.guest.as(json.accessToken);
    const path = `/v1/orders/${order.id}/returns/${id}/receive`;
    expect((await client.post<ProblemJson>(path, { refund: true })).json.code).toBe('auth.permission_missing');
    expect((await client.post(path, {})).status).toBe(200);
  });
});

describe('access', () => {
  it('is for the owner, the holder of the token and staff; others find nothing', async () => {
    const owner = await asCustomer(shop);
    const stranger = await asCustomer(shop);
    const { order, itemId } = await sentOrder(2, 1000, owner.client);
    const path = `/v1/orders/${order.id}/returns`;
    const body = { items: [{ itemId, quantity: 1 }] };
    expect((await stranger.client.post(path, body)).status).toBe(404);
    expect((await shop.guest.post(path, body)).status).toBe(404);
    expect((await shop.guest.post(path, body, { headers: { 'order-token': 'ot1_x' } })).status).toBe(404);
    const { json } = await owner.client.post<SentOrder>(path, body, { expect: 201 });
    const id = json.returns[0]?.id;
    expect((await stranger.client.post(`${path}/${id}/cancel`)).status).toBe(404);
    expect((await owner.client.post(`${path}/${id}/approve`, {})).status).toBe(403);
    expect((await owner.client.post(`${path}/${id}/receive`, {})).status).toBe(403);
    expect((await shop.guest.post(`${path}/${id}/reject`, {})).status).toBe(401);
    expect((await owner.client.post(`${path}/${id}/cancel`)).status).toBe(200);
    const other = await sentOrder(1);
    expect((await owner.client.post(`/v1/orders/${other.order.id}/returns/${id}/cancel`)).status).toBe(404);
    expect((await step(other.order, id, 'approve')).status).toBe(404);
  });

  it('gives a kept answer to nobody else', async () => {
    const { order, itemId } = await sentOrder(1);
    const path = `/v1/orders/${order.id}/returns`;
    const body = { items: [{ itemId, quantity: 1 }] };
    const key = { 'idempotency-key': 'ask-1' };
    const first = await shop.guest.post(path, body, { headers: { ...tokenOf(order), ...key }, expect: 201 });
    expect((await shop.guest.post(path, body, { headers: { ...tokenOf(order), ...key } })).text).toBe(first.text);
    expect((await shop.guest.post(path, body, { headers: key })).status).toBe(404);
  });

  it('ends when an order has had too many returns', async () => {
    const { order, itemId } = await sentOrder(1);
    const path = `/v1/orders/${order.id}/returns`;
    const ask = () => admin.post<Result>(path, { items: [{ itemId, quantity: 1 }] });
    for (let i = 0; i < 50; i++) {
      const { json } = await ask();
      await step(order, json.returns.at(-1)?.id, 'cancel');
    }
    expect(await ask()).toMatchObject({ status: 409, json: { code: 'orders.too_many_returns' } });
  });

  it.each([
    [{}],
    [{ items: [] }],
    [{ items: [{ itemId: 'z', quantity: 1 }] }],
    [{ items: [{ itemId: 'z', quantity: 0 }] }],
    [{ items: [{ itemId: 'z', quantity: 1, reason: 'x'.repeat(501) }] }],
    [{ items: [{ itemId: 'z', quantity: 1 }], note: 7 }],
  ])('%j is refused', async (body) => {
    const { order } = await sentOrder(1);
    expect((await admin.post(`/v1/orders/${order.id}/returns`, body)).status).toBe(422);
  });
});

describe('for random sequences', () => {
  it('the money that goes back stays within what was captured, and every unit in one place', async () => {
    const moves = fc.array(
      fc.record({
        what: fc.constantFrom(
          'send',
          'ask',
          'approve',
          'receive',
          'receiveAndRefund',
          'refund',
          'refundAmount',
          'cancel',
        ),
        quantity: fc.integer({ min: 1, max: 3 }),
        restock: fc.boolean(),
      }),
      { minLength: 5, maxLength: 14 },
    );
    await fc.assert(
      fc.asyncProperty(moves, async (all) => {
        const variant = await makeVariant(shop, { stock: 10, price: 333 });
        const order = await place(shop, [{ ...variant, quantity: 5 }]);
        const itemId = order.items[0]?.id ?? '';
        const path = `/v1/orders/${order.id}`;
        for (const { what, quantity, restock } of all) {
          const { json: now } = await admin.get<SentOrder>(path, { expect: 200 });
          const open = now.returns.find(({ status }) => status === (what === 'approve' ? 'requested' : 'approved'))?.id;
          const items = [{ itemId, quantity }];
          const answer = await {
            send: () => admin.post(`${path}/fulfilments`, { items }),
            ask: () => admin.post(`${path}/returns`, { items }),
            approve: () => step(order, open ?? order.id, 'approve'),
            receive: () => step(order, open ?? order.id, 'receive', { items: [{ itemId, quantity, restock }] }),
            receiveAndRefund: () =>
              step(order, open ?? order.id, 'receive', { items: [{ itemId, quantity, restock }], refund: true }),
            refund: () => admin.post(`${path}/refunds`, { items: [{ itemId, quantity, restock }] }),
            refundAmount: () => admin.post(`${path}/refunds`, { amount: { amount: quantity * 100, currency: 'GBP' } }),
            cancel: () => admin.post(`${path}/cancel`, {}),
          }[what]();
          expect([200, 201, 404, 409]).toContain(answer.status);
        }
        const { json } = await admin.get<SentOrder>(path, { expect: 200 });
        const line = json.items[0];
        if (!line) throw new Error('The line is gone');
        expect(json.refundedTotal.amount).toBeLessThanOrEqual(order.total.amount);
        expect(line.fulfilledQuantity + line.cancelledQuantity).toBeLessThanOrEqual(5);
        expect(line.returnedQuantity).toBeLessThanOrEqual(line.fulfilledQuantity);
        expect(line.refundedQuantity - line.cancelledQuantity).toBeLessThanOrEqual(line.fulfilledQuantity);
        expect((await stockOf(admin, variant.variantId)).onHand).toBe(5 + line.restockedQuantity);
        const sentIn = json.fulfilments.flatMap(({ items }) => items).reduce((sum, one) => sum + one.quantity, 0);
        expect(sentIn).toBe(line.fulfilledQuantity);
      }),
      { numRuns: 15 },
    );
  });
});
