import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import type { ApiClient } from '../support/api-client.js';
import { eventually, makeCart, makeVariant, orderBody, withDatabase, type OrderJson } from '../support/shop-fixture.js';
import { asAdmin, asCustomer, startTestApp, type TestApp } from '../support/test-app.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';

interface WebhookJson {
  readonly id: string;
  readonly url: string;
  readonly eventTypes: string[];
  readonly disabled: boolean;
  readonly disabledReason: string | null;
  readonly failures: number;
  readonly previousSecretUntil: string | null;
  readonly version: number;
  readonly secret: string;
}
interface DeliveryJson {
  readonly id: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly status: string;
  readonly attempts: number;
  readonly failure: string | null;
  readonly body: string;
  readonly tries: { httpStatus: number | null; error: string | null }[];
}
interface Page<T> {
  readonly items: T[];
  readonly nextCursor: string | null;
}
interface Problem {
  readonly code: string;
}

let shop: TestApp;
let admin: ApiClient;
let endpoint: WebhookReceiver;

beforeAll(async () => {
  shop = await startTestApp({ WEBHOOKS_ALLOW_PRIVATE: 'true' });
  admin = await asAdmin(shop);
});
afterAll(() => shop.close());
beforeEach(async () => {
  endpoint = await new WebhookReceiver().start();
});
afterEach(async () => {
  const { json } = await admin.get<Page<WebhookJson>>('/v1/webhooks?limit=100', { expect: 200 });
  for (const { id } of json.items) await admin.delete(`/v1/webhooks/${id}`, { expect: 204 });
  await endpoint.stop();
});

async function subscribe(more: object = {}): Promise<WebhookJson> {
  const body = { url: endpoint.url(), eventTypes: ['*'], ...more };
  return (await admin.post<WebhookJson>('/v1/webhooks', body, { expect: 201 })).json;
}

async function buy(token = 'tok_approved'): Promise<OrderJson> {
  const { variantId } = await makeVariant(shop, { price: 1250 });
  const cart = await makeCart(shop.guest, [{ variantId, quantity: 2 }]);
  return (await shop.guest.post<OrderJson>('/v1/orders', orderBody(cart.id, token))).json;
}

async function deliveries(id: string, query = ''): Promise<DeliveryJson[]> {
  return (await admin.get<Page<DeliveryJson>>(`/v1/webhooks/${id}/deliveries${query}`, { expect: 200 })).json.items;
}

/** The subscription's one delivery, once it stands so. */
async function settled(id: string, status: string): Promise<DeliveryJson> {
  const found = await eventually(
    () => deliveries(id),
    (items) => items.length > 0 && items.every((item) => item.status === status),
  );
  return (await admin.get<DeliveryJson>(`/v1/webhook-deliveries/${found[0]?.id}`, { expect: 200 })).json;
}

