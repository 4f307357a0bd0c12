import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type {
  ChargeQuestion,
  ChargeResult,
  PaymentProvider,
  ProviderRecord,
  RefundQuestion,
} from '../../src/payments/domain/payment-provider.js';
import { newId, type PaymentId, type RefundId } from '../../src/platform/ids/index.js';

/** A provider with what the suite needs to play its shoppers. */
export interface ContractProvider {
  readonly provider: PaymentProvider;
  readonly tokens: {
    readonly approved: string;
    readonly declined: string;
    readonly requiresAction: string;
    /** The provider fails before anything happens. */
    readonly fault?: string;
    /** Charged, and the answer is lost. */
    readonly lostAnswer?: string;
    /** The request is lost. */
    readonly lostRequest?: string;
  };
  /** The provider's clock. */
  now(): Date;
  /** What the shopper does at their bank. */
  completeStep(key: PaymentId, reference: string, outcome: 'approved' | 'declined'): Promise<void>;
  close(): Promise<void>;
}

export interface ContractSubject {
  readonly name: string;
  readonly make: () => Promise<ContractProvider>;
}

const AMOUNT = { amount: 12_345n, currency: 'GBP' };
const LIMIT_MS = 5_000;

/** What every adapter promises the shop, whatever provider stands behind it: see `payment-provider.ts`. */
export function describeProvider({ name, make }: ContractSubject): void {
  describe(`the provider ${name}`, () => {
    let made: ContractProvider;
    let by: Asking;
    beforeAll(async () => {
      made = await make();
      by = new Asking(made);
    });
    afterAll(() => made.close());

    describe('a charge', () => {
      it('is taken once under its key, however often it is asked for', async () => {
        const key = newId<PaymentId>();
        const first = await by.charge(key);
        expect(first).toMatchObject({ outcome: 'captured', reference: expect.any(String) });
        expect(await by.charge(key)).toMatchObject({ outcome: 'captured', reference: referenceOf(first) });
        expect(await by.lookUp(key, first)).toMatchObject({ outcome: 'captured', reference: referenceOf(first) });
        expect(await by.recordsOf(key)).toMatchObject([{ status: 'captured', captured: AMOUNT.amount }]);
      });

      it('is taken once under a crowd', async () => {
        const key = newId<PaymentId>();
        const answers = await Promise.all(Array.from({ length: 6 }, () => by.charge(key)));
        // One that came while the first was still at work may not know; it never says that nothing happened.
        for (const { outcome } of answers) expect(['captured', 'unknown']).toContain(outcome);
        expect(answers.some(({ outcome }) => outcome === 'captured')).toBe(true);
        expect(await by.recordsOf(key)).toHaveLength(1);
      });

      it('that is declined takes nothing, now or later', async () => {
        const key = newId<PaymentId>();
        const answer = await by.charge(key, made.tokens.declined);
        expect(answer).toEqual({ outcome: 'declined', declineCode: 'card_declined' });
        expect(await by.lookUp(key)).toMatchObject({ outcome: 'declined' });
        expect((await by.charge(key, made.tokens.approved)).outcome).not.toMatch(/captured|authorized/);
        expect((await by.recordsOf(key)).every(({ captured }) => captured === 0n)).toBe(true);
      });

      it('does not stand for another amount', async () => {
        const key = newId<PaymentId>();
        const first = await by.charge(key);
        const other = await by.charge(key, made.tokens.approved, true, { ...AMOUNT, amount: 1n });
        expect(other.outcome).not.toMatch(/captured|authorized|error|declined/);
        expect(await by.lookUp(key, first)).toMatchObject({ outcome: 'captured' });
        expect(await by.recordsOf(key)).toMatchObject([{ amount: AMOUNT, captured: AMOUNT.amount }]);
      });

      it('that nobody asked for is not found', async () => {
        expect(await by.lookUp(newId<PaymentId>())).toEqual({ outcome: 'not_found' });
      });
    });

    describe('an authorised amount', () => {
      it('is captured as a whole, once', async () => {
        const key = newId<PaymentId>();
        const held = await by.charge(key, made.tokens.approved, false);
        expect(held).toMatchObject({ outcome: 'authorized', reference: expect.any(String) });
        expect(await by.lookUp(key, held, false)).toMatchObject({ outcome: 'authorized' });
        expect(await by.recordsOf(key)).toMatchObject([{ status: 'authorized', captured: 0n }]);
        expect(await by.capture(key, held)).toMatchObject({ outcome: 'captured', reference: referenceOf(held) });
        expect(await by.capture(key, held)).toMatchObject({ outcome: 'captured' });
        expect(await by.lookUp(key, held, false)).toMatchObject({ outcome: 'captured' });
        expect(await by.recordsOf(key)).toMatchObject([{ status: 'captured', captured: AMOUNT.amount }]);
      });

      it('is let go by a void, and cannot be captured then', async () => {
        const key = newId<PaymentId>();
        const held = await by.charge(key, made.tokens.approved, false);
        expect(await by.void(key, held, false)).toEqual({ outcome: 'voided' });
        expect(await by.void(key, held, false)).toEqual({ outcome: 'voided' });
        expect(await by.capture(key, held)).toMatchObject({ outcome: 'not_capturable' });
        expect(await by.lookUp(key, held, false)).toEqual({ outcome: 'voided' });
        expect((await by.recordsOf(key)).every(({ captured }) => captured === 0n)).toBe(true);
      });

      it('is either captured or let go when both are asked for at once', async () => {
        const key = newId<PaymentId>();
        const held = await by.charge(key, made.tokens.approved, false);
        await Promise.all([by.capture(key, held), by.void(key, held, false)]);
        const { outcome } = await by.lookUp(key, held, false);
        expect(['captured', 'voided']).toContain(outcome);
        expect(await by.recordsOf(key)).toMatchObject([{ captured: outcome === 'captured' ? AMOUNT.amount : 0n }]);
      });

      it('must be there to be captured', async () => {
        expect((await by.capture(newId<PaymentId>())).outcome).toBe('not_capturable');
      });
    });

    describe('a void', () => {
      it('closes a key that the provider never saw', async () => {
        const key = newId<PaymentId>();
        expect(await by.void(key)).toEqual({ outcome: 'voided' });
        expect((await by.charge(key)).outcome).not.toMatch(/captured|authorized|requires_action/);
        expect(await by.lookUp(key)).toEqual({ outcome: 'voided' });
        expect((await by.recordsOf(key)).every(({ captured }) => captured === 0n)).toBe(true);
      });

      it('of a captured charge gives the whole back, or says that it is too late', async () => {
        const key = newId<PaymentId>();
        const taken = await by.charge(key);
        const { outcome } = await by.void(key, taken);
        expect(['voided', 'not_voidable']).toContain(outcome);
        const after = outcome === 'voided' ? 'voided' : 'captured';
        expect(await by.lookUp(key, taken)).toMatchObject({ outcome: after });
      });

      it('is too late when a part was refunded', async () => {
        const key = newId<PaymentId>();
        const taken = await by.charge(key);
        await by.refund(newId<RefundId>(), key, taken, 1n);
        expect(await by.void(key, taken)).toMatchObject({ outcome: 'not_voidable', detail: expect.any(String) });
      });

      it('ends the shopper’s step', async () => {
        const key = newId<PaymentId>();
        const asked = await by.charge(key, made.tokens.requiresAction);
        expect(await by.void(key, asked)).toEqual({ outcome: 'voided' });
        expect(await by.lookUp(key, asked)).toEqual({ outcome: 'voided' });
      });
    });

    describe('a refund', () => {
      it('is given once under its key, and never beyond the charge', async () => {
        const key = newId<PaymentId>();
        const taken = await by.charge(key);
        const [one, two, tooMuch] = [newId<RefundId>(), newId<RefundId>(), newId<RefundId>()];
        const first = await by.refund(one, key, taken, 345n);
        expect(first).toMatchObject({ outcome: 'succeeded', reference: expect.any(String) });
        expect(await by.refund(one, key, taken, 345n)).toEqual(first);
        expect(await by.refund(two, key, taken, 2_000n)).toMatchObject({ outcome: 'succeeded' });
        expect(await by.refund(tooMuch, key, taken, 10_001n)).toMatchObject({
          outcome: 'failed',
          detail: expect.any(String),
        });
        expect(await by.refund(newId<RefundId>(), key, taken, 10_000n)).toMatchObject({ outcome: 'succeeded' });
        expect(await by.lookUpRefund(one, taken)).toEqual(first);
        const [record] = await by.recordsOf(key);
        expect(record?.refunds).toHaveLength(3);
        expect(record?.refunds).toEqual(
          expect.arrayContaining([
            { key: one, amount: 345n },
            { key: two, amount: 2_000n },
          ]),
        );
      });

      it('that nobody asked for is not found', async () => {
        const taken = await by.charge(newId<PaymentId>());
        expect(await by.lookUpRefund(newId<RefundId>(), taken)).toEqual({ outcome: 'not_found' });
      });
    });

    describe('the shopper’s step', () => {
      it.each([
        [true, 'captured'],
        [false, 'authorized'],
      ])('approved, with capture %s, is %s', async (capture, outcome) => {
        const key = newId<PaymentId>();
        const asked = await by.charge(key, made.tokens.requiresAction, capture);
        expect(asked).toMatchObject({ outcome: 'requires_action', nextAction: { type: expect.any(String) } });
        expect(await by.lookUp(key, asked, capture)).toMatchObject({ outcome: 'requires_action' });
        await made.completeStep(key, referenceOf(asked), 'approved');
        expect(await by.lookUp(key, asked, capture)).toMatchObject({ outcome, reference: referenceOf(asked) });
      });

      it('declined takes nothing', async () => {
        const key = newId<PaymentId>();
        const asked = await by.charge(key, made.tokens.requiresAction);
        await made.completeStep(key, referenceOf(asked), 'declined');
        expect(await by.lookUp(key, asked)).toEqual({ outcome: 'declined', declineCode: 'authentication_failed' });
      });
    });

    describe('trouble', () => {
      it('before anything happened is an error, and leaves nothing', async () => {
        if (made.tokens.fault === undefined) return;
        const key = newId<PaymentId>();
        expect(await by.charge(key, made.tokens.fault)).toMatchObject({ outcome: 'error', detail: expect.any(String) });
        expect(await by.lookUp(key)).toEqual({ outcome: 'not_found' });
      });

      it.each(['lostAnswer', 'lostRequest'] as const)('%s is unknown until it is looked up', async (kind) => {
        const token = made.tokens[kind];
        if (token === undefined) return;
        const key = newId<PaymentId>();
        expect(await by.charge(key, token, true, AMOUNT, 300)).toMatchObject({ outcome: 'unknown' });
        const found = kind === 'lostAnswer' ? 'captured' : 'not_found';
        expect(await by.lookUp(key)).toMatchObject({ outcome: found });
      });
    });

    describe('the record', () => {
      it('tells of what was made from a time on and before another', async () => {
        const key = newId<PaymentId>();
        await by.charge(key);
        const now = made.now().getTime();
        const keys = async (from: number, to: number) =>
          (await collect(made.provider.records(new Date(from), new Date(to)))).map((record) => record.key);
        expect(await keys(now - 60_000, now + 60_000)).toContain(key);
        expect(await keys(now - 120_000, now - 60_000)).not.toContain(key);
        expect(await keys(now + 60_000, now + 120_000)).not.toContain(key);
      });
    });

    it('believes no news that it did not sign', () => {
      const body = Buffer.from(JSON.stringify({ id: 'evt_1', type: 'charge.captured', data: { key: newId() } }));
      expect(made.provider.readNews({ body, headers: {} })).toBeNull();
      const headers = { 'webhook-id': 'evt_1', 'webhook-timestamp': '1', 'webhook-signature': 'v1,AAAA' };
      expect(made.provider.readNews({ body, headers: { ...headers, 'stripe-signature': 't=1,v1=00' } })).toBeNull();
    });
  });
}

