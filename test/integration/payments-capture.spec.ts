import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AnswerSource, ChargeAnswer, PaymentAttempt } from '../../src/payments/index.js';
import { newId, type PaymentId } from '../../src/platform/ids/index.js';
import { questionOf, startPaymentsShop, TIMEOUT_MS, type PaymentsShop } from '../support/payments-shop.js';

/** Money that is set aside first, and taken or let go later. */
let shop: PaymentsShop;
beforeAll(async () => {
  shop = await startPaymentsShop({ PAYMENT_CAPTURE: 'manual', PAYMENT_AUTHORIZATION_DAYS: '6' });
});
afterAll(() => shop.close());

const DAY_MS = 86_400_000;

const settle = (paymentId: PaymentId, answer: ChargeAnswer, source: AnswerSource) =>
  shop.settle(paymentId, answer, source);
const request = (paymentId: PaymentId) => shop.db.transaction((tx) => shop.payments.requestCapture(tx, paymentId));
const providersRecord = (key: string) => shop.db.prisma.testProviderCharge.findUnique({ where: { key } });
const after = (ms: number) => new Date(shop.clock.now().getTime() + ms);
const overdue = async () => (await shop.payments.findOverdue(shop.clock.now(), 1000)).map((each) => each.paymentId);

describe('an authorisation', () => {
  it('sets the amount aside until its deadline', async () => {
    const attempt = await shop.pay('tok_approved');
    expect(attempt).toMatchObject({
      status: 'authorized',
      autoCapture: false,
      authorized: 1000n,
      captured: 0n,
      fee: null,
      reference: `test_${attempt.id}`,
      deadlineAt: after(6 * DAY_MS),
      settledAt: null,
    });
    expect(await providersRecord(attempt.id)).toMatchObject({ status: 'authorized', fee: 0n });
    expect(await shop.payments.lookUp(attempt.id)).toMatchObject({ outcome: 'authorized' });
    expect(await settle(attempt.id, await shop.payments.lookUp(attempt.id), 'lookUp')).toMatchObject({
      changed: false,
      attempt,
    });
  });

  it('comes of the shopper’s step as well', async () => {
    const { id } = await shop.pay('tok_requires_action');
    expect(await shop.provider.completeStep(id, 'approved')).toBe('done');
    expect(await settle(id, await shop.payments.lookUp(id), 'lookUp')).toMatchObject({
      changed: true,
      attempt: { status: 'authorized', nextAction: null, deadlineAt: after(6 * DAY_MS) },
    });
  });

  it('that nobody captures is let go when its time is over', async () => {
    const { id, orderId } = await shop.pay('tok_approved');
    shop.clock.advance(6 * DAY_MS);
    expect(await overdue()).toContain(id);
    const answer = await shop.payments.lookUp(id);
    expect(answer).toEqual({ outcome: 'voided' });
    expect((await settle(id, answer, 'lookUp')).attempt).toMatchObject({ status: 'voided', captured: 0n });
    expect(await providersRecord(id)).toMatchObject({ status: 'voided' });
    // Nothing is held any more: the order may be paid in another way.
    await shop.db.transaction((tx) =>
      shop.payments.start(tx, { orderId, provider: 'test', amount: 1n, currency: 'GBP' }),
    );
  });

  it('that the provider has let go by itself has failed', async () => {
    const { id } = await shop.pay('tok_approved');
    await shop.db.prisma.testProviderCharge.update({ where: { key: id }, data: { status: 'declined' } });
    const answer = await shop.payments.lookUp(id);
    expect(answer).toEqual({ outcome: 'not_charged' });
    expect((await settle(id, answer, 'lookUp')).attempt).toMatchObject({ status: 'failed' });
  });

  it('is voided when the order is given up', async () => {
    const { id } = await shop.pay('tok_approved');
    const answer = await shop.payments.void(id);
    expect(answer).toEqual({ outcome: 'voided' });
    expect((await settle(id, answer, 'lookUp')).attempt).toMatchObject({ status: 'voided', authorized: 1000n });
  });

  it('leaves no money to refund', async () => {
    const { orderId } = await shop.pay('tok_approved');
    await expect(
      shop.db.transaction((tx) => shop.payments.startRefund(tx, { orderId, amount: 1n, reason: null, actorId: null })),
    ).rejects.toMatchObject({ code: 'payment.refund_exceeds_captured' });
  });
});

