import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { RecoverOrdersJob } from '../../src/orders/app/recover-orders.job.js';
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
import type { StripeEvent } from '../support/stripe-account.js';
import { StripeServer } from '../support/stripe-server.js';
import { JOBS } from '../support/jobs.js';
import { asAdmin, startTestApp, type TestApp } from '../support/test-app.js';

/** The whole shop with Stripe behind it, whose browser confirmations and webhooks come in any order, twice, or not at all. */
let stripe: StripeServer;
let shop: TestApp;
let admin: ApiClient;
let variantId: string;

beforeAll(async () => {
  stripe = await StripeServer.start();
  shop = await startTestApp({ PAYMENT_PROVIDERS: 'stripe,test', PAYMENT_TIMEOUT_MS: '1500', ...stripe.env });
  admin = await asAdmin(shop);
});
beforeEach(async () => {
  ({ variantId } = await makeVariant(shop, { price: 2000, stock: 10 }));
});
afterEach(() => {
  stripe.calm();
  stripe.account.refundStatus = 'succeeded';
});
afterAll(async () => {
  try {
    expect(await breaches(shop)).toEqual([]);
    expect(await heldByOurBooks()).toBe(stripe.account.held);
  } finally {
    await shop.close();
    await stripe.stop();
  }
});

const CONFIRM = /\/confirm$/;
const STEP = 'pm_card_threeDSecure2Required';

const webhooks = () => ({ url: `${shop.base}/v1/payments/stripe/webhooks`, secret: stripe.webhookSecret });

async function place<T = OrderJson>(token: string, expected = 201, quantity = 1) {
  const cart = await makeCart(shop.guest, [{ variantId, quantity }]);
  const body = orderBody(cart.id, token, { payment: { provider: 'stripe', token } });
  return { cart, order: (await shop.guest.post<T>('/v1/orders', body, { expect: expected })).json };
}

async function read(order: Pick<OrderJson, 'id'>): Promise<OrderJson> {
  return (await admin.get<OrderJson>(`/v1/orders/${order.id}`, { expect: 200 })).json;
}

/** The order once it has the status. */
function becomes(order: OrderJson, status: string, payment?: string): Promise<OrderJson> {
  return eventually(
    () => read(order),
    (now) => now.status === status && (payment === undefined || now.paymentStatus === payment),
  );
}

/** The one intent that Stripe has for the order. */
async function intentOf(order: Pick<OrderJson, 'id'>) {
  const attempts = await withDatabase(shop, async (client) => {
    const { rows } = await client.query<{ id: string }>('select id from payment_attempt where order_id = $1', [
      order.id,
    ]);
    return rows;
  });
  expect(attempts).toHaveLength(1);
  const intents = stripe.account.intentsOf(attempts[0]!.id);
  expect(intents).toHaveLength(1);
  return intents[0]!;
}

/** What Stripe has taken for the order and not given back. */
async function heldFor(order: Pick<OrderJson, 'id'>): Promise<number> {
  const { id } = await intentOf(order);
  const charges = [...stripe.account.charges.values()].filter(
    (charge) => charge.payment_intent === id && charge.captured,
  );
  return charges.reduce((sum, charge) => sum + charge.amount - charge.amount_refunded, 0);
}

function heldByOurBooks(): Promise<number> {
  return withDatabase(shop, async (client) => {
    const { rows } = await client.query<{ held: string }>(
      `select coalesce(sum(captured_total - refunded_total), 0) as held from "order"`,
    );
    return Number(rows[0]?.held);
  });
}

function eventsAbout(id: string): StripeEvent[] {
  return stripe.account.events.filter(({ data }) => (data.object as { id: string }).id === id);
}

/** Lets the order's open attempt be due, and does what the recovery job does every minute. */
async function recover(order: OrderJson): Promise<void> {
  await withDatabase(shop, (client) =>
    client.query(`update payment_attempt set deadline_at = now() - interval '1 second' where order_id = $1`, [
      order.id,
    ]),
  );
  await shop.app.get(RecoverOrdersJob, { strict: false }).run();
}

