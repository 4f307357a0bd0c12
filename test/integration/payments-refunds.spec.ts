import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RefundAnswer } from '../../src/payments/domain/answers.js';
import { newId, type PaymentId, type RefundId } from '../../src/platform/ids/index.js';
import { questionOf, startPaymentsShop, TIMEOUT_MS, type PaymentsShop } from '../support/payments-shop.js';

let shop: PaymentsShop;
beforeAll(async () => {
  shop = await startPaymentsShop();
});
afterAll(() => shop.close());

const start = (orderId: string, amount: bigint) =>
  shop.db.transaction((tx) => shop.payments.startRefund(tx, { orderId, amount, reason: 'Too small', actorId: null }));
const settle = (refundId: RefundId, answer: RefundAnswer) =>
  shop.db.transaction((tx) => shop.payments.settleRefund(tx, refundId, answer));
const charge = (key: string) => shop.db.prisma.testProviderCharge.findUniqueOrThrow({ where: { key } });

const EXCEEDS = { kind: 'conflict', code: 'payment.refund_exceeds_captured' };

describe('a refund', () => {
  it('counts from the moment it is asked for, and is given once', async () => {
    const paid = await shop.pay('tok_approved');
    const { refundId, paymentId } = await start(paid.orderId, 400n);
    expect(paymentId).toBe(paid.id);
    expect((await shop.read(paid.id)).refunded).toBe(400n);
    expect(await charge(paid.id)).toMatchObject({ refunded: 0n });
    const pending = {
      id: refundId,
      orderId: paid.orderId,
      paymentId,
      status: 'pending',
      amount: 400n,
      currency: 'GBP',
      reason: 'Too small',
      reference: null,
      failure: null,
      actorId: null,
      deadlineAt: new Date(shop.clock.now().getTime() + TIMEOUT_MS + 2_000),
      createdAt: shop.clock.now(),
      settledAt: null,
      reversedAt: null,
    };
    expect(await shop.payments.findRefunds(shop.db.prisma, paid.orderId)).toEqual([pending]);

    const answers = await Promise.all(Array.from({ length: 8 }, () => shop.payments.refund(refundId)));
    const succeeded = { outcome: 'succeeded', reference: `test_refund_${refundId}` };
    for (const answer of answers) expect(answer).toEqual(succeeded);
    expect(await charge(paid.id)).toMatchObject({ refunded: 400n });

    const settled = await Promise.all(answers.map((answer) => settle(refundId, answer)));
    expect(settled.filter(({ changed }) => changed)).toHaveLength(1);
    const refund = { ...pending, status: 'succeeded', reference: succeeded.reference, settledAt: shop.clock.now() };
    for (const each of settled) expect(each.refund).toEqual(refund);
    expect((await shop.read(paid.id)).refunded).toBe(400n);
  });

  it('never goes beyond the capture, however many are asked for at once', async () => {
    const paid = await shop.pay('tok_approved');
    const results = await Promise.allSettled(Array.from({ length: 15 }, () => start(paid.orderId, 150n)));
    const started = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value.refundId] : []));
    expect(started).toHaveLength(6);
    for (const result of results) if (result.status === 'rejected') expect(result.reason).toMatchObject(EXCEEDS);
    const answers = await Promise.all(started.map((refundId) => shop.payments.refund(refundId)));
    expect(answers.every(({ outcome }) => outcome === 'succeeded')).toBe(true);
    expect((await shop.read(paid.id)).refunded).toBe(900n);
    expect(await charge(paid.id)).toMatchObject({ refunded: 900n });
    await expect(start(paid.orderId, 101n)).rejects.toMatchObject(EXCEEDS);
    await expect(start(paid.orderId, 100n)).resolves.toMatchObject({ paymentId: paid.id });
  });

  it.each([0n, -1n])('of %d is no refund', async (amount) => {
    const paid = await shop.pay('tok_approved');
    await expect(start(paid.orderId, amount)).rejects.toThrow(RangeError);
  });

  it.each(['tok_declined', 'tok_requires_action', 'tok_error'])(
    'of an order paid with %s is refused',
    async (token) => {
      await expect(start((await shop.pay(token)).orderId, 1n)).rejects.toMatchObject(EXCEEDS);
    },
  );

  it('that the provider refuses can be asked for again', async () => {
    const paid = await shop.pay('tok_approved');
    // Part of the charge was given back in the provider's own office.
    await shop.db.prisma.testProviderCharge.update({ where: { key: paid.id }, data: { refunded: 800n } });
    const { refundId } = await start(paid.orderId, 300n);
    const answer = await shop.payments.refund(refundId);
    expect(answer).toMatchObject({ outcome: 'failed' });
    expect(await shop.payments.refund(refundId)).toEqual(answer);
    const settled = await Promise.all([settle(refundId, answer), settle(refundId, answer)]);
    expect(settled.filter(({ changed }) => changed)).toHaveLength(1);
    expect(settled[0]?.refund).toMatchObject({
      status: 'failed',
      failure: expect.stringContaining('not so much left'),
    });
    expect((await shop.read(paid.id)).refunded).toBe(0n);
    expect(await settle(refundId, { outcome: 'succeeded', reference: 'x' })).toMatchObject({
      changed: false,
      refund: { status: 'failed' },
    });
    expect((await shop.read(paid.id)).refunded).toBe(0n);
    await expect(start(paid.orderId, 1000n)).resolves.toMatchObject({ paymentId: paid.id });
  });

  it('is undone with the caller’s transaction', async () => {
    const paid = await shop.pay('tok_approved');
    await expect(
      shop.db.transaction(async (tx) => {
        await shop.payments.startRefund(tx, { orderId: paid.orderId, amount: 10n, reason: null, actorId: null });
        throw new Error('the lines cannot be written');
      }),
    ).rejects.toThrow('the lines cannot be written');
    expect((await shop.read(paid.id)).refunded).toBe(0n);
    expect(await shop.payments.findRefunds(shop.db.prisma, paid.orderId)).toEqual([]);
  });
});