describe('the journey of a subscription', () => {
  it('hears of a paid order, signed, and learns nothing of the guest', async () => {
    const { id, secret } = await subscribe({ eventTypes: ['orders.paid'] });
    const order = await buy();
    const delivery = await settled(id, 'delivered');
    expect(delivery).toMatchObject({
      eventType: 'orders.paid',
      attempts: 1,
      tries: [{ httpStatus: 204, error: null }],
    });
    const [{ body, headers }] = endpoint.received as [(typeof endpoint.received)[0]];
    expect(headers['webhook-id']).toBe(delivery.eventId);
    expect(body).toBe(delivery.body);
    expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toMatchObject({
      type: 'orders.paid',
      data: { orderId: order.id, number: order.number, total: order.total, items: [{ quantity: 2 }] },
    });
    expect(order.accessToken).toMatch(/^ot1_/);
    for (const secretThing of [order.accessToken ?? 'ot1_', 'ot1_', 'grace@example.com', '12 Square'])
      expect(body).not.toContain(secretThing);
  });

  it('hears of a cancellation, and not of what it did not ask for', async () => {
    const { id } = await subscribe({ eventTypes: ['orders.cancelled'] });
    const order = await buy();
    await admin.post(`/v1/orders/${order.id}/cancel`, { reason: 'Sold out' }, { expect: 200 });
    const { eventType, body } = await settled(id, 'delivered');
    expect(eventType).toBe('orders.cancelled');
    expect(JSON.parse(body)).toMatchObject({
      data: { orderId: order.id, reason: 'Sold out', refundedTotal: order.total },
    });
    expect(endpoint.received).toHaveLength(1);
  });

  it('sees what failed, and gets it again when staff ask for it, under the same id', async () => {
    endpoint.status(500);
    const { id, secret } = await subscribe({ eventTypes: ['orders.paid'] });
    await buy();
    await eventually(
      async () => (await admin.get<WebhookJson>(`/v1/webhooks/${id}`)).json.failures,
      (failures) => failures === 1,
    );
    const [queued] = await deliveries(id, '?status=queued');
    expect(queued).toMatchObject({ status: 'queued', attempts: 1 });
    expect(await deliveries(id, '?status=failed')).toEqual([]);
    endpoint.status(200);
    const path = `/v1/webhook-deliveries/${queued?.id}/replay`;
    const headers = { 'idempotency-key': randomUUID() };
    const first = await admin.post<DeliveryJson>(path, undefined, { expect: 202, headers });
    expect(first.json).toMatchObject({ status: 'queued', attempts: 1 });
    const delivery = await settled(id, 'delivered');
    expect(delivery.tries.map(({ httpStatus }) => httpStatus)).toEqual([200, 500]);
    // The same request again is no second replay; a new one is.
    expect((await admin.post(path, undefined, { expect: 202, headers })).text).toBe(first.text);
    expect((await deliveries(id))[0]?.status).toBe('delivered');
    await admin.post(path, undefined, { expect: 202 });
    await eventually(
      async () => endpoint.received.length,
      (count) => count === 3,
    );
    expect(new Set(endpoint.received.map(({ headers: sent }) => sent['webhook-id']))).toEqual(
      new Set([delivery.eventId]),
    );
    for (const { body, headers: sent } of endpoint.received)
      expect(() => new Webhook(secret).verify(body, sent as Record<string, string>)).not.toThrow();
  });

  it('is disabled and enabled by staff; what was owed meanwhile is given up, and can be sent again', async () => {
    endpoint.status(500);
    const { id, version } = await subscribe();
    await buy();
    await eventually(
      () => deliveries(id),
      (items) => items[0]?.attempts === 1,
    );
    const off = await admin.patch<WebhookJson>(`/v1/webhooks/${id}`, { disabled: true }, { expect: 200 });
    expect(off.json).toMatchObject({ disabled: true, disabledReason: 'Disabled by staff.', version: version + 1 });
    const failed = await settled(id, 'failed');
    expect(failed.failure).toBe('subscription_disabled');
    const refused = await admin.post<Problem>(`/v1/webhook-deliveries/${failed.id}/replay`);
    expect([refused.status, refused.json.code]).toEqual([409, 'webhooks.subscription_disabled']);
    endpoint.status(200);
    const on = await admin.patch<WebhookJson>(`/v1/webhooks/${id}`, { disabled: false }, { expect: 200 });
    expect(on.json).toMatchObject({ disabled: false, disabledReason: null, failures: 0 });
    await admin.post(`/v1/webhook-deliveries/${failed.id}/replay`, undefined, { expect: 202 });
    await settled(id, 'delivered');
  });
});

describe('a secret', () => {
  it('is shown by its making and its change, and nowhere else', async () => {
    const made = await subscribe();
    expect(made.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const rotated = await admin.post<WebhookJson>(`/v1/webhooks/${made.id}/rotate-secret`, {}, { expect: 200 });
    expect(rotated.json.secret).toMatch(/^whsec_/);
    expect(rotated.json.secret).not.toBe(made.secret);
    expect(rotated.headers.get('cache-control')).toBe('no-store');
    for (const path of ['/v1/webhooks', `/v1/webhooks/${made.id}`, '/v1/webhooks/event-types'])
      expect((await admin.get(path, { expect: 200 })).text).not.toContain('whsec_');
    expect((await admin.patch(`/v1/webhooks/${made.id}`, { description: 'x' }, { expect: 200 })).text).not.toContain(
      'whsec_',
    );
  });

  it('is the same in the answer to a repeated request, and kept no longer than that answer', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const body = { url: endpoint.url(), eventTypes: ['orders.paid'] };
    const first = await admin.post<WebhookJson>('/v1/webhooks', body, { headers, expect: 201 });
    const again = await admin.post<WebhookJson>('/v1/webhooks', body, { headers, expect: 201 });
    expect(again.text).toBe(first.text);
    expect((await admin.get<Page<WebhookJson>>('/v1/webhooks')).json.items).toHaveLength(1);
    const other = await admin.post<Problem>('/v1/webhooks', { ...body, eventTypes: ['*'] }, { headers });
    expect([other.status, other.json.code]).toEqual([422, 'idempotency.key_reused']);
    const kept = await withDatabase(shop, (client) =>
      client.query<{ hours: string }>(
        `select extract(epoch from expires_at - created_at) / 3600 as hours from idempotency_record where body like '%whsec_%'`,
      ),
    );
    expect(kept.rows.map(({ hours }) => Number(hours))).toEqual([48]);
  });

  it('is changed with both valid for the overlap, so that no message is lost between', async () => {
    const { id, secret: old } = await subscribe();
    const { json } = await admin.post<WebhookJson>(
      `/v1/webhooks/${id}/rotate-secret`,
      { overlapHours: 1 },
      { expect: 200 },
    );
    const until = Date.parse(json.previousSecretUntil ?? '');
    expect(Math.abs(until - Date.now() - 3_600_000)).toBeLessThan(60_000);
    await buy();
    await settled(id, 'delivered');
    const [{ body, headers }] = endpoint.received as [(typeof endpoint.received)[0]];
    for (const known of [old, json.secret])
      expect(() => new Webhook(known).verify(body, headers as Record<string, string>)).not.toThrow();
    const last = await admin.post<WebhookJson>(
      `/v1/webhooks/${id}/rotate-secret`,
      { overlapHours: 0 },
      { expect: 200 },
    );
    expect(last.json.previousSecretUntil).toBeNull();
  });

  it.each([-1, 169, 1.5, '24', null])('takes no overlap of %j hours', async (overlapHours) => {
    const { id } = await subscribe();
    expect((await admin.post(`/v1/webhooks/${id}/rotate-secret`, { overlapHours })).status).toBe(422);
  });
});