/** Lets nobody ask for the open attempt and refunds of the order, unless a webhook makes them. */
async function noRecovery(order: OrderJson): Promise<void> {
  await withDatabase(shop, async (client) => {
    for (const table of ['payment_attempt', 'refund'])
      await client.query(`update ${table} set deadline_at = now() + interval '1 hour' where order_id = $1`, [order.id]);
  });
}

describe('an order paid through Stripe', () => {
  it('is paid at once, by one charge, whatever webhooks come of it', async () => {
    const { order } = await place('pm_card_visa');
    expect(order).toMatchObject({ status: 'paid', paymentStatus: 'paid' });
    const intent = await intentOf(order);
    expect(intent).toMatchObject({ amount: order.total.amount, description: order.number, status: 'succeeded' });
    const events = eventsAbout(intent.id);
    for (const event of [...events, ...events].reverse()) expect(await stripe.deliver(event, webhooks())).toBe(200);
    expect(await becomes(order, 'paid')).toMatchObject({ version: (await read(order)).version, refunds: [] });
    expect(await heldFor(order)).toBe(order.total.amount);
  });

  it('keeps neither the token nor the shop’s key', async () => {
    await place('pm_card_visa');
    const kept = await withDatabase(shop, async (client) => {
      const tables = ['payment_attempt', 'provider_event', 'outbox_event', 'idempotency_key', 'order_event'];
      const found: string[] = [];
      for (const table of tables) {
        const exists = await client.query('select 1 from information_schema.tables where table_name = $1', [table]);
        if (exists.rowCount === 0) continue;
        const { rows } = await client.query(`select row_to_json(t)::text as row from ${table} t`);
        found.push(JSON.stringify(rows));
      }
      return found.join();
    });
    expect(kept).toContain('pi_');
    expect(kept).not.toContain('pm_card_visa');
    expect(kept).not.toContain(stripe.secretKey);
  });

  it.each([
    ['pm_card_chargeDeclined', 'card_declined'],
    ['pm_card_chargeDeclinedInsufficientFunds', 'insufficient_funds'],
    ['tok_approved', 'invalid_token'],
  ])('%s: is refused, and the cart pays with another card', async (token, declineCode) => {
    const { held } = stripe.account;
    const { cart, order: problem } = await place<{ code: string; declineCode: string }>(token, 402);
    expect(problem).toMatchObject({ code: 'payment.declined', declineCode });
    expect(await stockOf(admin, variantId)).toMatchObject({ onHand: 10, reserved: 0 });
    const body = orderBody(cart.id, '', { payment: { provider: 'stripe', token: 'pm_card_visa' } });
    const { json: paid } = await shop.guest.post<OrderJson>('/v1/orders', body, { expect: 201 });
    expect(paid.status).toBe('paid');
    expect(stripe.account.held).toBe(held + paid.total.amount);
  });

  it('is not taken when Stripe cannot be reached, and nothing is charged', async () => {
    stripe.trap(/^POST \/v1\/payment_intents$/, { kind: 'drop', worked: true });
    const { held } = stripe.account;
    const { order: problem } = await place<{ code: string }>('pm_card_visa', 503);
    expect(problem.code).toBe('payment.unavailable');
    expect(stripe.account.held).toBe(held);
    expect(await stockOf(admin, variantId)).toMatchObject({ onHand: 10, reserved: 0 });
  });
});

