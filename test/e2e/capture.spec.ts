import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Answer, ApiClient } from '../support/api-client.js';
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
import { asAdmin, asCustomer, startTestApp, type TestApp } from '../support/test-app.js';
import { RUN_RECOVERY } from '../support/jobs.js';

let shop: TestApp;
let admin: ApiClient;

beforeAll(async () => {
  shop = await startTestApp({ PAYMENT_CAPTURE: 'manual', PAYMENT_TIMEOUT_MS: '500' });
  admin = await asAdmin(shop);
});

afterAll(async () => {
  expect(await breaches(shop)).toEqual([]);
  await shop.close();
});

interface ProblemJson {
  readonly code: string;
}

async function place(variantId: string, quantity = 1, token?: string): Promise<OrderJson> {
  const cart = await makeCart(shop.guest, [{ variantId, quantity }]);
  return (await shop.guest.post<OrderJson>('/v1/orders', orderBody(cart.id, token), { expect: 201 })).json;
}

const capture = (id: string, headers: Record<string, string> = {}): Promise<Answer<OrderJson & ProblemJson>> =>
  admin.post<OrderJson & ProblemJson>(`/v1/orders/${id}/capture`, undefined, { headers });

const cancel = (id: string): Promise<Answer<OrderJson & ProblemJson>> =>
  admin.post<OrderJson & ProblemJson>(`/v1/orders/${id}/cancel`, {});

const read = async (id: string): Promise<OrderJson> => (await admin.get<OrderJson>(`/v1/orders/${id}`)).json;

function mailsAbout(number: string): string[] {
  const folder = join(shop.dataDir, 'mail');
  // The folder comes with the first mail.
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names
    .filter((name) => name.endsWith('.eml'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .filter((text) => text.includes(number));
}

/** As if the authorisation had been given long ago. */
async function lapse(orderId: string): Promise<void> {
  await withDatabase(shop, async (client) => {
    await client.query(`update payment_attempt set deadline_at = now() - interval '1 second' where order_id = $1`, [
      orderId,
    ]);
    await client.query(RUN_RECOVERY);
  });
}

it('sets the money aside and holds the stock, and takes both with the capture: one confirmation in all', async () => {
  const { variantId } = await makeVariant(shop, { stock: 5, price: 1250 });
  const order = await place(variantId, 2);
  expect(order).toMatchObject({ status: 'authorized', paymentStatus: 'authorized' });
  expect(await stockOf(admin, variantId)).toMatchObject({ onHand: 5, reserved: 2, available: 3 });

  const key = { 'idempotency-key': '"capture-1"' };
  const captured = await capture(order.id, key);
  expect(captured.status).toBe(200);
  expect(captured.json).toMatchObject({ status: 'paid', paymentStatus: 'paid' });
  expect(await stockOf(admin, variantId)).toMatchObject({ onHand: 3, reserved: 0, available: 3 });
  expect((await capture(order.id, key)).text).toBe(captured.text);
  expect(await capture(order.id)).toMatchObject({ status: 409, json: { code: 'orders.not_capturable' } });

  await eventually(
    async () => mailsAbout(order.number).length,
    (count) => count > 0,
  );
  await new Promise((done) => setTimeout(done, 1_000));
  expect(mailsAbout(order.number)).toHaveLength(1);
});

it('captures once, however many ask at once', async () => {
  const { variantId } = await makeVariant(shop, { stock: 5 });
  const order = await place(variantId);
  const answers = await Promise.all(Array.from({ length: 6 }, () => capture(order.id)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  for (const { status, json } of answers)
    if (status !== 200)
      expect([409, ['orders.capture_pending', 'orders.not_capturable']]).toEqual([
        status,
        expect.arrayContaining([json.code]),
      ]);
  expect(await stockOf(admin, variantId)).toMatchObject({ onHand: 4, reserved: 0 });
});

it('lets the money go when an authorized order is cancelled', async () => {
  const { variantId } = await makeVariant(shop, { stock: 3 });
  const order = await place(variantId, 3);
  const cancelled = await cancel(order.id);
  expect(cancelled.json).toMatchObject({ status: 'cancelled', paymentStatus: 'voided' });
  expect(await stockOf(admin, variantId)).toMatchObject({ onHand: 3, reserved: 0, available: 3 });
  expect(await capture(order.id)).toMatchObject({ status: 409, json: { code: 'orders.not_capturable' } });
  await eventually(
    () =>
      withDatabase(shop, async (client) => {
        const { rows } = await client.query<{ status: string }>(
          'select status::text from payment_attempt where order_id = $1',
          [order.id],
        );
        return rows[0]?.status;
      }),
    (status) => status === 'voided',
  );
});

it('a capture against a cancellation: one of the two, and the money is where it says', async () => {
  for (let round = 0; round < 8; round += 1) {
    const { variantId } = await makeVariant(shop, { stock: 1 });
    const order = await place(variantId);
    const [captured, cancelled] = await Promise.all([capture(order.id), cancel(order.id)]);
    expect([200, 409]).toContain(captured.status);
    expect([200, 409]).toContain(cancelled.status);
    const after = await eventually(
      () => read(order.id),
      ({ status, paymentStatus }) =>
        (status === 'paid' && paymentStatus === 'paid') ||
        (status === 'cancelled' && (paymentStatus === 'voided' || paymentStatus === 'refunded')),
    );
    expect(after.status).toBe(cancelled.status === 200 ? 'cancelled' : 'paid');
    expect(await stockOf(admin, variantId)).toMatchObject({ onHand: after.status === 'paid' ? 0 : 1, reserved: 0 });
  }
});

it('ends the order when the authorisation is over, and tells the customer', async () => {
  const { variantId } = await makeVariant(shop, { stock: 2 });
  const order = await place(variantId, 2);
  await lapse(order.id);
  const ended = await eventually(
    () => read(order.id),
    ({ status }) => status === 'payment_failed',
  );
  expect(ended.paymentStatus).toMatch(/voided|failed/);
  expect(await stockOf(admin, variantId)).toMatchObject({ onHand: 2, reserved: 0, available: 2 });
  await eventually(
    async () => mailsAbout(order.number).length,
    (count) => count === 2,
  );
  expect(mailsAbout(order.number).some((mail) => mail.includes('did not go through'))).toBe(true);
});

it('settles silent charges as the provider has them: set aside, not taken', async () => {
  const { variantId } = await makeVariant(shop, { stock: 2 });
  const order = await place(variantId, 1, 'tok_timeout_charged');
  expect(order.status).toBe('pending_payment');
  await eventually(
    () => read(order.id),
    ({ status }) => status === 'authorized',
  );
  expect((await capture(order.id)).json).toMatchObject({ status: 'paid' });
});

it('is for staff who may capture', async () => {
  const { variantId } = await makeVariant(shop);
  const order = await place(variantId);
  const { client } = await asCustomer(shop);
  expect((await client.post<ProblemJson>(`/v1/orders/${order.id}/capture`)).status).toBe(403);
  expect((await shop.guest.post<ProblemJson>(`/v1/orders/${order.id}/capture`)).status).toBe(401);
});