describe('a capture', () => {
  async function captured(): Promise<PaymentAttempt> {
    const { id } = await shop.pay('tok_approved');
    expect(await request(id)).toBe(true);
    return (await settle(id, await shop.payments.capture(id), 'capture')).attempt;
  }

  it('is on record before the provider is asked, and takes the amount once', async () => {
    const { id } = await shop.pay('tok_approved');
    await expect(shop.payments.capture(id)).rejects.toThrow('on record');
    expect(await request(id)).toBe(true);
    expect(await shop.read(id)).toMatchObject({
      status: 'authorized',
      captureRequestedAt: shop.clock.now(),
      deadlineAt: after(TIMEOUT_MS + 2_000),
    });
    const answers = await Promise.all(Array.from({ length: 8 }, () => shop.payments.capture(id)));
    for (const answer of answers) expect(answer).toEqual({ outcome: 'captured', reference: `test_${id}`, fee: 35n });
    const settled = await Promise.all(answers.map((answer) => settle(id, answer, 'capture')));
    expect(settled.filter(({ changed }) => changed)).toHaveLength(1);
    expect(await shop.read(id)).toMatchObject({
      status: 'captured',
      authorized: 1000n,
      captured: 1000n,
      fee: 35n,
      settledAt: shop.clock.now(),
    });
    expect(await providersRecord(id)).toMatchObject({ status: 'captured', fee: 35n });
  });

  it('is asked for again by the look-up at the deadline, and not before', async () => {
    const { id } = await shop.pay('tok_approved');
    await request(id);
    expect(await shop.payments.lookUp(id)).toMatchObject({ outcome: 'authorized' });
    shop.clock.advance(TIMEOUT_MS + 2_000);
    expect(await overdue()).toContain(id);
    const answer = await shop.payments.lookUp(id);
    expect(answer).toMatchObject({ outcome: 'captured' });
    expect((await settle(id, answer, 'lookUp')).attempt).toMatchObject({ status: 'captured' });
    expect(await overdue()).not.toContain(id);
  });

  it('that was asked for late is not overtaken by the end of the authorisation', async () => {
    const { id } = await shop.pay('tok_approved');
    shop.clock.advance(6 * DAY_MS - 1);
    await request(id);
    shop.clock.advance(DAY_MS);
    expect(await shop.payments.lookUp(id)).toMatchObject({ outcome: 'captured' });
  });

  it.each(['error', 'unknown'] as const)('stays asked for after %s', async (outcome) => {
    const { id } = await shop.pay('tok_approved');
    await request(id);
    expect(await settle(id, { outcome, detail: 'no line' }, 'capture')).toMatchObject({
      changed: false,
      attempt: { status: 'authorized', captureRequestedAt: shop.clock.now() },
    });
  });

  it('is not asked for twice, nor of what is not set aside', async () => {
    const { id } = await shop.pay('tok_approved');
    const at = shop.clock.now();
    expect(await request(id)).toBe(true);
    shop.clock.advance(1_000);
    expect(await request(id)).toBe(true);
    expect((await shop.read(id)).captureRequestedAt).toEqual(at);
    expect(await request((await captured()).id)).toBe(false);
    expect(await request((await shop.pay('tok_declined')).id)).toBe(false);
    expect(await request((await shop.start()).paymentId)).toBe(false);
    await expect(request(newId<PaymentId>())).rejects.toMatchObject({ code: 'payment.not_found' });
  });

  it('of what was settled answers what is on record', async () => {
    const done = await captured();
    expect(await shop.payments.capture(done.id)).toEqual({ outcome: 'captured', reference: done.reference, fee: 35n });
    expect(await shop.payments.capture((await shop.pay('tok_declined')).id)).toEqual({ outcome: 'not_charged' });
    expect(await shop.payments.capture((await shop.start()).paymentId)).toMatchObject({ outcome: 'not_capturable' });
  });

  it('that finds the amount gone says so, and settles the attempt', async () => {
    const { id } = await shop.pay('tok_approved');
    await request(id);
    // In the provider's own office.
    await shop.provider.void(questionOf(id));
    const answer = await shop.payments.capture(id);
    expect(answer).toEqual({ outcome: 'voided' });
    expect((await settle(id, answer, 'capture')).attempt).toMatchObject({ status: 'voided', captured: 0n });
  });

  it('that the provider refuses although it holds the amount is given up', async () => {
    const { id, deadlineAt } = await shop.pay('tok_approved');
    await request(id);
    const refusal = { outcome: 'not_capturable', detail: 'under review' } as const;
    expect((await settle(id, refusal, 'capture')).attempt).toMatchObject({
      status: 'authorized',
      captureRequestedAt: null,
      deadlineAt,
    });
    expect(await request(id)).toBe(true);
  });
});

