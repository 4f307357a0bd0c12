import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AppError } from '../../platform/errors/index.js';
import { WorkQueue } from './work-queue.js';

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

describe('WorkQueue', () => {
  it('never runs more than the bound at once, and runs everything', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 30 }), async (bound, tasks) => {
        const queue = new WorkQueue(bound, 100);
        let running = 0;
        let most = 0;
        const done = await Promise.all(
          Array.from({ length: tasks }, (_, index) =>
            queue.run(async () => {
              most = Math.max(most, ++running);
              await pause(index % 2);
              running--;
              return index;
            }),
          ),
        );
        expect(done).toEqual(Array.from({ length: tasks }, (_, index) => index));
        expect(most).toBe(Math.min(bound, tasks));
      }),
      { numRuns: 20 },
    );
  });

  it('begins them in the order they came', async () => {
    const queue = new WorkQueue(1, 100);
    const begun: number[] = [];
    await Promise.all([1, 2, 3, 4].map((number) => queue.run(async () => void begun.push(number))));
    expect(begun).toEqual([1, 2, 3, 4]);
  });

  it('refuses what is beyond the bound of those who wait, and goes on afterwards', async () => {
    const queue = new WorkQueue(1, 1);
    let release: () => void = () => undefined;
    const first = queue.run(() => new Promise<void>((resolve) => (release = resolve)));
    const second = queue.run(async () => 'second');
    const third = await queue.run(async () => 'third').catch((error: unknown) => error);
    expect(third).toBeInstanceOf(AppError);
    expect(third).toMatchObject({ kind: 'unavailable', code: 'auth.busy', retryAfterSeconds: 3 });
    release();
    await first;
    expect(await second).toBe('second');
    expect(await queue.run(async () => 'fourth')).toBe('fourth');
  });

  it('frees the place of a task that fails', async () => {
    const queue = new WorkQueue(1, 1);
    await expect(queue.run(async () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await queue.run(async () => 'next')).toBe('next');
  });
});
