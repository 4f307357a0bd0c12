import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  captureEntry,
  feeEntry,
  partsOfCapture,
  refundEntry,
  refundReversalEntry,
  splitRefund,
  type CaptureParts,
  type NewEntry,
} from './entries.js';

const PAYMENT = { paymentId: 'p1', provider: 'test' };

const part = fc.bigInt({ min: 0n, max: 5_000_000n });
const captures = fc
  .record({ goods: part, shipping: part, tax: part })
  .filter(({ goods, shipping, tax }) => goods + shipping + tax > 0n);
/** A capture, and amounts above 0 that give it back to the last unit, in an order of their own. */
const refundedCaptures = captures.chain((parts) => {
  const total = sumOf(parts);
  return fc
    .array(fc.bigInt({ min: 1n, max: total }), { maxLength: 12 })
    .map((cuts) => [...new Set([...cuts, total])].sort((a, b) => (a < b ? -1 : 1)))
    .map((cuts) => ({ parts, amounts: cuts.map((cut, index) => cut - (cuts[index - 1] ?? 0n)) }));
});

function sumOf({ goods, shipping, tax }: CaptureParts): bigint {
  return goods + shipping + tax;
}

function balance(entry: { readonly postings: readonly { amount: bigint }[] } | null): bigint {
  return (entry?.postings ?? []).reduce((sum, { amount }) => sum + amount, 0n);
}

describe('captureEntry', () => {
  it('puts the money with the provider, and what it was paid for on the other side', () => {
    const parts = { goods: 1_000n, shipping: 400n, tax: 280n };
    expect(captureEntry({ ...PAYMENT, amount: 1_680n, parts })).toEqual({
      source: 'capture:p1',
      kind: 'capture',
      postings: [
        { account: 'provider:test', amount: 1_680n },
        { account: 'sales', amount: -1_000n },
        { account: 'shipping', amount: -400n },
        { account: 'tax', amount: -280n },
      ],
    });
  });

  it('leaves out what is 0, and books nothing for nothing', () => {
    const entry = captureEntry({ ...PAYMENT, amount: 5n, parts: { goods: 5n, shipping: 0n, tax: 0n } });
    expect(entry?.postings.map(({ account }) => account)).toEqual(['provider:test', 'sales']);
    expect(captureEntry({ ...PAYMENT, amount: 0n, parts: { goods: 0n, shipping: 0n, tax: 0n } })).toBeNull();
    expect(captureEntry({ ...PAYMENT, amount: 0n, parts: null })).toBeNull();
  });

  it('keeps money that was paid for nothing apart', () => {
    expect(captureEntry({ ...PAYMENT, amount: 900n, parts: null })?.postings).toEqual([
      { account: 'provider:test', amount: 900n },
      { account: 'unapplied', amount: -900n },
    ]);
  });

  it('refuses parts that are not the amount', () => {
    const parts = { goods: 5n, shipping: 0n, tax: 0n };
    expect(() => captureEntry({ ...PAYMENT, amount: 6n, parts })).toThrow(RangeError);
    expect(() => captureEntry({ ...PAYMENT, amount: 4n, parts: { ...parts, tax: -1n } })).toThrow(RangeError);
    expect(() => captureEntry({ ...PAYMENT, amount: -1n, parts: null })).toThrow(RangeError);
  });

  it('always balances, and its parts can be read back', () => {
    fc.assert(
      fc.property(captures, (parts) => {
        const entry = captureEntry({ ...PAYMENT, amount: sumOf(parts), parts });
        expect(balance(entry)).toBe(0n);
        expect(entry?.postings.every(({ amount }) => amount !== 0n)).toBe(true);
        expect(partsOfCapture(entry?.postings ?? [])).toEqual(parts);
      }),
    );
  });
});

describe('feeEntry', () => {
  it('takes the fee from what the provider holds', () => {
    expect(feeEntry({ ...PAYMENT, fee: 39n })).toEqual({
      source: 'fee:p1',
      kind: 'fee',
      postings: [
        { account: 'fees', amount: 39n },
        { account: 'provider:test', amount: -39n },
      ],
    });
    expect(feeEntry({ ...PAYMENT, fee: 0n })).toBeNull();
    expect(() => feeEntry({ ...PAYMENT, fee: -1n })).toThrow(RangeError);
  });
});