describe('subscriptions', () => {
  it('are changed by version, paged, and deleted with what they were sent', async () => {
    const made = [];
    for (let n = 0; n < 3; n++) made.push(await subscribe({ description: `No. ${n}` }));
    const [first] = made as [WebhookJson];
    const { headers } = await admin.get(`/v1/webhooks/${first.id}`, { expect: 200 });
    const tag = headers.get('etag') ?? '';
    await admin.patch(
      `/v1/webhooks/${first.id}`,
      { eventTypes: ['orders.paid'] },
      { expect: 200, headers: { 'if-match': tag } },
    );
    const stale = { headers: { 'if-match': tag } };
    expect((await admin.patch(`/v1/webhooks/${first.id}`, { eventTypes: ['*'] }, stale)).status).toBe(412);
    expect((await admin.post(`/v1/webhooks/${first.id}/rotate-secret`, {}, stale)).status).toBe(412);
    expect((await admin.delete(`/v1/webhooks/${first.id}`, stale)).status).toBe(412);
    const ids: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: { json: Page<WebhookJson> } = await admin.get<Page<WebhookJson>>(
        `/v1/webhooks?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`,
        { expect: 200 },
      );
      ids.push(...page.json.items.map(({ id }) => id));
      cursor = page.json.nextCursor;
    }
    expect(ids).toEqual(made.map(({ id }) => id).reverse());
    await buy();
    await settled(made[1]?.id ?? '', 'delivered');
    await admin.delete(`/v1/webhooks/${made[1]?.id}`, { expect: 204 });
    expect((await admin.get(`/v1/webhooks/${made[1]?.id}/deliveries`)).status).toBe(404);
  });

  it('name documented types only', async () => {
    const { json } = await admin.get<{ items: { type: string; example: { type: string; data: object } }[] }>(
      '/v1/webhooks/event-types',
      { expect: 200 },
    );
    expect(json.items.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['orders.authorized', 'orders.paid', 'orders.return_received', 'inventory.low_stock']),
    );
    for (const { type, example } of json.items) expect(example.type).toBe(type);
    for (const eventTypes of [[], ['orders.unheard_of'], ['payments.news'], ['*', '*'], 'orders.paid', [null]])
      expect((await admin.post('/v1/webhooks', { url: endpoint.url(), eventTypes })).status).toBe(422);
  });

  it('are the business of those who may', async () => {
    const { id } = await subscribe();
    const { client } = await asCustomer(shop);
    const unknown = '0198c5f0-7b7e-7000-8000-00000000dead';
    for (const path of ['/v1/webhooks', `/v1/webhooks/${id}`, `/v1/webhooks/${id}/deliveries`, '/v1/mails']) {
      expect((await shop.guest.get(path)).status).toBe(401);
      expect((await client.get(path)).status).toBe(403);
    }
    for (const path of [`/v1/webhooks/${unknown}`, `/v1/webhooks/x/deliveries`, `/v1/webhook-deliveries/${unknown}`])
      expect((await admin.get(path)).status).toBe(404);
    expect((await admin.post(`/v1/webhook-deliveries/${unknown}/replay`)).status).toBe(404);
  });
});
