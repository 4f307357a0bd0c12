import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MAX_AMOUNT, WHOLE, allocate, formatRate, mulDiv, multiply, parseRate } from './index.js';

const amounts = fc.bigInt({ min: -MAX_AMOUNT, max: MAX_AMOUNT });
const natural = fc.bigInt({ min: 0n, max: MAX_AMOUNT });
const sum = (parts: readonly bigint[]): bigint => parts.reduce((a, b) => a + b, 0n);
const abs = (value: bigint): bigint => (value < 0n ? -value : value);

describe('multiply', () => {
  it('takes whole quantities from zero up', () => {
    expect(multiply(1299n, 3)).toBe(3897n);
    expect(multiply(1299n, 0)).toBe(0n);
    for (const quantity of [-1, 0.5, NaN, 2 ** 53]) expect(() => multiply(1n, quantity)).toThrow(RangeError);
  });
});

describe('mulDiv', () => {
  it.each([
    [5n, 'half-even', 2n],
    [5n, 'half-up', 3n],
    [7n, 'half-even', 4n],
    [7n, 'half-up', 4n],
    [-5n, 'half-even', -2n],
    [-5n, 'half-up', -3n],
    [4n, 'half-even', 2n],
  ] as const)('halves %d %s to %d', (amount, rounding, half) => {
    expect(mulDiv(amount, 1n, 2n, rounding)).toBe(half);
  });

  it('rounds to the nearest beside the half', () => {
    expect([1n, 2n, -1n, -2n].map((amount) => mulDiv(amount, 1n, 3n, 'half-even'))).toEqual([0n, 1n, 0n, -1n]);
  });

  it('is never further than half a unit from the exact value', () => {
    const denominators = fc.bigInt({ min: 1n, max: 10n ** 9n });
    fc.assert(
      fc.property(
        amounts,
        amounts,
        denominators,
        fc.constantFrom('half-even' as const, 'half-up' as const),
        (a, n, d, mode) => {
          expect(2n * abs(mulDiv(a, n, d, mode) * d - a * n) <= d).toBe(true);
          expect(mulDiv(-a, n, d, mode)).toBe(-mulDiv(a, n, d, mode));
        },
      ),
    );
  });

  it('refuses a denominator that is not positive', () => {
    expect(() => mulDiv(1n, 1n, 0n, 'half-up')).toThrow(RangeError);
    expect(() => mulDiv(1n, 1n, -2n, 'half-up')).toThrow(RangeError);
  });
});

describe('allocate', () => {
  it('gives what is left over to the largest remainders, the earlier first', () => {
    expect(allocate(100n, [1n, 1n, 1n])).toEqual([34n, 33n, 33n]);
    expect(allocate(10n, [1n, 2n, 4n])).toEqual([1n, 3n, 6n]);
    expect(allocate(-100n, [1n, 1n, 1n])).toEqual([-34n, -33n, -33n]);
  });

  it('handles weights of zero', () => {
    expect(allocate(5n, [0n, 3n, 0n])).toEqual([0n, 5n, 0n]);
    expect(allocate(5n, [0n, 0n])).toEqual([3n, 2n]);
    expect(allocate(0n, [])).toEqual([]);
    expect(() => allocate(1n, [])).toThrow(RangeError);
    expect(() => allocate(1n, [-1n, 2n])).toThrow(RangeError);
  });

  it('sums to the total, each part within one unit of its share', () => {
    fc.assert(
      fc.property(amounts, fc.array(natural, { minLength: 1, maxLength: 50 }), (total, weights) => {
        const parts = allocate(total, weights);
        expect(sum(parts)).toBe(total);
        const all = sum(weights);
        if (all === 0n) return;
        weights.forEach((weight, i) => {
          const part = parts[i] ?? 0n;
          if (weight === 0n) expect(part).toBe(0n);
          expect(abs(part * all - total * weight) < all).toBe(true);
        });
      }),
    );
  });

  it('never gives a line more than its weight when the total is no more than all weights', () => {
    fc.assert(
      fc.property(
        fc.array(natural, { minLength: 1, maxLength: 30 }),
        fc.bigInt({ min: 0n, max: 1000n }),
        (weights, permille) => {
          const parts = allocate((sum(weights) * permille) / 1000n, weights);
          parts.forEach((part, i) => expect(part <= (weights[i] ?? 0n)).toBe(true));
        },
      ),
    );
  });
});

describe('rates', () => {
  it.each([
    ['20', 200_000n, '20'],
    ['7.7', 77_000n, '7.7'],
    ['8.875', 88_750n, '8.875'],
    ['0.0001', 1n, '0.0001'],
    ['0', 0n, '0'],
    ['100.0', WHOLE, '100'],
    ['10.50', 105_000n, '10.5'],
  ])('reads %s percent', (text, rate, written) => {
    expect(parseRate(text)).toEqual({ ok: true, rate });
    expect(formatRate(rate)).toBe(written);
  });

  it.each([
    ['', 'not_decimal'],
    ['20%', 'not_decimal'],
    ['1.00001', 'too_precise'],
    ['-1', 'out_of_range'],
    ['100.0001', 'out_of_range'],
  ])('refuses %j as %s', (text, fault) => {
    expect(parseRate(text)).toEqual({ ok: false, fault });
  });
});