describe('a step at the shopper’s bank', () => {
  it('holds the stock, and pays when browser and webhooks have come, each event twice and in any order', async () => {
    const { order } = await place(STEP);
    const intent = await intentOf(order);
    expect(order).toMatchObject({
      status: 'pending_payment',
      nextAction: { type: 'client_secret', url: null, clientSecret: intent.client_secret },
    });
    expect(await stockOf(admin, variantId)).toMatchObject({ onHand: 10, reserved: 1 });
    stripe.account.authenticate(intent.id, 'approved');
    const events = eventsAbout(intent.id);
    await Promise.all([...events].reverse().map((event) => stripe.deliver(event, webhooks())));
    await Promise.all(events.map((event) => stripe.deliver(event, webhooks())));
    expect(await becomes(order, 'paid')).toMatchObject({ paymentStatus: 'paid', nextAction: null });
    expect(await stockOf(admin, variantId)).toMatchObject({ onHand: 9, reserved: 0 });
    expect(await heldFor(order)).toBe(order.total.amount);
  });

  it('is not taken for done by an early webhook: the provider is asked, not believed', async () => {
    const { order } = await place(STEP);
    const intent = await intentOf(order);
    const early: StripeEvent = {
      id: 'evt_early',
      object: 'event',
      api_version: 'x',
      created: 1,
      type: 'payment_intent.succeeded',
      data: { object: { ...intent, status: 'succeeded' } },
    };
    expect(await stripe.deliver(early, webhooks())).toBe(200);
    await eventually(
      () => Promise.resolve(stripe.seen(/^GET \/v1\/payment_intents\/pi_/)),
      (asked) => asked.length > 0,
    );
    expect(await read(order)).toMatchObject({ status: 'pending_payment' });
    stripe.account.authenticate(intent.id, 'approved');
    await recover(order);
    await becomes(order, 'paid');
  });

  it('pays without any webhook', async () => {
    const { order } = await place(STEP);
    stripe.account.authenticate((await intentOf(order)).id, 'approved');
    await recover(order);
    expect(await read(order)).toMatchObject({ status: 'paid' });
    expect(await heldFor(order)).toBe(order.total.amount);
  });

  it('that fails gives the order up, and the browser cannot pay for it any more', async () => {
    stripe.subscriber = { ...webhooks(), mode: 'now' };
    const { order } = await place(STEP);
    const intent = await intentOf(order);
    stripe.account.authenticate(intent.id, 'declined');
    expect(await becomes(order, 'payment_failed')).toMatchObject({ paymentStatus: 'failed' });
    expect(() => stripe.account.confirmFromBrowser(intent.client_secret, 'pm_card_visa')).toThrow(/canceled/);
    expect(await stockOf(admin, variantId)).toMatchObject({ onHand: 10, reserved: 0 });
    expect(await heldFor(order)).toBe(0);
  });

  it('that is never taken ends with its time: the stock is back, and the step is closed', async () => {
    const { order } = await place(STEP);
    const intent = await intentOf(order);
    await recover(order);
    expect(await read(order)).toMatchObject({ status: 'payment_failed' });
    expect(await stockOf(admin, variantId)).toMatchObject({ onHand: 10, reserved: 0 });
    expect(() => stripe.account.confirmFromBrowser(intent.client_secret, 'pm_card_visa')).toThrow(/canceled/);
  });

  it('taken in the moment in which the order is cancelled ends without the shopper’s money', async () => {
    const { order } = await place(STEP);
    const intent = await intentOf(order);
    stripe.trap(/\/cancel$/, { kind: 'delay', ms: 100 });
    stripe.account.authenticate(intent.id, 'approved');
    await admin.post(`/v1/orders/${order.id}/cancel`, {}, { expect: 200 });
    await eventually(
      () => heldFor(order),
      (held) => held === 0,
    );
    expect(await becomes(order, 'cancelled')).toMatchObject({ status: 'cancelled' });
    expect(await stockOf(admin, variantId)).toMatchObject({ onHand: 10, reserved: 0 });
  });

  it('of a cancelled order is closed at Stripe', async () => {
    const { order } = await place(STEP);
    await admin.post(`/v1/orders/${order.id}/cancel`, {}, { expect: 200 });
    await eventually(
      async () => (await intentOf(order)).status,
      (status) => status === 'canceled',
    );
    expect(await becomes(order, 'cancelled')).toMatchObject({ status: 'cancelled' });
  });
});

