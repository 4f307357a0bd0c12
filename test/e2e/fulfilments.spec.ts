import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ApiClient } from '../support/api-client.js';
import { mailsAbout, place, tokenOf, type SentOrder } from '../support/after-sales.js';
import { breaches, eventually, makeVariant, stockOf, withDatabase } from '../support/shop-fixture.js';
import { asAdmin, asCustomer, startTestApp, type TestApp } from '../support/test-app.js';

let shop: TestApp;
let admin: ApiClient;

beforeAll(async () => {
  shop = await startTestApp({ STOREFRONT_URL: 'https://shop.example.com' });
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

const send = (order: { id: string }, body: object = {}, headers: Record<string, string> = {}) =>
  admin.post<SentOrder & ProblemJson>(`/v1/orders/${order.id}/fulfilments`, body, { headers });

describe('sending', () => {
  it('goes in parcels until nothing is left, and leaves the stock as the sale did', async () => {
    const first = await makeVariant(shop, { stock: 10 });
    const second = await makeVariant(shop, { stock: 10 });
    const order = await place(shop, [
      { ...first, quantity: 3 },
      { ...second, quantity: 1 },
    ]);
    expect(order).toMatchObject({ fulfilments: [], returns: [], fulfilmentStatus: 'unfulfilled' });
    const [a, b] = order.items;
    const part = await send(order, {
      items: [{ itemId: a?.id, quantity: 2 }],
      carrier: 'Parcelforce',
      trackingNumber: 'PB1',
      trackingUrl: 'https://track.example.com/PB1',
    });
    expect(part).toMatchObject({ status: 201, json: { fulfilmentStatus: 'partial', version: order.version + 1 } });
    expect(part.json.fulfilments).toMatchObject([
      { position: 1, carrier: 'Parcelforce', trackingNumber: 'PB1', items: [{ itemId: a?.id, quantity: 2 }] },
    ]);
    expect(part.json.items.map(({ fulfilledQuantity }) => fulfilledQuantity)).toEqual([2, 0]);
    const rest = await send(order);
    expect(rest).toMatchObject({ status: 201, json: { fulfilmentStatus: 'fulfilled' } });
    expect(rest.json.fulfilments[1]?.items).toEqual(
      expect.arrayContaining([
        { itemId: a?.id, quantity: 1 },
        { itemId: b?.id, quantity: 1 },
      ]),
    );
    expect(await send(order)).toMatchObject({ status: 409, json: { code: 'orders.fulfil_quantity', left: 0 } });
    expect(await stockOf(admin, first.variantId)).toMatchObject({ onHand: 7, reserved: 0 });
    expect((await admin.post<ProblemJson>(`/v1/orders/${order.id}/cancel`, {})).json.code).toBe(
      'orders.not_cancellable',
    );
  });

  it('tells the customer of each parcel once, with its tracking, safely', async () => {
    const variant = await makeVariant(shop);
    const order = await place(shop, [{ ...variant, quantity: 2 }]);
    const itemId = order.items[0]?.id;
    await send(order, {
      items: [{ itemId, quantity: 1 }],
      carrier: '<b>Post</b>',
      trackingNumber: 'XY"1',
      trackingUrl: 'https://track.example.com/?n=1&m=2',
    });
    await send(order);
    const mails = await eventually(
      async () => (await mailsAbout(shop, order.number)).filter(({ subject }) => subject.includes('on its way')),
      (found) => found.length === 2,
    );
    const [part, whole] = [...mails].sort((a, b) => (a.text.includes('XY"1') ? -1 : b.text.includes('XY"1') ? 1 : 0));
    expect(part?.text).toContain('1 × Product');
    expect(part?.text).toContain('https://track.example.com/?n=1&m=2');
    expect(part?.text).toContain('The rest follows');
    expect(part?.html).toContain('&lt;b&gt;Post&lt;/b&gt;');
    expect(part?.html).not.toContain('<b>Post');
    expect(whole?.text).not.toContain('The rest follows');
    expect(part?.text).toContain(`https://shop.example.com/orders/${order.id}#token=`);
  });

  it('never sends more than was bought, whoever else sends at the same time', async () => {
    const variant = await makeVariant(shop, { stock: 10 });
    const order = await place(shop, [{ ...variant, quantity: 5 }]);
    const itemId = order.items[0]?.id;
    const tooMany = await send(order, { items: [{ itemId, quantity: 6 }] });
    expect(tooMany).toMatchObject({ status: 409, json: { code: 'orders.fulfil_quantity', itemId, left: 5 } });
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => send(order, { items: [{ itemId, quantity: 2 }] })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, ...Array.from({ length: 8 }, () => 409)]);
    const all = await Promise.all(Array.from({ length: 4 }, () => send(order)));
    expect(all.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
    const { json } = await admin.get<SentOrder>(`/v1/orders/${order.id}`);
    expect(json.items[0]).toMatchObject({ fulfilledQuantity: 5, cancelledQuantity: 0 });
    expect(json.fulfilments.map(({ position }) => position)).toEqual([1, 2, 3]);
  });

  it('happens once for one key, and not at all for an old version', async () => {
    const variant = await makeVariant(shop);
    const order = await place(shop, [{ ...variant, quantity: 2 }]);
    const body = { items: [{ itemId: order.items[0]?.id, quantity: 1 }] };
    const stale = await send(order, body, { 'if-match': `"${order.version - 1}"` });
    expect(stale.status).toBe(412);
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => send(order, body, { 'idempotency-key': 'parcel-1' })),
    );
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers[0]?.json.items[0]?.fulfilledQuantity).toBe(1);
    expect((await send(order, {}, { 'idempotency-key': 'parcel-1' })).json.code).toBe('idempotency.key_reused');
  });

  it('sends back-ordered units once they are there, and untracked ones always', async () => {
    const promised = await makeVariant(shop, { stock: 1, backorder: true });
    const untracked = await makeVariant(shop, { stock: 0, tracked: false });
    const order = await place(shop, [
      { ...promised, quantity: 3 },
      { ...untracked, quantity: 4 },
    ]);
    const refused = await send(order);
    expect(refused).toMatchObject({ status: 409, json: { code: 'inventory.insufficient_stock' } });
    expect(refused.json['items']).toMatchObject([{ variantId: promised.variantId, sku: promised.sku }]);
    expect((await send(order, { items: [{ itemId: order.items[1]?.id, quantity: 4 }] })).status).toBe(201);
    await admin.post(
      `/v1/inventory/${promised.variantId}/adjustments`,
      { delta: 2, reason: 'Delivery' },
      { expect: 201 },
    );
    expect(await send(order)).toMatchObject({ status: 201, json: { fulfilmentStatus: 'fulfilled' } });
    expect(await stockOf(admin, promised.variantId)).toMatchObject({ onHand: 0 });
  });

  it('takes paid orders only', async () => {
    const variant = await makeVariant(shop);
    const waiting = await place(shop, [{ ...variant, quantity: 1 }], { token: 'tok_requires_action' });
    expect(await send(waiting)).toMatchObject({
      status: 409,
      json: { code: 'orders.not_fulfillable', orderStatus: 'pending_payment', paymentStatus: 'pending' },
    });
    const paid = await place(shop, [{ ...variant, quantity: 1 }]);
    const { json: refunded } = await admin.post<SentOrder>(
      `/v1/orders/${paid.id}/refunds`,
      { amount: paid.total },
      { expect: 201 },
    );
    expect(refunded.paymentStatus).toBe('refunded');
    expect(await send(paid)).toMatchObject({ status: 409, json: { code: 'orders.not_fulfillable' } });
    const cancelled = await place(shop, [{ ...variant, quantity: 2 }]);
    const { json } = await admin.post<SentOrder>(`/v1/orders/${cancelled.id}/cancel`, {}, { expect: 200 });
    expect(json.items[0]).toMatchObject({ cancelledQuantity: 2, restockedQuantity: 2 });
    expect(await send(cancelled)).toMatchObject({ status: 409, json: { code: 'orders.not_fulfillable' } });
  });

  it.each([
    [{ items: [] }, 422],
    [{ items: [{ itemId: 'nothing', quantity: 1 }] }, 422],
    [{ items: [{ itemId: 'x', quantity: 0 }] }, 422],
    [{ items: [{ itemId: 'x', quantity: 1.5 }] }, 422],
    [{ items: 'all' }, 422],
    [{ locationId: 'nowhere' }, 422],
    [{ locationId: '01890000-0000-7000-8000-00000000ffff' }, 422],
    [{ trackingUrl: 'javascript:alert(1)' }, 422],
    [{ trackingUrl: 'ftp://example.com/x' }, 422],
    [{ carrier: 'x'.repeat(101) }, 422],
    [{ carrier: 7 }, 422],
    [{ surprise: true }, 422],
  ])('%j is refused', async (body, status) => {
    const variant = await makeVariant(shop);
    const order = await place(shop, [{ ...variant, quantity: 1 }]);
    expect((await send(order, body)).status).toBe(status);
    expect((await admin.get<SentOrder>(`/v1/orders/${order.id}`)).json.fulfilments).toEqual([]);
  });
});

