import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ChargeAnswer } from '../../src/payments/index.js';
import type { PaymentId } from '../../src/platform/ids/index.js';
import { startPaymentsShop, type PaymentsShop } from '../support/payments-shop.js';

const LIMIT_MS = 400;

let shop: PaymentsShop;
beforeAll(async () => {
  shop = await startPaymentsShop({ PAYMENT_TIMEOUT_MS: String(LIMIT_MS) });
});
afterAll(() => shop.close());

const settle = (paymentId: PaymentId, answer: ChargeAnswer, source: 'charge' | 'lookUp') =>
  shop.settle(paymentId, answer, source);

const providersRecord = (paymentId: string) =>
  shop.db.prisma.testProviderCharge.findUnique({ where: { key: paymentId } });

describe('no answer in time', () => {
  it.each([
    ['tok_timeout_charged', 'captured', 'captured'],
    ['tok_timeout_not_charged', undefined, 'failed'],
  ])('%s: the provider’s record says %s, and so does ours in the end', async (token, recorded, status) => {
    const { paymentId, orderId } = await shop.start();
    const begin = performance.now();
    const answer = await shop.charge(paymentId, token);
    expect(performance.now() - begin).toBeGreaterThanOrEqual(LIMIT_MS - 20);
    expect(answer).toMatchObject({ outcome: 'unknown' });
    expect((await providersRecord(paymentId))?.status).toBe(recorded);
    expect(await settle(paymentId, answer, 'charge')).toMatchObject({ changed: false, attempt: { status: 'pending' } });
    expect(await shop.payments.findOverdue(shop.clock.now(), 10)).toEqual([]);

    shop.clock.advance(LIMIT_MS + 2_000);
    expect(await shop.payments.findOverdue(shop.clock.now(), 10)).toEqual([{ paymentId, orderId, status: 'pending' }]);
    const found = await shop.payments.lookUp(paymentId);
    expect(await settle(paymentId, found, 'lookUp')).toMatchObject({ changed: true, attempt: { status } });
    expect(await settle(paymentId, found, 'lookUp')).toMatchObject({ changed: false, attempt: { status } });
    expect(await shop.payments.findOverdue(shop.clock.now(), 10)).toEqual([]);
  });

  it('is no answer the second time either, and still one charge', async () => {
    const { paymentId } = await shop.start();
    for (const token of ['tok_timeout_charged', 'tok_approved'])
      expect(await shop.charge(paymentId, token)).toMatchObject({ outcome: 'unknown' });
    expect(await providersRecord(paymentId)).toMatchObject({ status: 'captured', amount: 1000n });
  });

  it('can be made a no by a void', async () => {
    const { paymentId } = await shop.start();
    await shop.charge(paymentId, 'tok_timeout_charged');
    expect(await shop.payments.void(paymentId)).toEqual({ outcome: 'voided' });
    expect(await providersRecord(paymentId)).toMatchObject({ status: 'voided' });
  });
});