describe('an answer that is lost', () => {
  it('after the charge: the webhook tells, and nothing is charged twice', async () => {
    stripe.trap(CONFIRM, { kind: 'drop', worked: true });
    const { order } = await place('pm_card_visa');
    expect(order).toMatchObject({ status: 'pending_payment', nextAction: null });
    await noRecovery(order);
    for (const event of eventsAbout((await intentOf(order)).id)) await stripe.deliver(event, webhooks());
    await becomes(order, 'paid');
    expect(stripe.seen(CONFIRM)).toHaveLength(1);
    expect(await heldFor(order)).toBe(order.total.amount);
  });

  it('after the charge, and no webhook comes: the shop finds out by itself', async () => {
    stripe.trap(CONFIRM, { kind: 'status', status: 500, worked: true });
    const { order } = await place('pm_card_visa');
    expect(order.status).toBe('pending_payment');
    await becomes(order, 'paid');
    expect(await heldFor(order)).toBe(order.total.amount);
  });

  it('before the charge: the order is given up, and the key is closed', async () => {
    stripe.trap(CONFIRM, { kind: 'drop', worked: false });
    const { order } = await place('pm_card_visa');
    expect(order.status).toBe('pending_payment');
    await becomes(order, 'payment_failed');
    expect((await intentOf(order)).status).toBe('canceled');
    expect(await stockOf(admin, variantId)).toMatchObject({ onHand: 10, reserved: 0 });
  });

  it('that is late: webhooks and the answer meet, and the order is paid once', async () => {
    stripe.subscriber = { ...webhooks(), mode: 'now' };
    stripe.trap(CONFIRM, { kind: 'delay', ms: 800 });
    const { order } = await place('pm_card_visa');
    expect(order.status).toBe('paid');
    expect((await stripe.delivered()).every((status) => status === 200)).toBe(true);
    expect(await heldFor(order)).toBe(order.total.amount);
  });
});

describe('what happens to an order while its answer is under way', () => {
  const KEY = 'while-under-way';

  /** Places an order, with a statement about it (`$1`) before the answer comes, and of which no webhook tells. */
  async function placeMeanwhile(key: string, statement: string): Promise<OrderJson> {
    stripe.trap(CONFIRM, { kind: 'delay', ms: 800 });
    const cart = await makeCart(shop.guest, [{ variantId, quantity: 1 }]);
    const body = orderBody(cart.id, 'pm_card_visa', { payment: { provider: 'stripe', token: 'pm_card_visa' } });
    const placing = shop.guest.post<OrderJson>('/v1/orders', body, {
      expect: 201,
      headers: { 'idempotency-key': `"${key}"` },
    });
    await eventually(
      () => withDatabase(shop, (client) => client.query('select from "order" where cart_id = $1', [cart.id])),
      ({ rowCount }) => rowCount === 1,
    );
    await withDatabase(shop, (client) => client.query(statement, [cart.id]));
    return (await placing).json;
  }

  it('counts: no word of a charge does, once it is to be voided', async () => {
    const order = await placeMeanwhile(
      `${KEY}-1`,
      `update payment_attempt set void_requested_at = now() where order_id = (select id from "order" where cart_id = $1)`,
    );
    expect(order.status).toBe('pending_payment');
    // Asked to void it, the provider says that the charge stands.
    await recover(order);
    await becomes(order, 'paid');
    expect(await heldFor(order)).toBe(order.total.amount);
  });

  it('counts: of whom was taken out of it meanwhile nothing is kept', async () => {
    const order = await placeMeanwhile(
      `${KEY}-2`,
      `update "order" set erased_at = now(), email = '' where cart_id = $1`,
    );
    expect(order).toMatchObject({ status: 'paid' });
    const kept = await withDatabase(shop, (client) =>
      client.query<{ body: string }>('select body from idempotency_record where resource_id = $1', [order.id]),
    );
    expect(kept.rows.map(({ body }) => (JSON.parse(body) as { email: string }).email)).toEqual(['']);
  });
});

/** What the order's timeline tells of refunds that were given, or came back. */
async function told(order: Pick<OrderJson, 'id'>): Promise<string[]> {
  const { json } = await admin.get<{ items: { type: string }[] }>(`/v1/orders/${order.id}/timeline`, { expect: 200 });
  return json.items.map(({ type }) => type).filter((type) => type === 'refunded' || type === 'refund_reversed');
}

/** The subjects of all mails about the order. */
function mailed({ number }: Pick<OrderJson, 'number'>): Promise<string> {
  return eventually(
    () =>
      withDatabase(shop, async (client) => {
        const { rows } = await client.query<{ subject: string }>(
          'select subject from mail_delivery where subject like $1',
          [`%${number}%`],
        );
        return rows.map(({ subject }) => subject).join();
      }),
    (subjects) => subjects.includes('did not arrive'),
  );
}

