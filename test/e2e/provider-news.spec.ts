import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestProviderServer, type TestProviderServer } from '../../src/payments/index.js';
import type { ProviderRecord } from '../../src/payments/domain/payment-provider.js';
import { signWebhook } from '../../src/payments/providers/standard-webhook.js';
import { TestHttpProvider } from '../../src/payments/providers/test-http-provider.js';
import { RefundOrderService } from '../../src/orders/app/refund-order.service.js';
import { newId, type RefundId } from '../../src/platform/ids/index.js';
import type { ApiClient } from '../support/api-client.js';
import {
  breaches,
  eventually,
  makeCart,
  makeVariant,
  orderBody,
  stockOf,
  withDatabase,
  type OrderJson,
} from '../support/shop-fixture.js';
import { asAdmin, startTestApp, type TestApp } from '../support/test-app.js';

/** The whole shop, with the payment provider as a server of its own that sends signed news of what happens. */
const SECRET = 'a secret between shop and provider';
const NEWS = '/v1/payments/test/webhooks';

let folder: string;
let provider: TestProviderServer;
let shop: TestApp;
let admin: ApiClient;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'backroom-test-'));
  const file = join(folder, 'journal.jsonl');
  provider = await startTestProviderServer({ port: 0, host: '127.0.0.1', file, secret: SECRET, webhook: undefined });
  shop = await startTestApp({
    TEST_PROVIDER_URL: provider.url,
    TEST_PROVIDER_SECRET: SECRET,
    PAYMENT_TIMEOUT_MS: '1000',
  });
  provider.control({ webhookUrl: `${shop.base}${NEWS}` });
  admin = await asAdmin(shop);
}, 60_000);
afterEach(() =>
  provider.control({ mode: 'ok', delayMs: 0, webhooks: true, webhookDuplicates: 0, webhookShuffleMs: 0 }),
);
afterAll(async () => {
  await shop.close();
  await provider.close();
  rmSync(folder, { recursive: true, force: true });
});

async function place(token: string, expected = 201): Promise<OrderJson & { variantId: string }> {
  const { variantId } = await makeVariant(shop, { stock: 5 });
  const cart = await makeCart(shop.guest, [{ variantId, quantity: 1 }]);
  const { json } = await shop.guest.post<OrderJson>('/v1/orders', orderBody(cart.id, token), { expect: expected });
  return { ...json, variantId };
}

const read = async (id: string) => (await admin.get<OrderJson>(`/v1/orders/${id}`, { expect: 200 })).json;
const paid = (id: string) =>
  eventually(
    () => read(id),
    ({ status }) => status === 'paid',
  );

const attemptOf = (orderId: string) =>
  withDatabase(shop, async (client) => {
    const { rows } = await client.query<{ id: string }>('select id from payment_attempt where order_id = $1', [
      orderId,
    ]);
    return rows[0]?.id ?? '';
  });

const count = (sql: string, values: unknown[]) =>
  withDatabase(shop, async (client) => {
    const { rows } = await client.query<{ count: string }>(`select count(*) from ${sql}`, values);
    return Number(rows[0]?.count);
  });

/** What the provider charged: the truth to hold the shop against. */
async function chargesOf(attemptId: string): Promise<ProviderRecord[]> {
  const charges: ProviderRecord[] = [];
  const all = new TestHttpProvider(provider.url, SECRET, () => new Date()).records(new Date(0), new Date(2 ** 42));
  for await (const record of all) if (record.key === attemptId) charges.push(record);
  return charges;
}

/** What recovery would record of a refund that the provider has refused in the end. */
const refuse = (orderId: string, refundId: string) =>
  shop.app
    .get(RefundOrderService)
    .settle(orderId, refundId as RefundId, { outcome: 'failed', detail: 'The account of the customer is closed.' });

const takeStep = (order: OrderJson, outcome = 'approved') =>
  fetch(`${order.nextAction?.url ?? ''}/complete`, { method: 'POST', body: JSON.stringify({ outcome }) });

