import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { feeOf } from './test-engine.js';

describe('feeOf', () => {
  it.each([
    [0n, 0n],
    [1n, 1n],
    [20n, 20n],
    [21n, 20n],
    [33n, 20n],
    [34n, 21n],
    [1_000n, 35n],
    [1_033n, 35n],
    [1_034n, 36n],
    [12_345n, 205n],
  ])('of %d is %d', (amount, fee) => {
    expect(feeOf(amount)).toBe(fee);
  });

  it('is never more than the amount, nor further than half a unit from 1.5 % and 20', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 15n }), (amount) => {
        const fee = feeOf(amount);
        expect(fee >= 0n && fee <= amount).toBe(true);
        if (fee === amount) return;
        const thousandths = (fee - 20n) * 1000n - amount * 15n;
        expect(thousandths > -500n && thousandths <= 500n).toBe(true);
      }),
    );
  });
});