/** The port's questions, with what is the same in all of them. */
class Asking {
  constructor(private readonly made: ContractProvider) {}

  private get provider(): PaymentProvider {
    return this.made.provider;
  }

  charge(
    key: PaymentId,
    token = this.made.tokens.approved,
    capture = true,
    amount = AMOUNT,
    limitMs = LIMIT_MS,
  ): Promise<ChargeResult> {
    const signal = AbortSignal.timeout(limitMs);
    return this.provider.charge({ key, amount, token, capture, description: 'K7M2-9QXB', signal });
  }

  lookUp(key: PaymentId, charge?: ChargeResult, capture = true) {
    return this.provider.lookUp(this.question(key, charge, capture));
  }

  capture(key: PaymentId, charge?: ChargeResult) {
    return this.provider.capture(this.question(key, charge, false));
  }

  void(key: PaymentId, charge?: ChargeResult, capture = true) {
    return this.provider.void(this.question(key, charge, capture));
  }

  refund(key: RefundId, chargeKey: PaymentId, charge: ChargeResult, amount: bigint) {
    const signal = AbortSignal.timeout(LIMIT_MS);
    const money = { ...AMOUNT, amount };
    return this.provider.refund({ key, chargeKey, chargeReference: referenceOf(charge), amount: money, signal });
  }

