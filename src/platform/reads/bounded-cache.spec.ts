import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BoundedCache } from './bounded-cache.js';

describe('BoundedCache', () => {
  it('lets go of what was not asked for the longest', () => {
    const cache = new BoundedCache<number>(3 * 202);
    for (const [index, key] of ['a', 'b', 'c'].entries()) cache.set(key, index, 100);
    expect(cache.get('a')).toBe(0);
    cache.set('d', 3, 100);
    expect([cache.get('a'), cache.get('b'), cache.get('c'), cache.get('d')]).toEqual([0, undefined, 2, 3]);
  });

  it('keeps nothing that is larger than all it may hold, and forgets what stood there before', () => {
    const cache = new BoundedCache<number>(500);
    cache.set('a', 1, 10);
    cache.set('a', 2, 1_000);
    expect(cache.get('a')).toBeUndefined();
    expect(cache.bytes).toBe(0);
  });

  it('holds no more than its bytes, and what was set last, whatever is done', () => {
    const step = fc.record({
      act: fc.constantFrom('set', 'get', 'delete', 'clear'),
      key: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      bytes: fc.nat(400),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const cache = new BoundedCache<number>(1_000);
        const last = new Map<string, number>();
        for (const [index, { act, key, bytes }] of steps.entries()) {
          if (act === 'set') {
            cache.set(key, index, bytes);
            last.set(key, index);
            expect(cache.get(key)).toBe(index);
          } else if (act === 'get') {
            expect([undefined, last.get(key)]).toContain(cache.get(key));
          } else if (act === 'delete') {
            cache.delete(key);
            expect(cache.get(key)).toBeUndefined();
          } else cache.clear();
          expect(cache.bytes).toBeLessThanOrEqual(1_000);
          if (cache.size === 0) expect(cache.bytes).toBe(0);
        }
      }),
    );
  });
});
