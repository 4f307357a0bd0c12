import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { v7 } from 'uuid';
import { firstIdAt } from './first-id.js';

describe('firstIdAt', () => {
  it('stands between the ids that were made before and since', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 47 }), (msecs) => {
        expect(v7({ msecs: msecs - 1 }) < firstIdAt(new Date(msecs))).toBe(true);
        expect(v7({ msecs }) >= firstIdAt(new Date(msecs))).toBe(true);
      }),
    );
  });
});