describe('a payment through the provider’s server', () => {
  it('is taken with the order, and the news of it changes nothing', async () => {
    const order = await place('tok_approved');
    expect(order).toMatchObject({ status: 'paid', paymentStatus: 'paid' });
    const attempt = await attemptOf(order.id);
    await eventually(
      () =>
        count("outbox_event where type = 'payments.news' and subject_id = $1 and dispatched_at is not null", [attempt]),
      (told) => told === 1,
    );
    expect(await chargesOf(attempt)).toMatchObject([{ status: 'captured', captured: BigInt(order.total.amount) }]);
    expect(await read(order.id)).toMatchObject({ status: 'paid', refundedTotal: { amount: 0 } });
  });

  it('goes on when the shopper has taken their step, by the news alone', async () => {
    const order = await place('tok_requires_action');
    expect(order).toMatchObject({ status: 'pending_payment', nextAction: { type: 'redirect', clientSecret: null } });
    expect(order.nextAction?.url).toContain(provider.url);
    expect((await takeStep(order)).status).toBe(200);
    await paid(order.id);
    expect(await stockOf(admin, order.variantId)).toMatchObject({ onHand: 4, reserved: 0 });
  });

  it('is paid once, with news that comes often and mixed up', async () => {
    provider.control({ webhookDuplicates: 3, webhookShuffleMs: 600 });
    const orders = await Promise.all(Array.from({ length: 5 }, () => place('tok_requires_action')));
    await Promise.all(orders.map((order) => takeStep(order)));
    for (const order of orders) {
      await paid(order.id);
      const attempt = await attemptOf(order.id);
      expect(await chargesOf(attempt)).toHaveLength(1);
      // Two things happened to each charge; each was told of four times and is on record once.
      await eventually(
        () => count('provider_event where subject_id = $1', [attempt]),
        (events) => events === 2,
      );
    }
    expect(await breaches(shop)).toEqual([]);
  });

  it('whose answer was lost is paid when the news comes', async () => {
    provider.control({ mode: 'mute' });
    const order = await place('tok_approved');
    expect(order.status).toBe('pending_payment');
    provider.control({ mode: 'ok' });
    // Long before the attempt's deadline.
    await paid(order.id);
    expect(await chargesOf(await attemptOf(order.id))).toHaveLength(1);
  });

  it('is settled without news as well', async () => {
    provider.control({ webhooks: false });
    const order = await place('tok_timeout_charged');
    expect(order.status).toBe('pending_payment');
    await paid(order.id);
    expect(await chargesOf(await attemptOf(order.id))).toHaveLength(1);
  });

  it('that the provider surely did not see fails at once, and the stock is back', async () => {
    provider.control({ mode: 'refuse' });
    const { variantId } = await place('tok_approved', 503);
    expect(await stockOf(admin, variantId)).toMatchObject({ onHand: 5, reserved: 0 });
  });
});

describe('the shopper’s step, taken at the shop', () => {
  it('goes to the provider, and waits for one that does not answer', async () => {
    const order = await place('tok_requires_action');
    const path = `/v1/payments/test/${await attemptOf(order.id)}/complete`;
    provider.control({ mode: 'dead' });
    const silent = await shop.guest.post<{ code: string }>(path, { outcome: 'approved' });
    expect(silent).toMatchObject({ status: 503, json: { code: 'payment.unavailable' } });
    expect(silent.headers.get('retry-after')).toBe('5');
    provider.control({ mode: 'ok', webhooks: false });
    await shop.guest.post(path, { outcome: 'approved' }, { expect: 200 });
    await paid(order.id);
  });
});

