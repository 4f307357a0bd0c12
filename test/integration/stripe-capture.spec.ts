import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ApiClient } from '../support/api-client.js';
import {
  breaches,
  eventually,
  makeCart,
  makeVariant,
  orderBody,
  stockOf,
  type OrderJson,
} from '../support/shop-fixture.js';
import { StripeServer } from '../support/stripe-server.js';
import { asAdmin, startTestApp, type TestApp } from '../support/test-app.js';

/** A shop that sets money aside at Stripe and takes it later, and whose storefront's address Stripe's pages lead back to. */
let stripe: StripeServer;
let shop: TestApp;
let admin: ApiClient;
let variantId: string;

beforeAll(async () => {
  stripe = await StripeServer.start();
  shop = await startTestApp({
    PAYMENT_PROVIDERS: 'stripe',
    PAYMENT_CAPTURE: 'manual',
    PAYMENT_TIMEOUT_MS: '1500',
    STOREFRONT_URL: 'https://tea.example/',
    ...stripe.env,
  });
  stripe.subscriber = { url: `${shop.base}/v1/payments/stripe/webhooks`, secret: stripe.webhookSecret, mode: 'now' };
  admin = await asAdmin(shop);
});
beforeEach(async () => {
  ({ variantId } = await makeVariant(shop, { price: 2000, stock: 10 }));
});
afterAll(async () => {
  try {
    expect((await stripe.delivered()).every((status) => status === 200)).toBe(true);
    expect(await breaches(shop)).toEqual([]);
  } finally {
    await shop.close();
    await stripe.stop();
  }
});

async function place(token: string): Promise<OrderJson> {
  const cart = await makeCart(shop.guest, [{ variantId, quantity: 1 }]);
  const body = orderBody(cart.id, token, { payment: { provider: 'stripe', token } });
  return (await shop.guest.post<OrderJson>('/v1/orders', body, { expect: 201 })).json;
}

function becomes(order: OrderJson, status: string): Promise<OrderJson> {
  return eventually(
    async () => (await admin.get<OrderJson>(`/v1/orders/${order.id}`, { expect: 200 })).json,
    (now) => now.status === status,
  );
}

const intentOf = (order: OrderJson) =>
  [...stripe.account.intents.values()].find(({ description }) => description === order.number)!;

describe('money that is set aside at Stripe', () => {
  it('is taken when staff say so, once', async () => {
    const order = await place('pm_card_visa');
    expect(order).toMatchObject({ status: 'authorized', paymentStatus: 'authorized' });
    expect(intentOf(order)).toMatchObject({ status: 'requires_capture', amount_received: 0 });
    expect(await stockOf(admin, variantId)).toMatchObject({ onHand: 10, reserved: 1 });
    await admin.post(`/v1/orders/${order.id}/capture`, {}, { expect: 200 });
    expect(await becomes(order, 'paid')).toMatchObject({ paymentStatus: 'paid' });
    expect(intentOf(order)).toMatchObject({ status: 'succeeded', amount_received: order.total.amount });
    expect(await stockOf(admin, variantId)).toMatchObject({ onHand: 9, reserved: 0 });
  });

  it('is taken once also when the answer is lost', async () => {
    const order = await place('pm_card_visa');
    stripe.trap(/\/capture$/, { kind: 'drop', worked: true });
    await admin.post(`/v1/orders/${order.id}/capture`, {});
    await becomes(order, 'paid');
    expect(intentOf(order)).toMatchObject({ status: 'succeeded', amount_received: order.total.amount });
  });

  it('is let go with the order', async () => {
    const order = await place('pm_card_visa');
    await admin.post(`/v1/orders/${order.id}/cancel`, {}, { expect: 200 });
    await becomes(order, 'cancelled');
    await eventually(
      () => Promise.resolve(intentOf(order).status),
      (status) => status === 'canceled',
    );
    expect(await stockOf(admin, variantId)).toMatchObject({ onHand: 10, reserved: 0 });
  });

  it('that lapses at Stripe gives the order up when the webhook tells it', async () => {
    const order = await place('pm_card_visa');
    stripe.account.lapse(intentOf(order).id);
    expect(await becomes(order, 'payment_failed')).toMatchObject({ status: 'payment_failed' });
    expect(await stockOf(admin, variantId)).toMatchObject({ onHand: 10, reserved: 0 });
  });

  it('after a step at the bank, to which the shopper is led and from which they come back to the storefront', async () => {
    const order = await place('pm_card_threeDSecure2Required');
    const intent = intentOf(order);
    expect(order).toMatchObject({
      status: 'pending_payment',
      nextAction: { type: 'redirect', url: `${stripe.url}/bank/${intent.id}`, clientSecret: null },
    });
    expect(intent.next_action).toMatchObject({ redirect_to_url: { return_url: 'https://tea.example' } });
    stripe.account.authenticate(intent.id, 'approved');
    expect(await becomes(order, 'authorized')).toMatchObject({ paymentStatus: 'authorized' });
    await admin.post(`/v1/orders/${order.id}/capture`, {}, { expect: 200 });
    await becomes(order, 'paid');
  });
});
