import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PaymentId } from '../../src/platform/ids/index.js';
import { newId } from '../../src/platform/ids/index.js';
import { startPaymentsShop, TIMEOUT_MS, type PaymentsShop } from '../support/payments-shop.js';

let shop: PaymentsShop;
beforeAll(async () => {
  shop = await startPaymentsShop();
});
afterAll(() => shop.close());

const settle = (paymentId: PaymentId, answer: Parameters<PaymentsShop['settle']>[1], source: 'charge' | 'lookUp') =>
  shop.settle(paymentId, answer, source);

const providersRecord = (paymentId: string) =>
  shop.db.prisma.testProviderCharge.findUnique({ where: { key: paymentId } });

const contradictions = () => shop.log().split('contradicts the record').length - 1;

const OVERDUE_MS = TIMEOUT_MS + 2_001;

describe('choosing a provider', () => {
  it('takes the ones that are configured', () => {
    expect(() => shop.payments.requireProvider('test')).not.toThrow();
    expect(() => shop.payments.requireProvider('acme', '/payment/provider')).toThrow(
      expect.objectContaining({
        kind: 'invalid',
        code: 'payment.provider_unknown',
        errors: [expect.objectContaining({ pointer: '/payment/provider' })],
      }),
    );
  });

  it('answers `unknown` for an adapter that is gone', async () => {
    const { paymentId } = await shop.start();
    expect(
      await shop.payments.charge({ paymentId, provider: 'acme', amount: 1n, currency: 'GBP', token: 't' }),
    ).toMatchObject({ outcome: 'unknown' });
  });
});

describe('an attempt', () => {
  it('is on record before anybody is asked', async () => {
    const { orderId, paymentId } = await shop.start();
    const now = shop.clock.now();
    expect(await shop.payments.findByOrder(shop.db.prisma, orderId)).toEqual([
      {
        id: paymentId,
        orderId,
        provider: 'test',
        status: 'pending',
        amount: 1000n,
        currency: 'GBP',
        autoCapture: true,
        description: 'B-1',
        authorized: 0n,
        captured: 0n,
        refunded: 0n,
        fee: null,
        reference: null,
        declineCode: null,
        nextAction: null,
        deadlineAt: new Date(now.getTime() + TIMEOUT_MS + 2_000),
        voidRequestedAt: null,
        captureRequestedAt: null,
        createdAt: now,
        settledAt: null,
      },
    ]);
    expect(await providersRecord(paymentId)).toBeNull();
  });

  it('is the only one that is open, or has the money', async () => {
    const again = (orderId: string) =>
      shop.db.transaction((tx) => shop.payments.start(tx, { orderId, provider: 'test', amount: 1n, currency: 'GBP' }));
    const { orderId } = await shop.start();
    await expect(again(orderId)).rejects.toMatchObject({ kind: 'conflict', code: 'payment.already_open' });
    await expect(again((await shop.pay('tok_approved')).orderId)).rejects.toMatchObject({
      code: 'payment.already_open',
    });
    await expect(again((await shop.pay('tok_declined')).orderId)).resolves.toMatchObject({ status: 'pending' });
  });
});

describe('tokens', () => {
  it('tok_approved takes the money', async () => {
    const attempt = await shop.pay('tok_approved');
    expect(attempt).toMatchObject({
      status: 'captured',
      captured: 1000n,
      refunded: 0n,
      reference: `test_${attempt.id}`,
    });
    expect(attempt.settledAt).toEqual(shop.clock.now());
    expect(await providersRecord(attempt.id)).toMatchObject({ status: 'captured', amount: 1000n, currency: 'GBP' });
  });

  it.each([
    ['tok_declined', 'card_declined'],
    ['tok_insufficient_funds', 'insufficient_funds'],
    ['4242 4242 4242 4242', 'invalid_token'],
    ['', 'invalid_token'],
    ['constructor', 'invalid_token'],
  ])('%s is declined: %s', async (token, declineCode) => {
    const attempt = await shop.pay(token);
    expect(attempt).toMatchObject({ status: 'declined', declineCode, captured: 0n });
    expect(await providersRecord(attempt.id)).toMatchObject({ status: 'declined' });
  });

  it('keeps no token that it does not know, and logs none', async () => {
    const attempt = await shop.pay('tok_live_secret');
    expect(await providersRecord(attempt.id)).toMatchObject({ token: 'unknown' });
    await shop.pay('tok_error');
    expect(shop.log()).not.toMatch(/tok_/);
  });

  it('tok_requires_action waits for the shopper, with a deadline of its own', async () => {
    const attempt = await shop.pay('tok_requires_action');
    expect(attempt).toMatchObject({
      status: 'requires_action',
      captured: 0n,
      settledAt: null,
      nextAction: { type: 'redirect', url: `${shop.base}/v1/payments/test/${attempt.id}` },
      deadlineAt: new Date(shop.clock.now().getTime() + 15 * 60_000),
    });
  });

  it('tok_error fails with nothing charged', async () => {
    const { paymentId } = await shop.start();
    const answer = await shop.charge(paymentId, 'tok_error');
    expect(answer).toMatchObject({ outcome: 'error' });
    expect(await providersRecord(paymentId)).toBeNull();
    expect((await settle(paymentId, answer, 'charge')).attempt).toMatchObject({ status: 'failed', captured: 0n });
    expect(shop.log()).toContain('a payment provider gave no clear answer');
  });
});

