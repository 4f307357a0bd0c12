import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { endpointPause, isGivenUp, MAX_TRIES, pauseAfter } from './retry-schedule.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const tries = Array.from({ length: MAX_TRIES }, (_, index) => index + 1);

describe('pauseAfter', () => {
  it('spreads twelve tries over about three days', () => {
    expect(MAX_TRIES).toBe(12);
    const all = tries.reduce((sum, n) => sum + (pauseAfter(n, 0.5) ?? 0), 0);
    expect(all).toBeGreaterThan(2.5 * DAY);
    expect(all).toBeLessThan(3.5 * DAY);
  });

  it('grows with every try, whatever chance says, and ends with the last', () => {
    const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(chance, chance, fc.integer({ min: 1, max: MAX_TRIES - 2 }), (one, other, n) => {
        expect(pauseAfter(n, one)).toBeLessThan(pauseAfter(n + 1, other) ?? 0);
      }),
    );
    expect(pauseAfter(1, 0.5)).toBe(5000);
    expect(pauseAfter(MAX_TRIES, 0.5)).toBeUndefined();
  });
});

describe('endpointPause', () => {
  it('begins with the third failure in a row, grows, and ends at half an hour', () => {
    const pauses = [0, 1, 2, 3, 4, 5, 8, 9, 10, 1_000_000].map(endpointPause);
    expect(pauses).toEqual([0, 0, 0, 30_000, 60_000, 120_000, 960_000, 1_800_000, 1_800_000, 1_800_000]);
  });

  it('never delays a single delivery beyond its own pauses', () => {
    for (const n of tries.slice(0, -1)) expect(endpointPause(n)).toBeLessThanOrEqual(pauseAfter(n, 0) ?? 0);
  });
});

describe('isGivenUp', () => {
  const since = new Date('2026-01-01T00:00:00Z');
  const after = (ms: number) => new Date(since.getTime() + ms);
  it.each([
    [MAX_TRIES, 5 * DAY, true],
    [MAX_TRIES, 5 * DAY - 1, false],
    [MAX_TRIES - 1, 50 * DAY, false],
  ])('after %d failures in %d ms: %s', (failures, ms, expected) => {
    expect(isGivenUp(failures, since, after(ms))).toBe(expected);
  });
});
