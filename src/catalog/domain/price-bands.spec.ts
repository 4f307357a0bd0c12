import { describe, expect, it } from '@jest/globals';
import { MAX_AMOUNT } from '../../platform/money/index.js';
import { BAND_STARTS, priceBand } from './price-bands.js';

describe('price bands', () => {
  it('begin at 1, 2 and 5 times the powers of ten', () => {
    expect(BAND_STARTS.slice(0, 8)).toEqual([0, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000]);
    expect(BAND_STARTS.every(Number.isSafeInteger)).toBe(true);
  });

  it('follow each other without a gap, up to the greatest amount', () => {
    const bands = BAND_STARTS.map((_, index) => priceBand(index + 1));
    expect(bands[0]).toEqual({ min: 0, max: 499 });
    expect(bands.at(-1)?.max).toBe(Number(MAX_AMOUNT));
    bands.slice(1).forEach(({ min, max }, index) => {
      expect(min).toBe((bands[index]?.max ?? 0) + 1);
      expect(max).toBeGreaterThan(min);
    });
  });
});