describe('refundEntry', () => {
  const captured = { goods: 1_000n, shipping: 400n, tax: 280n };
  const refund = { refundId: 'r1', provider: 'test', refundedBefore: 0n, captured };

  it('turns the capture around, in its proportions', () => {
    expect(refundEntry({ ...refund, amount: 168n })).toEqual({
      source: 'refund:r1',
      kind: 'refund',
      postings: [
        { account: 'sales', amount: 100n },
        { account: 'shipping', amount: 40n },
        { account: 'tax', amount: 28n },
        { account: 'provider:test', amount: -168n },
      ],
    });
  });

  it('gives money that was paid for nothing back from where it is kept', () => {
    expect(refundEntry({ ...refund, amount: 168n, captured: null })?.postings).toEqual([
      { account: 'unapplied', amount: 168n },
      { account: 'provider:test', amount: -168n },
    ]);
  });

  it('refuses more than was captured', () => {
    expect(() => refundEntry({ ...refund, refundedBefore: 1_600n, amount: 81n })).toThrow(RangeError);
    expect(refundEntry({ ...refund, amount: 0n })).toBeNull();
  });

  it('always balances', () => {
    fc.assert(
      fc.property(refundedCaptures, ({ parts, amounts }) => {
        let refundedBefore = 0n;
        for (const amount of amounts) {
          expect(balance(refundEntry({ ...refund, captured: parts, refundedBefore, amount }))).toBe(0n);
          refundedBefore += amount;
        }
      }),
    );
  });
});

describe('refundReversalEntry', () => {
  it('turns a refund around', () => {
    const captured = { goods: 1_000n, shipping: 400n, tax: 280n };
    const refund = { refundId: 'r1', provider: 'test', captured, amount: 168n };
    expect(refundReversalEntry({ ...refund, refundedAfter: 0n })).toEqual({
      source: 'refund_reversal:r1',
      kind: 'refund_reversal',
      postings: [
        { account: 'sales', amount: -100n },
        { account: 'shipping', amount: -40n },
        { account: 'tax', amount: -28n },
        { account: 'provider:test', amount: 168n },
      ],
    });
    expect(refundReversalEntry({ ...refund, amount: 0n, refundedAfter: 0n })).toBeNull();
    expect(() => refundReversalEntry({ ...refund, refundedAfter: 1_513n })).toThrow(RangeError);
  });

  it('leaves the books, whichever refunds come back and when, as those that stand alone would', () => {
    fc.assert(
      fc.property(refundedCaptures, fc.array(fc.nat(), { maxLength: 20 }), ({ parts, amounts }, picks) => {
        const refund = { refundId: 'r1', provider: 'test', captured: parts };
        const books = new Map<string, bigint>();
        const book = (entry: NewEntry | null): void => {
          expect(balance(entry)).toBe(0n);
          for (const { account, amount } of entry?.postings ?? [])
            books.set(account, (books.get(account) ?? 0n) + amount);
        };
        const standing: bigint[] = [];
        const left = [...amounts];
        const refunded = () => standing.reduce((sum, amount) => sum + amount, 0n);
        const give = (): void => {
          const amount = left.shift() ?? 0n;
          book(refundEntry({ ...refund, amount, refundedBefore: refunded() }));
          standing.push(amount);
        };
        for (const pick of picks) {
          if (pick % 2 === 0 && left.length > 0) give();
          else if (standing.length > 0) {
            const [amount = 0n] = standing.splice(pick % standing.length, 1);
            book(refundReversalEntry({ ...refund, amount, refundedAfter: refunded() }));
            left.push(amount);
          }
          const { goods, shipping, tax } = splitRefund(parts, 0n, refunded());
          expect(['sales', 'shipping', 'tax'].map((account) => books.get(account) ?? 0n)).toEqual([
            goods,
            shipping,
            tax,
          ]);
        }
        while (left.length > 0) give();
        expect(['sales', 'shipping', 'tax'].map((account) => books.get(account) ?? 0n)).toEqual(Object.values(parts));
      }),
    );
  });
});

describe('splitRefund', () => {
  it('brings every part to exactly nothing when all is given back, and never below on the way', () => {
    fc.assert(
      fc.property(refundedCaptures, ({ parts, amounts }) => {
        const left = { ...parts };
        let refundedBefore = 0n;
        for (const amount of amounts) {
          const split = splitRefund(parts, refundedBefore, amount);
          expect(sumOf(split)).toBe(amount);
          for (const name of ['goods', 'shipping', 'tax'] as const) {
            expect(split[name]).toBeGreaterThanOrEqual(0n);
            left[name] -= split[name];
            expect(left[name]).toBeGreaterThanOrEqual(0n);
          }
          refundedBefore += amount;
        }
        expect(left).toEqual({ goods: 0n, shipping: 0n, tax: 0n });
      }),
      { numRuns: 1_000 },
    );
  });

  it('gives unit by unit what it gives at once', () => {
    const parts = { goods: 7n, shipping: 3n, tax: 5n };
    const units = Array.from({ length: 15 }, (_, before) => splitRefund(parts, BigInt(before), 1n));
    expect(units.every((unit) => Object.values(unit).every((amount: bigint) => amount >= 0n))).toBe(true);
    expect(units.reduce((sum, { tax }) => sum + tax, 0n)).toBe(5n);
    expect(units.slice(0, 8).reduce((sum, { goods }) => sum + goods, 0n)).toBe(splitRefund(parts, 0n, 8n).goods);
  });
});