describe('one key', () => {
  it.each(['tok_approved', 'tok_declined', 'tok_requires_action', 'tok_error'])(
    'twice with %s gives the same answer, whatever the second asks for',
    async (token) => {
      const { paymentId } = await shop.start();
      const first = await shop.charge(paymentId, token);
      expect(await shop.charge(paymentId, token)).toEqual(first);
      if (token !== 'tok_error') expect(await shop.charge(paymentId, 'tok_approved')).toEqual(first);
    },
  );

  it('charges once under a crowd', async () => {
    const { paymentId } = await shop.start();
    const tokens = Array.from({ length: 16 }, (_, i) => (i % 2 === 0 ? 'tok_approved' : 'tok_declined'));
    const answers = await Promise.all(tokens.map((token) => shop.charge(paymentId, token)));
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(await shop.db.prisma.testProviderCharge.count({ where: { key: paymentId } })).toBe(1);
  });

  it('does not stand for another amount', async () => {
    const { paymentId } = await shop.start();
    await shop.charge(paymentId, 'tok_approved');
    expect(await shop.charge(paymentId, 'tok_approved', 999n)).toMatchObject({ outcome: 'unknown' });
    expect(await providersRecord(paymentId)).toMatchObject({ amount: 1000n });
  });
});

describe('settle', () => {
  it('records an answer once, also when many bring it', async () => {
    const { paymentId } = await shop.start();
    const answer = await shop.charge(paymentId, 'tok_approved');
    const results = await Promise.all(Array.from({ length: 8 }, () => settle(paymentId, answer, 'charge')));
    expect(results.filter(({ changed }) => changed)).toHaveLength(1);
    expect(results.every(({ attempt }) => attempt.status === 'captured' && attempt.captured === 1000n)).toBe(true);
  });

  it('is undone with the caller’s transaction', async () => {
    const { paymentId } = await shop.start();
    const answer = await shop.charge(paymentId, 'tok_approved');
    await expect(
      shop.db.transaction(async (tx) => {
        await shop.payments.settle(tx, { paymentId, answer, source: 'charge' });
        throw new Error('the order cannot be written');
      }),
    ).rejects.toThrow('the order cannot be written');
    expect(await shop.read(paymentId)).toMatchObject({ status: 'pending', captured: 0n });
  });

  it('keeps what is settled against an answer that contradicts it, and says so', async () => {
    const attempt = await shop.pay('tok_declined');
    expect(await settle(attempt.id, { outcome: 'captured', reference: 'x' }, 'lookUp')).toEqual({
      changed: false,
      feeLearnt: false,
      attempt,
    });
    expect(shop.log()).toContain('a payment provider contradicts the record');
  });

  it('believes a capture that comes to light after a failure', async () => {
    const attempt = await shop.pay('tok_error');
    expect(await settle(attempt.id, { outcome: 'captured', reference: 'late' }, 'lookUp')).toMatchObject({
      changed: true,
      attempt: { status: 'captured', captured: 1000n, reference: 'late' },
    });
  });

  it('asks again later and later while the answers tell nothing', async () => {
    const { paymentId } = await shop.start();
    const unknown = { outcome: 'unknown', detail: 'no line' } as const;
    const deadlines: number[] = [];
    for (let i = 0; i < 12; i++) {
      const { deadlineAt } = await shop.read(paymentId);
      const wait = deadlineAt.getTime() - shop.clock.now().getTime();
      deadlines.push(wait);
      shop.clock.advance(wait);
      await settle(paymentId, unknown, 'lookUp');
    }
    for (const [i, wait] of deadlines.entries()) expect(wait).toBeGreaterThanOrEqual(deadlines[i - 1] ?? 0);
    expect(deadlines.at(-1)).toBe(300_000);
  });

  it('knows no attempt that is not there', async () => {
    await expect(settle(newId<PaymentId>(), { outcome: 'pending' }, 'lookUp')).rejects.toMatchObject({
      code: 'payment.not_found',
    });
    await expect(shop.payments.lookUp(newId<PaymentId>())).rejects.toMatchObject({ code: 'payment.not_found' });
  });
});