describe('refunds through Stripe', () => {
  const refund = (order: OrderJson, amount: number, expected = 201) =>
    admin.post<OrderJson>(
      `/v1/orders/${order.id}/refunds`,
      { amount: { amount, currency: 'GBP' } },
      { expect: expected, headers: { 'idempotency-key': `refund-${order.id}-${amount}` } },
    );

  it('go back in parts, each once, and never beyond what was taken', async () => {
    const { order } = await place('pm_card_visa', 201, 2);
    await refund(order, 500);
    await refund(order, 700);
    await refund(order, 700);
    expect(await becomes(order, 'paid', 'partially_refunded')).toMatchObject({ refundedTotal: { amount: 1200 } });
    expect(await heldFor(order)).toBe(order.total.amount - 1200);
    await refund(order, order.total.amount, 409);
    await refund(order, order.total.amount - 1200);
    await becomes(order, 'paid', 'refunded');
    expect(await heldFor(order)).toBe(0);
  });

  it('whose answer is lost are settled by the webhook', async () => {
    const { order } = await place('pm_card_visa');
    stripe.trap(/^POST \/v1\/refunds$/, { kind: 'drop', worked: true });
    const { json } = await refund(order, 300);
    expect(json.refunds).toMatchObject([{ status: 'pending' }]);
    await noRecovery(order);
    const mine = [...stripe.account.refunds.values()].at(-1)!;
    for (const event of eventsAbout(mine.id)) expect(await stripe.deliver(event, webhooks())).toBe(200);
    await becomes(order, 'paid', 'partially_refunded');
    expect(await heldFor(order)).toBe(order.total.amount - 300);
  });

  it('that take days wait for the webhook that tells their end', async () => {
    const { order } = await place('pm_card_visa');
    stripe.account.refundStatus = 'pending';
    const { json } = await refund(order, 400);
    expect(json.refunds).toMatchObject([{ status: 'pending' }]);
    await noRecovery(order);
    const mine = [...stripe.account.refunds.values()].at(-1)!;
    stripe.account.settleRefund(mine.id, 'failed');
    for (const event of eventsAbout(mine.id)) await stripe.deliver(event, webhooks());
    const after = await eventually(
      () => read(order),
      ({ refunds }) => refunds[0]?.status === 'failed',
    );
    expect(after).toMatchObject({ paymentStatus: 'paid', refundedTotal: { amount: 0 } });
    expect(await heldFor(order)).toBe(order.total.amount);
  });

  /** What becomes of a refund days after it had succeeded, when the card is closed. */
  async function fails(refund: { id: string }): Promise<void> {
    stripe.account.settleRefund(refund.id, 'failed');
    // Twice, as webhooks may come.
    const [event] = eventsAbout(refund.id).slice(-1);
    for (const delivery of [event!, event!]) expect(await stripe.deliver(delivery, webhooks())).toBe(200);
  }
  const lastRefund = () => [...stripe.account.refunds.values()].at(-1)!;

  it('that fail after they had succeeded are owed again, in the order, in the books and to the customer', async () => {
    const { order } = await place('pm_card_visa', 201, 2);
    const [item] = order.items;
    const items = [{ itemId: item!.id, quantity: 1, restock: true }];
    await admin.post(`/v1/orders/${order.id}/refunds`, { items }, { expect: 201 });
    const failing = lastRefund();
    await refund(order, 333);
    expect(await stockOf(admin, variantId)).toMatchObject({ onHand: 9 });
    await fails(failing);
    const after = await eventually(
      () => read(order),
      ({ refundedTotal }) => refundedTotal.amount === 333,
    );
    expect(after).toMatchObject({
      status: 'paid',
      paymentStatus: 'partially_refunded',
      refundedTotal: { amount: 333 },
      items: [{ refundedQuantity: 0, cancelledQuantity: 1, restockedQuantity: 1 }],
      refunds: [
        { status: 'failed', reversedAt: expect.any(String) },
        { status: 'succeeded', reversedAt: null },
      ],
    });
    expect(await heldFor(order)).toBe(order.total.amount - 333);
    // The unit came back to the shelf once, whatever became of its money, and can be paid for once more.
    await admin.post(`/v1/orders/${order.id}/refunds`, { items }, { expect: 201 });
    expect(await stockOf(admin, variantId)).toMatchObject({ onHand: 9 });
    await refund(order, order.total.amount - 333 - failing.amount);
    await becomes(order, 'paid', 'refunded');
    expect(await heldFor(order)).toBe(0);
    expect((await told(order)).reverse()).toEqual(['refunded', 'refunded', 'refund_reversed', 'refunded', 'refunded']);
    expect(await mailed(order)).toContain('did not arrive');
    const report = await admin.get('/v1/reports/reconciliation', { expect: 200 });
    expect(report.json).toMatchObject({ differences: [] });
  });

  it('of a cancelled order that come back are given again by the shop, a day later', async () => {
    const { order } = await place('pm_card_visa');
    await admin.post(`/v1/orders/${order.id}/cancel`, {}, { expect: 200 });
    await becomes(order, 'cancelled', 'refunded');
    await fails(lastRefund());
    await becomes(order, 'cancelled', 'paid');
    expect(await heldFor(order)).toBe(order.total.amount);
    const waits = await withDatabase(shop, async (client) => {
      const { rows } = await client.query<{ hours: number }>(
        `select round(extract(epoch from run_at - now()) / 3600)::int as hours from ${JOBS} job where key = $1`,
        [`orders.give_back:${order.id}`],
      );
      await client.query('update graphile_worker_recovery._private_jobs set run_at = now() where key = $1', [
        `orders.give_back:${order.id}`,
      ]);
      await client.query(`select pg_notify('jobs:insert', '{}')`);
      return rows;
    });
    expect(waits).toEqual([{ hours: 24 }]);
    await becomes(order, 'cancelled', 'refunded');
    expect(await heldFor(order)).toBe(0);
  });

  it('that Stripe cannot be asked about stand as they are until it can', async () => {
    const { order } = await place('pm_card_visa');
    await refund(order, 500);
    stripe.trap(/^GET \/v1\/refunds/, { kind: 'drop', worked: false });
    await fails(lastRefund());
    await becomes(order, 'paid', 'paid');
    expect(await heldFor(order)).toBe(order.total.amount);
  });

  it('give all of a cancelled order back', async () => {
    const { order } = await place('pm_card_visa');
    await admin.post(`/v1/orders/${order.id}/cancel`, {}, { expect: 200 });
    await becomes(order, 'cancelled', 'refunded');
    expect(await heldFor(order)).toBe(0);
    expect(await stockOf(admin, variantId)).toMatchObject({ onHand: 10, reserved: 0 });
  });
});

describe('a webhook', () => {
  it('that Stripe did not sign changes nothing and is refused', async () => {
    const { order } = await place(STEP);
    const intent = await intentOf(order);
    const [event] = eventsAbout(intent.id);
    expect(await stripe.deliver(event!, { ...webhooks(), secret: 'whsec_somebody_else' })).toBe(400);
    expect(await stripe.deliver(event!, { ...webhooks(), url: `${shop.base}/v1/payments/nobody/webhooks` })).toBe(404);
    const plain = await shop.guest.post('/v1/payments/stripe/webhooks', event);
    expect(plain.status).toBe(400);
    expect(await read(order)).toMatchObject({ status: 'pending_payment' });
  });

  it('of what another shop on the account did is taken and left alone', async () => {
    const other = stripe.account.createIntent({ amount: '500', currency: 'gbp' });
    const foreign = stripe.account.createIntent({
      amount: '500',
      currency: 'gbp',
      metadata: { attempt: '01890000-0000-7000-8000-00000000abcd' },
    });
    for (const { id } of [other, foreign]) {
      stripe.account.cancelIntent(id, {});
      for (const event of eventsAbout(id)) expect(await stripe.deliver(event, webhooks())).toBe(200);
    }
  });
});