describe('tracking', () => {
  it('can be added and taken back, and stays where it is not named', async () => {
    const variant = await makeVariant(shop);
    const order = await place(shop, [{ ...variant, quantity: 1 }]);
    const { json: sent } = await send(order, { carrier: 'Post' });
    const path = `/v1/orders/${order.id}/fulfilments/${sent.fulfilments[0]?.id}`;
    const first = await admin.patch<SentOrder>(path, { trackingNumber: ' N1 ' }, { expect: 200 });
    expect(first.json.fulfilments[0]).toMatchObject({ carrier: 'Post', trackingNumber: 'N1', trackingUrl: null });
    const same = await admin.patch<SentOrder>(path, { trackingNumber: 'N1' }, { expect: 200 });
    expect(same.json.version).toBe(first.json.version);
    const gone = await admin.patch<SentOrder>(path, { carrier: null }, { expect: 200 });
    expect(gone.json.fulfilments[0]).toMatchObject({ carrier: null, trackingNumber: 'N1' });
    expect((await admin.patch(path, {}, { headers: { 'if-match': '"1"' } })).status).toBe(412);
    expect((await admin.patch(`/v1/orders/${order.id}/fulfilments/${order.id}`, {})).status).toBe(404);
    expect((await admin.patch(`/v1/orders/${order.id}/fulfilments/x`, {})).status).toBe(404);
  });
});

