import { MAX_AMOUNT } from '../../platform/money/index.js';

/** A range of prices in whole minor units, both ends included, so that they can be given as `minPrice` and `maxPrice`. */
export interface PriceBand {
  readonly min: number;
  readonly max: number;
}

/** Where a band begins: 0, 500, 1000, 2000, 5000, 10000, … minor units. The same for every list, so that bands of two lists compare. */
export const BAND_STARTS: readonly number[] = [0, ...startsFrom(500)];

function startsFrom(first: number): number[] {
  const steps = [5, 10, 20].flatMap((step) =>
    Array.from({ length: 14 }, (_, exponent) => (first / 5) * step * 10 ** exponent),
  );
  return steps.filter((start) => start >= first && start <= Number(MAX_AMOUNT)).sort((a, b) => a - b);
}

/** The band with the given number, counted from 1 as PostgreSQL's `width_bucket` counts. */
export function priceBand(number: number): PriceBand {
  const next = BAND_STARTS[number];
  return { min: BAND_STARTS[number - 1] ?? 0, max: next === undefined ? Number(MAX_AMOUNT) : next - 1 };
}