describe('a refund after a crash', () => {
  it('before the provider was asked is asked for by the look-up', async () => {
    const paid = await shop.pay('tok_approved');
    const { refundId } = await start(paid.orderId, 250n);
    shop.clock.advance(TIMEOUT_MS + 2_001);
    expect(await shop.payments.findOverdueRefunds(shop.clock.now(), 1000)).toContainEqual({
      refundId,
      paymentId: paid.id,
      orderId: paid.orderId,
    });
    const answer = await shop.payments.lookUpRefund(refundId);
    expect(answer).toMatchObject({ outcome: 'succeeded' });
    expect(await charge(paid.id)).toMatchObject({ refunded: 250n });
    await settle(refundId, answer);
    expect(await shop.payments.findOverdueRefunds(shop.clock.now(), 1000)).not.toContainEqual(
      expect.objectContaining({ refundId }),
    );
  });

  it('after the provider was asked is found, and not given twice', async () => {
    const paid = await shop.pay('tok_approved');
    const { refundId } = await start(paid.orderId, 250n);
    await shop.payments.refund(refundId);
    expect(await shop.payments.lookUpRefund(refundId)).toMatchObject({ outcome: 'succeeded' });
    expect(await charge(paid.id)).toMatchObject({ refunded: 250n });
  });

  it('is asked after later when the answer tells nothing', async () => {
    const paid = await shop.pay('tok_approved');
    const { refundId } = await start(paid.orderId, 250n);
    shop.clock.advance(60_000);
    expect(await settle(refundId, { outcome: 'unknown', detail: 'no line' })).toMatchObject({
      changed: false,
      refund: { status: 'pending', deadlineAt: new Date(shop.clock.now().getTime() + 60_000) },
    });
  });

  it('is nothing that can be looked up without a record', async () => {
    const nowhere = newId<RefundId>();
    await expect(shop.payments.refund(nowhere)).rejects.toMatchObject({ code: 'refund.not_found' });
    await expect(shop.payments.lookUpRefund(nowhere)).rejects.toMatchObject({ code: 'refund.not_found' });
    await expect(settle(nowhere, { outcome: 'pending' })).rejects.toMatchObject({ code: 'refund.not_found' });
  });
});

describe('a void and a refund of one charge', () => {
  const voidOf = (key: PaymentId) => shop.provider.void(questionOf(key));

  it.each(['void', 'refund'])('first the %s: the other one is refused', async (first) => {
    const paid = await shop.pay('tok_approved');
    const { refundId } = await start(paid.orderId, 1n);
    if (first === 'void') expect(await voidOf(paid.id)).toEqual({ outcome: 'voided' });
    const refunded = await shop.payments.refund(refundId);
    expect(refunded.outcome).toBe(first === 'void' ? 'failed' : 'succeeded');
    if (first === 'refund') expect(await voidOf(paid.id)).toMatchObject({ outcome: 'not_voidable' });
    expect(await charge(paid.id)).toMatchObject(
      first === 'void' ? { status: 'voided', refunded: 0n } : { status: 'captured', refunded: 1n },
    );
  });

  it('cannot both give the money back', async () => {
    for (let i = 0; i < 10; i++) {
      // The charge is there, the shop has recorded it, and a void that was begun before is still on its way.
      const paid = await shop.pay('tok_approved');
      const { refundId } = await start(paid.orderId, 1000n);
      const [voided, refunded] = await Promise.all([voidOf(paid.id), shop.payments.refund(refundId)]);
      expect([voided.outcome, refunded.outcome]).toEqual(
        voided.outcome === 'voided' ? ['voided', 'failed'] : ['not_voidable', 'succeeded'],
      );
    }
  });
});