describe('lookUp', () => {
  it('leaves a key alone as long as the charge may be on its way', async () => {
    const { paymentId } = await shop.start();
    expect(await shop.payments.lookUp(paymentId)).toEqual({ outcome: 'pending' });
    expect(await shop.charge(paymentId, 'tok_approved')).toMatchObject({ outcome: 'captured' });
  });

  it('closes a key that the provider never saw, so that a late charge fails', async () => {
    const { paymentId } = await shop.start();
    shop.clock.advance(OVERDUE_MS);
    expect(await shop.payments.lookUp(paymentId)).toEqual({ outcome: 'not_charged' });
    expect(await shop.charge(paymentId, 'tok_approved')).toMatchObject({ outcome: 'error' });
    // As after a crash that lost the answer.
    expect(await shop.payments.lookUp(paymentId)).toEqual({ outcome: 'not_charged' });
    expect(await providersRecord(paymentId)).toMatchObject({ status: 'voided' });
  });

  it('agrees with the provider in the end, however it races a late charge', async () => {
    const before = contradictions();
    for (let i = 0; i < 12; i++) {
      const { paymentId } = await shop.start();
      shop.clock.advance(OVERDUE_MS);
      const late = i % 2 === 0 ? shop.charge(paymentId, 'tok_approved') : undefined;
      const looked = shop.payments.lookUp(paymentId);
      const charged = late ?? shop.charge(paymentId, 'tok_approved');
      const told = await Promise.all([
        charged.then((answer) => settle(paymentId, answer, 'charge')),
        looked.then((answer) => settle(paymentId, answer, 'lookUp')),
      ]);
      expect(told.filter(({ changed }) => changed)).toHaveLength(1);
      const held = (await providersRecord(paymentId))?.status === 'captured';
      expect((await shop.read(paymentId)).status).toBe(held ? 'captured' : 'failed');
    }
    expect(contradictions()).toBe(before);
  });

  it('does not believe the word of a capture that the void came after', async () => {
    const { paymentId } = await shop.start();
    const charged = await shop.charge(paymentId, 'tok_approved');
    expect(await shop.payments.void(paymentId)).toEqual({ outcome: 'voided' });
    // The process stood still between the charge and its record.
    expect(await settle(paymentId, charged, 'charge')).toMatchObject({
      changed: false,
      attempt: { status: 'pending' },
    });
    expect(await settle(paymentId, { outcome: 'voided' }, 'lookUp')).toMatchObject({ changed: true });
    expect(await settle(paymentId, charged, 'charge')).toMatchObject({ changed: false, attempt: { status: 'voided' } });
  });

  it('leaves the shopper their time, then closes the step', async () => {
    const { id } = await shop.pay('tok_requires_action');
    expect(await shop.payments.lookUp(id)).toMatchObject({ outcome: 'requires_action' });
    shop.clock.advance(15 * 60_000);
    const found = await shop.payments.lookUp(id);
    expect(found).toEqual({ outcome: 'not_charged' });
    expect((await settle(id, found, 'lookUp')).attempt).toMatchObject({ status: 'failed', nextAction: null });
  });

  it('does not lengthen the shopper’s time by asking', async () => {
    const { id, deadlineAt } = await shop.pay('tok_requires_action');
    shop.clock.advance(60_000);
    expect(await settle(id, await shop.payments.lookUp(id), 'lookUp')).toMatchObject({
      changed: false,
      attempt: { deadlineAt },
    });
  });
});