  lookUpRefund(key: RefundId, charge: ChargeResult) {
    const createdAt = new Date(this.made.now().getTime() - 1_000);
    const question: RefundQuestion = {
      key,
      chargeReference: referenceOf(charge),
      createdAt,
      signal: AbortSignal.timeout(LIMIT_MS),
    };
    return this.provider.lookUpRefund(question);
  }

  /** What the provider has on record under the key. */
  async recordsOf(key: PaymentId): Promise<ProviderRecord[]> {
    const now = this.made.now().getTime();
    const records = await collect(this.provider.records(new Date(now - 3_600_000), new Date(now + 60_000)));
    return records.filter((record) => record.key === key);
  }

  private question(key: PaymentId, charge: ChargeResult | undefined, capture: boolean): ChargeQuestion {
    return {
      key,
      reference: charge && 'reference' in charge ? charge.reference : null,
      amount: AMOUNT,
      capture,
      description: 'K7M2-9QXB',
      createdAt: new Date(this.made.now().getTime() - 1_000),
      signal: AbortSignal.timeout(LIMIT_MS),
    };
  }
}

function referenceOf(charge: ChargeResult): string {
  if (!('reference' in charge)) throw new Error(`A charge that is ${charge.outcome} has no reference`);
  return charge.reference;
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
