import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Limit } from './limit.js';
import { WindowCounters } from './window-counters.js';

const HUNDRED: Limit = { name: 'reads', points: 100, windowSeconds: 60 };
const START = 1_700_000_000_000;

/** A store as the real ones: it adds up. */
class Store {
  readonly totals = new Map<string, number>();
  add(tallies: readonly { key: string; points: number; endsAt: number }[]): number[] {
    return tallies.map(({ key, points, endsAt }) => {
      const name = `${key}:${endsAt}`;
      const total = (this.totals.get(name) ?? 0) + points;
      this.totals.set(name, total);
      return total;
    });
  }
}

function exchange(counters: WindowCounters, store: Store, now = START): number {
  const tallies = counters.takeDue(1000, now);
  counters.settle(tallies, store.add(tallies));
  return tallies.length;
}

function takeUntilRefused(counters: WindowCounters, limit: Limit, key: string, now = START): number {
  let taken = 0;
  while (!counters.take(limit, key, now).exceeded) taken++;
  return taken;
}

describe('one process', () => {
  it('lets as many through as the limit says, and then the next window', () => {
    const counters = new WindowCounters(10);
    expect(takeUntilRefused(counters, HUNDRED, 'a')).toBe(100);
    const { exceeded, remaining, resetSeconds } = counters.take(HUNDRED, 'a', START);
    expect([exceeded, remaining]).toEqual([true, 0]);
    expect(resetSeconds).toBeGreaterThan(0);
    expect(resetSeconds).toBeLessThanOrEqual(60);
    expect(takeUntilRefused(counters, HUNDRED, 'b')).toBe(100);
    expect(takeUntilRefused(counters, HUNDRED, 'a', START + resetSeconds * 1000)).toBe(100);
  });

  it('takes back what it gave', () => {
    const counters = new WindowCounters(10);
    for (let time = 0; time < 500; time++) {
      expect(counters.take(HUNDRED, 'a', START).exceeded).toBe(false);
      counters.giveBack(HUNDRED, 'a', START);
    }
    expect(counters.take(HUNDRED, 'a', START).remaining).toBe(99);
  });

  it('does not begin the windows of all at once', () => {
    const counters = new WindowCounters(1000);
    const ends = Array.from({ length: 200 }, (_, n) => counters.take(HUNDRED, `client ${n}`, START).resetSeconds);
    expect(new Set(ends).size).toBeGreaterThan(30);
  });

  it('never holds more keys than it may, however many come', () => {
    const counters = new WindowCounters(50);
    fc.assert(
      fc.property(fc.array(fc.string(), { maxLength: 400 }), (keys) => {
        for (const key of keys) counters.take(HUNDRED, key, START);
        expect(counters.size).toBeLessThanOrEqual(50);
      }),
    );
    for (let n = 0; n < 10_000; n++) counters.take({ ...HUNDRED, points: 1 }, `flood ${n}`, START);
    expect(counters.size).toBe(50);
    expect(counters.takeDue(1_000_000, START).length).toBeLessThanOrEqual(50);
    counters.sweep(START + 61_000);
    expect(counters.size).toBe(0);
  });
});

describe('processes that share a store', () => {
  it('tell it nothing of clients that ask for little', () => {
    const [counters, store] = [new WindowCounters(100), new Store()];
    const many = { ...HUNDRED, points: 1000 };
    for (let client = 0; client < 50; client++)
      for (let time = 0; time < 19; time++) counters.take(many, `client ${client}`, START);
    expect(exchange(counters, store)).toBe(0);
    counters.take(many, 'client 7', START);
    expect(exchange(counters, store)).toBe(1);
    expect([...store.totals.values()]).toEqual([20]);
  });

  it('learn what others have counted, and refuse together', () => {
    const [one, other, store] = [new WindowCounters(10), new WindowCounters(10), new Store()];
    expect(takeUntilRefused(one, HUNDRED, 'a')).toBe(100);
    exchange(one, store);
    expect(other.take(HUNDRED, 'a', START).exceeded).toBe(false);
    other.take(HUNDRED, 'a', START);
    exchange(other, store);
    expect(other.take(HUNDRED, 'a', START).exceeded).toBe(true);
  });

  it('let no more through than they say beyond the limit, in whatever order they work', () => {
    const processes = fc.integer({ min: 1, max: 5 });
    const steps = fc.array(fc.tuple(fc.nat(4), fc.integer({ min: 1, max: 12 })), { minLength: 60, maxLength: 120 });
    fc.assert(
      fc.property(processes, steps, (count, turns) => {
        const store = new Store();
        const all = Array.from({ length: count }, () => new WindowCounters(10));
        let passed = 0;
        for (const [index, requests] of turns) {
          const counters = all[index % count];
          if (!counters) continue;
          for (let time = 0; time < requests; time++) if (!counters.take(HUNDRED, 'a', START).exceeded) passed++;
          exchange(counters, store);
        }
        // A fiftieth of the limit is 2; between two exchanges a process takes 12 at most.
        expect(passed).toBeLessThanOrEqual(100 + (count - 1) * (2 + 12));
      }),
    );
  });

  it('count by themselves while the store is away, and tell it later', () => {
    const [counters, store] = [new WindowCounters(10), new Store()];
    for (let time = 0; time < 60; time++) counters.take(HUNDRED, 'a', START);
    counters.keep(counters.takeDue(1000, START));
    expect(takeUntilRefused(counters, HUNDRED, 'a')).toBe(40);
    exchange(counters, store);
    expect([...store.totals.values()]).toEqual([100]);
    expect(exchange(counters, store)).toBe(0);
  });

  it('take no total of a window that is over', () => {
    const [counters, store] = [new WindowCounters(10), new Store()];
    takeUntilRefused(counters, HUNDRED, 'a');
    const tallies = counters.takeDue(1000, START);
    const later = START + 61_000;
    counters.take(HUNDRED, 'a', later);
    counters.settle(tallies, store.add(tallies));
    expect(counters.take(HUNDRED, 'a', later).remaining).toBe(98);
  });
});
