import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import type { NextAction } from '../../src/payments/index.js';
import type { PaymentId } from '../../src/platform/ids/index.js';
import { newId } from '../../src/platform/ids/index.js';
import { StartNotes } from '../../src/platform/start-notes.js';
import { ApiClient } from '../support/api-client.js';
import { startPaymentsShop, type PaymentsShop } from '../support/payments-shop.js';

let shop: PaymentsShop;
let client: ApiClient;
beforeAll(async () => {
  shop = await startPaymentsShop();
  client = new ApiClient(shop.base);
});
afterAll(() => shop.close());

const complete = (id: string, body: unknown = { outcome: 'approved' }) =>
  client.post<{ code: string }>(`/v1/payments/test/${id}/complete`, body);
const news = (id: string) =>
  shop.db.prisma.outboxEvent.findMany({ where: { type: 'payments.action_completed', subjectId: id } });
const urlOf = (action: NextAction | null) => (action?.type === 'redirect' ? action.url : '');
const settle = async (id: PaymentId) => {
  const answer = await shop.payments.lookUp(id);
  return shop.settle(id, answer, 'lookUp');
};

describe('the shopper’s step', () => {
  it('approved takes the money, and the news of it goes out', async () => {
    const { id, orderId } = await shop.pay('tok_requires_action');
    const answer = await complete(id);
    expect(answer).toMatchObject({ status: 200, json: { paymentId: id, outcome: 'approved' } });
    expect((await news(orderId)).map(({ payload }) => payload)).toEqual([{ paymentId: id, orderId }]);
    expect(await settle(id)).toMatchObject({
      changed: true,
      attempt: { status: 'captured', captured: 1000n, nextAction: null, reference: `test_${id}` },
    });
  });

  it('declined takes nothing', async () => {
    const { id } = await shop.pay('tok_requires_action');
    expect((await complete(id, { outcome: 'declined' })).status).toBe(200);
    expect(await settle(id)).toMatchObject({
      attempt: { status: 'declined', declineCode: 'authentication_failed', captured: 0n },
    });
  });

  it('is taken once: the same again changes nothing, another way is refused', async () => {
    const { id, orderId } = await shop.pay('tok_requires_action');
    const outcomes = ['approved', 'declined', 'approved', 'declined'];
    const answers = await Promise.all(outcomes.map((outcome) => complete(id, { outcome })));
    const taken = answers.findIndex(({ status }) => status === 200);
    expect(answers.map(({ status }) => status)).toEqual(
      outcomes.map((outcome) => (outcome === outcomes[taken] ? 200 : 409)),
    );
    expect(answers.find(({ status }) => status === 409)?.json.code).toBe('payment.step_closed');
    await settle(id);
    const before = await news(orderId);
    expect((await complete(id, { outcome: outcomes[taken] })).status).toBe(200);
    expect(await news(orderId)).toHaveLength(before.length);
  });

  it('is over with its time', async () => {
    const { id } = await shop.pay('tok_requires_action');
    shop.clock.advance(15 * 60_000);
    await settle(id);
    expect(await complete(id)).toMatchObject({ status: 409, json: { code: 'payment.step_closed' } });
  });

  it('is there only for payments that ask for one', async () => {
    const paid = await shop.pay('tok_approved');
    const { paymentId } = await shop.start();
    for (const id of [paid.id, paymentId, newId(), 'x', 'a'.repeat(400)]) expect((await complete(id)).status).toBe(404);
    expect((await complete('%00')).status).toBe(422);
    for (const body of [{}, { outcome: 'maybe' }, { outcome: 'approved', extra: 1 }, [], { outcome: ['approved'] }])
      expect((await complete(paid.id, body)).status).toBe(422);
  });
});

describe('the page', () => {
  it('is where nextAction leads, and asks for the step', async () => {
    const { nextAction } = await shop.pay('tok_requires_action', 123_456n);
    const response = await fetch(urlOf(nextAction));
    const text = await response.text();
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(text).toContain('£1,234.56');
    for (const value of ['approved', 'declined']) expect(text).toContain(`<button value="${value}">`);
  });

  it('is not there for anything else', async () => {
    for (const id of [newId(), 'x', '%27'])
      expect(await client.get(`/v1/payments/test/${id}`)).toMatchObject({
        status: 404,
        json: { code: 'payment.not_found' },
      });
  });
});

describe('a shop without the test provider', () => {
  it('takes no such payment, but finishes what was begun', async () => {
    const own = await startPaymentsShop({ PAYMENT_PROVIDERS: ',' });
    try {
      expect(() => own.payments.requireProvider('test')).toThrow(
        expect.objectContaining({ code: 'payment.provider_unknown' }),
      );
      const { id } = await own.pay('tok_requires_action');
      const there = new ApiClient(own.base);
      expect((await there.post(`/v1/payments/test/${id}/complete`, { outcome: 'approved' })).status).toBe(404);
      expect((await there.get(`/v1/payments/test/${id}`)).status).toBe(404);
      expect(await own.payments.void(id)).toEqual({ outcome: 'voided' });
    } finally {
      await own.close();
    }
  });
});

describe('production', () => {
  it('warns of the test provider, at start and in the log', async () => {
    const own = await startPaymentsShop({
      NODE_ENV: 'production',
      PAYMENT_PROVIDERS: 'test',
      AUTH_PRIVATE_KEY: generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
        .privateKey.export({ type: 'pkcs8', format: 'pem' })
        .toString(),
      ORDER_TOKEN_SECRET: 'x'.repeat(32),
      ENCRYPTION_KEY: 'x'.repeat(32),
      PUBLIC_URL: 'https://shop.example/',
    });
    try {
      expect(own.app.get(StartNotes).all().join()).toContain('PAYMENT_PROVIDERS names `test`');
      expect(own.log()).toContain('the test payment provider is enabled in production');
      const { id, nextAction } = await own.pay('tok_requires_action');
      expect(urlOf(nextAction)).toBe(`https://shop.example/v1/payments/test/${id}`);
    } finally {
      await own.close();
    }
    expect(shop.app.get(StartNotes).all()).toEqual([]);
  });
});