describe('a delivery', () => {
  const eventOf = (key: string, id = `evt_${newId()}`) => ({
    id,
    type: 'charge.captured',
    occurredAt: new Date().toISOString(),
    data: { kind: 'charge', key },
  });
  const deliver = (event: { readonly id: string }, secret = SECRET, body = JSON.stringify(event), at = new Date()) =>
    shop.guest.post<{ received?: boolean; code?: string }>(NEWS, body, {
      headers: { 'content-type': 'application/json', ...signWebhook(secret, { id: event.id, timestamp: at }, body) },
    });

  it('is taken once, and answered alike every time', async () => {
    const event = eventOf(newId());
    const answers = await Promise.all(Array.from({ length: 6 }, () => deliver(event)));
    for (const answer of answers) expect(answer).toMatchObject({ status: 200, json: { received: true } });
    expect(await count('provider_event where event_id = $1', [event.id])).toBe(1);
    expect(await count('outbox_event where subject_id = $1', [event.data.key])).toBe(1);
  });

  it('is read as it came: not a byte may differ', async () => {
    const event = eventOf(newId());
    const odd = `  ${JSON.stringify(event, null, 3)}\n`;
    expect((await deliver(event, SECRET, odd)).status).toBe(200);
    const headers = signWebhook(SECRET, { id: event.id, timestamp: new Date() }, odd);
    const other = await shop.guest.post<{ code: string }>(NEWS, JSON.stringify(event), {
      headers: { 'content-type': 'application/json', ...headers },
    });
    expect(other).toMatchObject({ status: 400, json: { code: 'payment.webhook_signature' } });
  });

  it('that is not signed by the provider, or long ago, is refused and not kept', async () => {
    const event = eventOf(newId());
    for (const answer of [
      await deliver(event, 'the secret of someone else'),
      await deliver(event, SECRET, undefined, new Date(Date.now() - 400_000)),
      await shop.guest.post<{ code: string }>(NEWS, event),
    ])
      expect(answer).toMatchObject({ status: 400, json: { code: 'payment.webhook_signature' } });
    expect(await count('provider_event where event_id = $1', [event.id])).toBe(0);
  });

  it('for nobody, or of nothing that can be read, is refused', async () => {
    const event = eventOf(newId());
    for (const name of ['acme', 'stripe', '%00', 'x'.repeat(300)])
      expect([404, 422]).toContain((await shop.guest.post(`/v1/payments/${name}/webhooks`, event)).status);
    for (const body of ['', '{', '[]', '1', 'null'])
      expect((await deliver(event, 'another secret than that', body)).status).toBe(400);
    expect((await shop.guest.post(NEWS, 'x', { headers: { 'content-type': 'application/xml' } })).status).toBe(415);
    expect((await deliver(event, SECRET, JSON.stringify({ ...event, more: 'x'.repeat(2_000_000) }))).status).toBe(413);
  });

  it('of what is none of this shop’s is kept, and no more', async () => {
    const strange = { ...eventOf('no id of ours'), data: { kind: 'dispute', key: 'dp_1' } };
    expect((await deliver(strange)).status).toBe(200);
    expect(await count('provider_event where event_id = $1 and subject_id is null', [strange.id])).toBe(1);
    const unknown = eventOf(newId());
    expect((await deliver(unknown)).status).toBe(200);
    await eventually(
      () => count('outbox_event where subject_id = $1 and dispatched_at is not null', [unknown.data.key]),
      (handed) => handed === 1,
    );
    // A job that failed would be there still, to be tried again.
    await eventually(
      () => count("graphile_worker.jobs where task_identifier = 'orders:payments.news'", []),
      (left) => left === 0,
    );
  });

  it('cannot make an order paid that the provider did not charge', async () => {
    const order = await place('tok_requires_action');
    const attempt = await attemptOf(order.id);
    expect((await deliver(eventOf(attempt))).status).toBe(200);
    await eventually(
      () => count("graphile_worker.jobs where task_identifier = 'orders:payments.news'", []),
      (left) => left === 0,
    );
    expect(await read(order.id)).toMatchObject({ status: 'pending_payment' });
    expect((await takeStep(order, 'declined')).status).toBe(200);
    await eventually(
      () => read(order.id),
      ({ status }) => status === 'payment_failed',
    );
  });
});

describe('a refund under way when its order is cancelled', () => {
  it('goes back with the rest when the provider refuses it in the end', async () => {
    const order = await place('tok_approved');
    provider.control({ mode: 'dead' });
    const half = { amount: { amount: 400, currency: 'GBP' } };
    const { json } = await admin.post<OrderJson>(`/v1/orders/${order.id}/refunds`, half, { expect: 201 });
    expect(json.refunds).toMatchObject([{ status: 'pending' }]);
    await admin.post(`/v1/orders/${order.id}/cancel`, {}, { expect: 200 });
    // The cancellation's own job is long done when the provider makes up its mind.
    await withDatabase(shop, (client) =>
      client.query('select graphile_worker_recovery.remove_job($1)', [`orders.give_back:${order.id}`]),
    );
    await refuse(order.id, json.refunds[0]?.id ?? '');
    provider.control({ mode: 'ok' });
    const after = await eventually(
      () => read(order.id),
      ({ paymentStatus }) => paymentStatus === 'refunded',
      40_000,
    );
    expect(after).toMatchObject({ status: 'cancelled', refundedTotal: order.total });
    expect(await breaches(shop)).toEqual([]);
  }, 60_000);
});
