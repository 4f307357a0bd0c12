import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { InvalidError } from '../errors/index.js';
import { decodeCursor, encodeCursor, toPage } from './pagination.js';

const isText = (value: unknown) => typeof value === 'string';

describe('cursors', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer(), (text, number) =>
        expect(decodeCursor(encodeCursor([text, number]), [isText, Number.isInteger])).toEqual([text, number]),
      ),
    );
  });

  it('are refused when this list did not give them out', () => {
    fc.assert(
      fc.property(fc.string(), (text) =>
        expect(() => decodeCursor(text, [isText, isText, isText])).toThrow(InvalidError),
      ),
    );
    expect(() => decodeCursor(encodeCursor(['a']), [isText, isText])).toThrow(InvalidError);
    expect(() => decodeCursor(encodeCursor([1]), [isText])).toThrow(InvalidError);
  });
});

describe('toPage', () => {
  it('shows the limit, and a cursor only when there is more', () => {
    const keys = (n: number) => [n];
    expect(toPage([1, 2, 3], 2, keys, String)).toEqual({ items: ['1', '2'], nextCursor: encodeCursor([2]) });
    expect(toPage([1, 2], 2, keys, String)).toEqual({ items: ['1', '2'], nextCursor: null });
    expect(toPage([], 2, keys, String)).toEqual({ items: [], nextCursor: null });
  });
});