describe('void', () => {
  it('closes an attempt that nobody charged', async () => {
    const { paymentId } = await shop.start();
    const answer = await shop.payments.void(paymentId);
    expect(answer).toEqual({ outcome: 'voided' });
    expect((await settle(paymentId, answer, 'lookUp')).attempt).toMatchObject({ status: 'voided', captured: 0n });
    expect(await shop.charge(paymentId, 'tok_approved')).toMatchObject({ outcome: 'error' });
    expect(await shop.payments.void(paymentId)).toEqual({ outcome: 'voided' });
  });

  it('takes back what was charged without our knowing', async () => {
    const { paymentId } = await shop.start();
    await shop.charge(paymentId, 'tok_approved');
    expect(await shop.payments.void(paymentId)).toEqual({ outcome: 'voided' });
    expect(await providersRecord(paymentId)).toMatchObject({ status: 'voided' });
  });

  it('asks for a void again when its answer was lost', async () => {
    const { paymentId, orderId } = await shop.start();
    await shop.charge(paymentId, 'tok_approved');
    // As after a crash between the intention and the question.
    await shop.db.prisma.paymentAttempt.update({
      where: { id: paymentId },
      data: { voidRequestedAt: shop.clock.now() },
    });
    shop.clock.advance(OVERDUE_MS);
    expect(await shop.payments.findOverdue(shop.clock.now(), 1000)).toContainEqual({
      paymentId,
      orderId,
      status: 'pending',
    });
    const found = await shop.payments.lookUp(paymentId);
    expect(found).toEqual({ outcome: 'not_charged' });
    expect(await settle(paymentId, found, 'lookUp')).toMatchObject({ changed: true, attempt: { status: 'failed' } });
    expect(await providersRecord(paymentId)).toMatchObject({ status: 'voided' });
  });

  it('makes a charge under way fail, which is no contradiction', async () => {
    const before = contradictions();
    const { paymentId } = await shop.start();
    await settle(paymentId, await shop.payments.void(paymentId), 'lookUp');
    const answer = await shop.charge(paymentId, 'tok_approved');
    expect(await settle(paymentId, answer, 'charge')).toMatchObject({ changed: false, attempt: { status: 'voided' } });
    expect(contradictions()).toBe(before);
  });

  it('that comes too late leaves the capture to be recorded', async () => {
    const { paymentId } = await shop.start();
    await shop.charge(paymentId, 'tok_approved');
    // A part was given back in the provider's own office: too late to take the rest back by a void.
    await shop.db.prisma.testProviderCharge.update({ where: { key: paymentId }, data: { refunded: 1n } });
    const answer = await shop.payments.void(paymentId);
    expect(answer).toEqual({ outcome: 'captured', reference: `test_${paymentId}`, fee: 35n });
    expect(await settle(paymentId, answer, 'lookUp')).toMatchObject({
      changed: true,
      attempt: { status: 'captured', voidRequestedAt: null },
    });
  });

  it.each([
    ['tok_declined', { outcome: 'declined', declineCode: 'card_declined' }],
    ['tok_error', { outcome: 'not_charged' }],
  ])('of an attempt with %s answers what is on record', async (token, answer) => {
    const attempt = await shop.pay(token);
    expect(await shop.payments.void(attempt.id)).toEqual(answer);
    expect(await shop.read(attempt.id)).toEqual(attempt);
  });

  it('leaves a captured payment to a refund', async () => {
    const { id } = await shop.pay('tok_approved');
    expect(await shop.payments.void(id)).toEqual({ outcome: 'captured', reference: `test_${id}`, fee: 35n });
    expect(await providersRecord(id)).toMatchObject({ status: 'captured' });
  });
});

describe('deadlines', () => {
  it('names the earliest, of attempts and refunds alike, and none when all is settled', async () => {
    const own = await startPaymentsShop();
    try {
      expect(await own.payments.nextDeadline()).toBeNull();
      const paid = await own.pay('tok_approved');
      expect(await own.payments.nextDeadline()).toBeNull();
      own.clock.advance(1_000);
      const { refundId } = await own.db.transaction((tx) =>
        own.payments.startRefund(tx, { orderId: paid.orderId, amount: 1n, reason: null, actorId: null }),
      );
      const ofRefund = new Date(own.clock.now().getTime() + TIMEOUT_MS + 2_000);
      own.clock.advance(1_000);
      const { paymentId } = await own.start();
      expect(await own.payments.nextDeadline()).toEqual(ofRefund);
      own.clock.advance(OVERDUE_MS);
      expect(await own.payments.findOverdueRefunds(own.clock.now(), 10)).toEqual([
        { refundId, paymentId: paid.id, orderId: paid.orderId },
      ]);
      expect((await own.payments.findOverdue(own.clock.now(), 10)).map((overdue) => overdue.paymentId)).toEqual([
        paymentId,
      ]);
      expect(await own.payments.findOverdue(own.clock.now(), 0)).toEqual([]);
    } finally {
      await own.close();
    }
  });
});
