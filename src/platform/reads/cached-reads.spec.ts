import { describe, expect, it } from '@jest/globals';
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

  it('remembers a change as long as a value from before it may be asked for', async () => {
    const { cache, loads, read, pass, fill } = cached();
    cache.forget(['x']);
    pass(900);
    await fill('mug', 'mug a');
    cache.forget(['a']);
    pass(101);
    // Begins the next lot of changes.
    cache.forget(['y']);
    pass(800);
    cache.forget(['z']);
    void read('mug');
    expect(loads).toHaveLength(2);
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
