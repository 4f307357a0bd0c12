import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CachedReads } from './cached-reads.js';

/** A cache whose clock and answers are in the test's hands. */
function cached(maxBytes = 10_000) {
  let time = 0;
  const loads: ((value: string) => void)[] = [];
  const cache = new CachedReads<string>({
    maxBytes,
    maxAgeMs: 1_000,
    bytesOf: (value) => value.length,
    // `mug a b` tells of a and b.
    subjectsOf: (value) => value.split(' ').slice(1),
    now: () => time,
  });
  const read = async (key: string) => cache.read(key, () => new Promise<string>((resolve) => loads.push(resolve)));
  return {
    cache,
    loads,
    read,
    pass: (ms: number) => (time += ms),
    /** Reads, and lets the database answer so at once. */
    fill: async (key: string, value: string) => {
      const reading = read(key);
      loads.at(-1)?.(value);
      return reading;
    },
  };
}

describe('CachedReads', () => {
  it('reads once for all who ask meanwhile, and for all who ask within the time', async () => {
    const { cache, loads, read, pass } = cached();
    const both = Promise.all([read('k'), read('k')]);
    loads[0]?.('mug');
    expect(await both).toEqual(['mug', 'mug']);
    pass(999);
    expect(await read('k')).toBe('mug');
    expect(loads).toHaveLength(1);
    expect([cache.hits, cache.misses]).toEqual([2, 1]);
  });

  it("counts a value's age from when its reading began", async () => {
    const { loads, read, pass } = cached();
    const slow = read('k');
    pass(600);
    loads[0]?.('old');
    expect(await slow).toBe('old');
    pass(400);
    void read('k');
    expect(loads).toHaveLength(2);
  });

  it('gives out nothing from before a change of everything, not even what was being read', async () => {
    const { cache, loads, read, fill } = cached();
    await fill('kept', 'old');
    const early = read('k');
    cache.forgetAll();
    const late = read('k');
    void read('kept');
    expect(loads).toHaveLength(4);
    loads[1]?.('old');
    expect(await early).toBe('old');
    void read('k');
    expect(loads).toHaveLength(4);
    loads[2]?.('new');
    expect(await late).toBe('new');
    expect(await read('k')).toBe('new');
  });

  it('forgets what tells of a subject, and keeps the rest', async () => {
    const { cache, loads, read, fill } = cached();
    await fill('mug', 'mug a b');
    await fill('cup', 'cup c');
    await fill('list', 'list');
    cache.forget(['b']);
    expect(await read('cup')).toBe('cup c');
    expect(await read('list')).toBe('list');
    const again = read('mug');
    expect(loads).toHaveLength(4);
    loads[3]?.('mug a b, one less');
    await again;
    expect(await read('mug')).toBe('mug a b, one less');
  });

  it('has nobody who asks after the change of a subject wait for what may be from before it', async () => {
    const { cache, loads, read } = cached();
    const early = read('mug');
    cache.forget(['a']);
    const late = read('mug');
    loads[0]?.('mug a, the old');
    loads[1]?.('mug a, the new');
    expect([await early, await late]).toEqual(['mug a, the old', 'mug a, the new']);
  });

  it('keeps no value that was being read when its subject changed, however long ago other subjects have', async () => {
    const { cache, loads, read, pass, fill } = cached();
    const early = read('mug');
    cache.forget(['a']);
    pass(500);
    cache.forget(['x']);
    loads[0]?.('mug a');
    await early;
    void read('mug');
    expect(loads).toHaveLength(2);
    pass(2_000);
    cache.forget(['x']);
    await fill('cup', 'cup a');
    expect(await read('cup')).toBe('cup a');
    expect(loads).toHaveLength(3);
  });

  it('gives out what is older while somebody confirms that all changes have been told of', async () => {
    const { cache, loads, read, pass, fill } = cached();
    await fill('mug', 'mug a');
    pass(5_000);
    cache.confirm(4_500);
    expect(await read('mug')).toBe('mug a');
    pass(500);
    const again = read('mug');
    expect(loads).toHaveLength(2);
    loads[1]?.('mug a');
    await again;
    pass(5_000);
    cache.confirm(10_000);
    // Word of an earlier moment takes nothing back.
    cache.confirm(9_000);
    expect(await read('mug')).toBe('mug a');
    await fill('cup', 'cup b');
    cache.forget(['a']);
    expect(await read('cup')).toBe('cup b');
    void read('mug');
    expect(loads).toHaveLength(4);
  });

  it('remembers each change for as long as a value from before it is kept, however many others there are', async () => {
    const { cache, loads, read, pass, fill } = cached(100_000);
    await fill('mug', 'mug a');
    await fill('cup', 'cup b');
    cache.forget(['a']);
    for (let other = 0; other < 5_000; other++) cache.forget([`x${other}`]);
    pass(5_000);
    cache.confirm(5_000);
    expect(await read('cup')).toBe('cup b');
    void read('mug');
    expect(loads).toHaveLength(3);
  });

  it('keeps nothing whose reading began before changes that it does not remember any more', async () => {
    const { cache, loads, read } = cached();
    const slow = read('mug');
    cache.forget(['a']);
    for (let other = 0; other < 5_000; other++) cache.forget([`x${other}`]);
    loads[0]?.('mug a');
    expect(await slow).toBe('mug a');
    void read('mug');
    expect(loads).toHaveLength(2);
  });

  it('gives out what the database holds or held a second ago, in whatever order things happen', async () => {
    const step = fc.oneof(
      fc.record({ act: fc.constantFrom('read', 'change', 'answer'), key: fc.constantFrom('a', 'b', 'c') }),
      fc.record({ act: fc.constant('pass'), ms: fc.integer({ min: 1, max: 700 }) }),
      fc.record({ act: fc.constant('look') }),
      fc.record({ act: fc.constant('many') }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
        let time = 0;
        const versions = new Map<string, { at: number; version: number }[]>();
        const current = (key: string) => versions.get(key)?.at(-1)?.version ?? 0;
        const wasTrue = (key: string, version: number, since: number) => {
          const all = versions.get(key) ?? [];
          // True until the next version came, which has to be no longer ago than that.
          const next = all.find((one) => one.version === version + 1);
          return version === current(key) || (next !== undefined && next.at >= since);
        };
        let untold: string[] = [];
        let answers: (() => void)[] = [];
        const checks: Promise<void>[] = [];
        const cache = new CachedReads<string>({
          maxBytes: 10_000,
          maxAgeMs: 1_000,
          bytesOf: (value) => value.length,
          subjectsOf: (value) => [value.split(' ')[0] ?? ''],
          now: () => time,
        });
        for (const one of steps) {
          if (one.act === 'pass' && 'ms' in one) time += one.ms;
          else if (one.act === 'change' && 'key' in one) {
            versions.set(one.key, [...(versions.get(one.key) ?? []), { at: time, version: current(one.key) + 1 }]);
            untold.push(one.key);
          } else if (one.act === 'look') {
            cache.forget(untold);
            untold = [];
            cache.confirm(time);
          } else if (one.act === 'many') {
            for (let other = 0; other < 1_100; other++) cache.forget([`x${other}`]);
          } else if (one.act === 'answer') {
            for (const answer of answers) answer();
            answers = [];
            await Promise.resolve();
          } else if ('key' in one) {
            const { key } = one;
            const given = cache.read(key, () => {
              // As the database holds it when the reading begins, whenever the answer comes.
              const value = `${key} ${current(key)}`;
              return new Promise((resolve) => answers.push(() => resolve(value)));
            });
            const asked = time;
            const check = (value: string) =>
              expect(wasTrue(key, Number(value.split(' ')[1]), asked - 1_000)).toBe(true);
            if (typeof given === 'string') check(given);
            else checks.push(given.then(check));
          }
        }
        for (const answer of answers) answer();
        await Promise.all(checks);
      }),
      { numRuns: 400 },
    );
  });

  it('lets go of what is too old to be given out', async () => {
    const { cache, read, fill, pass } = cached();
    await fill('one', 'mug');
    await fill('two', 'jug');
    const held = cache.bytes;
    pass(500);
    await fill('three', 'cup');
    pass(600);
    await fill('four', 'pot');
    expect(cache.bytes).toBe(held + ('three'.length - 'one'.length + 'four'.length - 'two'.length) * 2);
    expect(await read('three')).toBe('cup');
  });

  it('keeps no failure, which all who wait hear of', async () => {
    const { cache } = cached();
    const failing = () => Promise.reject(new Error('gone'));
    const both = [cache.read('k', failing), cache.read('k', failing)];
    for (const one of both) await expect(one).rejects.toThrow('gone');
    expect(await cache.read('k', () => Promise.resolve('back'))).toBe('back');
  });
});