describe('access', () => {
  it('is for staff alone', async () => {
    const variant = await makeVariant(shop);
    const owner = await asCustomer(shop);
    const order = await place(shop, [{ ...variant, quantity: 1 }], { client: owner.client });
    expect((await owner.client.post(`/v1/orders/${order.id}/fulfilments`, {})).status).toBe(403);
    const guests = await place(shop, [{ ...variant, quantity: 1 }]);
    const path = `/v1/orders/${guests.id}/fulfilments`;
    expect((await shop.guest.post(path, {}, { headers: tokenOf(guests) })).status).toBe(401);
    expect((await admin.post('/v1/orders/nothing/fulfilments', {})).status).toBe(404);
  });
});

describe('refunds of what was not sent', () => {
  it('give the units up, so that they are not sent', async () => {
    const variant = await makeVariant(shop, { stock: 10, price: 700 });
    const order = await place(shop, [{ ...variant, quantity: 3 }]);
    const itemId = order.items[0]?.id;
    await send(order, { items: [{ itemId, quantity: 1 }] });
    const { json } = await admin.post<SentOrder>(
      `/v1/orders/${order.id}/refunds`,
      { items: [{ itemId, quantity: 1, restock: true }] },
      { expect: 201 },
    );
    expect(json.items[0]).toMatchObject({ cancelledQuantity: 1, refundedQuantity: 1, restockedQuantity: 1 });
    expect(json.refunds[0]?.items[0]).toMatchObject({ quantity: 1, cancelled: 1 });
    expect(await stockOf(admin, variant.variantId)).toMatchObject({ onHand: 8 });
    expect((await send(order, { items: [{ itemId, quantity: 2 }] })).status).toBe(409);
    expect(await send(order)).toMatchObject({ status: 201, json: { fulfilmentStatus: 'fulfilled' } });
    await admin.post(
      `/v1/orders/${order.id}/refunds`,
      { items: [{ itemId, quantity: 2, restock: true }] },
      { expect: 201 },
    );
    expect(await stockOf(admin, variant.variantId)).toMatchObject({ onHand: 10 });
  });

  it('leave them to be sent after all when the provider refuses', async () => {
    const variant = await makeVariant(shop, { stock: 10, price: 700 });
    const order = await place(shop, [{ ...variant, quantity: 2 }]);
    const itemId = order.items[0]?.id;
    // What the provider took is less than we think: it refuses to give it back.
    await withDatabase(shop, (client) =>
      client.query(
        `update test_provider_charge set refunded = amount where key = (select id::text from payment_attempt where order_id = $1)`,
        [order.id],
      ),
    );
    const refused = await admin.post<ProblemJson>(`/v1/orders/${order.id}/refunds`, {
      items: [{ itemId, quantity: 1, restock: true }],
    });
    expect(refused).toMatchObject({ status: 409, json: { code: 'payment.refund_failed' } });
    const { json } = await admin.get<SentOrder>(`/v1/orders/${order.id}`);
    expect(json.items[0]).toMatchObject({ cancelledQuantity: 0, refundedQuantity: 0, restockedQuantity: 0 });
    expect(await send(order)).toMatchObject({ status: 201, json: { fulfilmentStatus: 'fulfilled' } });
    expect(await stockOf(admin, variant.variantId)).toMatchObject({ onHand: 8 });
  });
});
