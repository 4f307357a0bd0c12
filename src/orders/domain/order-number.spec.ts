import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { newOrderNumber, normaliseOrderNumber } from './order-number.js';

describe('newOrderNumber', () => {
  const numbers = Array.from({ length: 20_000 }, newOrderNumber);

  it('has two groups of four, without letters that mislead or spell words', () => {
    expect(
      numbers.filter((number) => !/^[0-9BCDFGHJKMNPQRSTVWXYZ]{4}-[0-9BCDFGHJKMNPQRSTVWXYZ]{4}$/.test(number)),
    ).toEqual([]);
  });

  it('does not repeat itself', () => {
    // Among so few a repetition by chance happens less than once in 10^6 runs.
    expect(new Set(numbers.slice(0, 1000)).size).toBe(1000);
  });

  it('prefers no character', () => {
    const counts = new Map<string, number>();
    for (const character of numbers.join('').replaceAll('-', ''))
      counts.set(character, (counts.get(character) ?? 0) + 1);
    const expected = (numbers.length * 8) / 30;
    expect(counts.size).toBe(30);
    // Seven standard deviations: a fair draw fails this less than once in 10^9 runs.
    for (const count of counts.values()) expect(Math.abs(count - expected)).toBeLessThan(7 * Math.sqrt(expected));
  });
});

describe('normaliseOrderNumber', () => {
  it.each([
    ['K7M2-9QXB', 'K7M2-9QXB'],
    [' k7m29qxb\n', 'K7M2-9QXB'],
    ['k7m2 – 9qxb', 'K7M2-9QXB'],
    ['O1il-oOLI', '0111-0011'],
  ])('reads %j', (typed, number) => {
    expect(normaliseOrderNumber(typed)).toBe(number);
  });

  it.each(['', 'K7M2-9QX', 'K7M2-9QXBB', 'K7M2-9QXA', 'K7M2-9QXU', 'K7M2_9QXB', '%', `${' '.repeat(50)}K7M29QXB`])(
    'refuses %j',
    (typed) => {
      expect(normaliseOrderNumber(typed)).toBeNull();
    },
  );

  it('keeps every number, however it is written, and answers all else', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (typed) => {
        const number = normaliseOrderNumber(typed);
        if (number !== null) expect(normaliseOrderNumber(number)).toBe(number);
        const fresh = newOrderNumber();
        expect(normaliseOrderNumber(fresh.toLowerCase().replace('-', ''))).toBe(fresh);
      }),
    );
  });
});