describe('a capture and a void of one attempt', () => {
  it('exclude each other, whichever comes first', async () => {
    const first = await shop.pay('tok_approved');
    await request(first.id);
    expect(await shop.payments.void(first.id)).toEqual({ outcome: 'capture_under_way' });
    expect(await shop.read(first.id)).toMatchObject({ voidRequestedAt: null });
    expect(await settle(first.id, { outcome: 'capture_under_way' }, 'lookUp')).toMatchObject({ changed: false });
    expect(await shop.payments.capture(first.id)).toMatchObject({ outcome: 'captured' });

    const second = await shop.pay('tok_approved');
    await shop.payments.void(second.id);
    expect(await request(second.id)).toBe(false);
  });

  it('never leave both intentions, however they race', async () => {
    for (let i = 0; i < 12; i++) {
      const { id } = await shop.pay('tok_approved');
      const [requested, voided] = await Promise.all([request(id), shop.payments.void(id)]);
      expect(voided).toEqual({ outcome: requested ? 'capture_under_way' : 'voided' });
      const { captureRequestedAt, voidRequestedAt } = await shop.read(id);
      expect([captureRequestedAt !== null, voidRequestedAt !== null]).toEqual([requested, !requested]);
    }
  });

  it('the word of an authorisation does not outlive a void', async () => {
    const { paymentId } = await shop.start();
    const charged = await shop.charge(paymentId, 'tok_approved');
    expect(charged).toMatchObject({ outcome: 'authorized' });
    expect(await shop.payments.void(paymentId)).toEqual({ outcome: 'voided' });
    expect(await settle(paymentId, charged, 'charge')).toMatchObject({
      changed: false,
      attempt: { status: 'pending' },
    });
  });
});

describe('a fee', () => {
  it('that the provider tells later is learnt once', async () => {
    const { paymentId } = await shop.start();
    const told = (fee?: bigint): ChargeAnswer => ({
      outcome: 'captured',
      reference: 'r',
      ...(fee === undefined ? {} : { fee }),
    });
    expect(await settle(paymentId, told(), 'charge')).toMatchObject({ changed: true, attempt: { fee: null } });
    expect(await settle(paymentId, told(), 'lookUp')).toMatchObject({ changed: false, feeLearnt: false });
    expect(await settle(paymentId, told(35n), 'lookUp')).toMatchObject({
      changed: false,
      feeLearnt: true,
      attempt: { fee: 35n },
    });
    expect(await settle(paymentId, told(36n), 'lookUp')).toMatchObject({ feeLearnt: false, attempt: { fee: 35n } });
  });
});

describe('the history of an attempt', () => {
  it('keeps each state with its amounts', async () => {
    const { id, orderId } = await shop.pay('tok_requires_action');
    await shop.provider.completeStep(id, 'approved');
    await settle(id, await shop.payments.lookUp(id), 'lookUp');
    await request(id);
    await settle(id, await shop.payments.capture(id), 'capture');
    await shop.db.transaction((tx) =>
      shop.payments.startRefund(tx, { orderId, amount: 300n, reason: null, actorId: null }),
    );
    const rows = await shop.db.prisma.paymentAttemptHistory.findMany({
      where: { paymentId: id },
      orderBy: { id: 'asc' },
    });
    expect(rows.map(({ status, authorized, captured, refunded }) => [status, authorized, captured, refunded])).toEqual([
      ['pending', 0n, 0n, 0n],
      ['requires_action', 0n, 0n, 0n],
      ['authorized', 1000n, 0n, 0n],
      ['captured', 1000n, 1000n, 0n],
      ['captured', 1000n, 1000n, 300n],
    ]);
  });
});
