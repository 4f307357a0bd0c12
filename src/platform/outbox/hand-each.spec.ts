import { describe, expect, it } from '@jest/globals';
import { handEach } from './hand-each.js';

const job = (eventId: string) => ({ eventId });
const found = async (jobs: readonly { readonly eventId: string }[]) => jobs.map(({ eventId: id }) => ({ id }));

describe('handEach', () => {
  it('hands all over at once', async () => {
    const calls: string[][] = [];
    const ends = await handEach([job('a'), job('b')], found, async (events) => {
      calls.push(events.map(({ id }) => id));
    });
    expect(calls).toEqual([['a', 'b']]);
    await expect(Promise.all(ends)).resolves.toEqual([undefined, undefined]);
  });

  it('hands each over by itself when together they fail, and tells which failed', async () => {
    const calls: string[][] = [];
    const ends = await handEach([job('a'), job('bad'), job('c')], found, async (events) => {
      calls.push(events.map(({ id }) => id));
      if (events.some(({ id }) => id === 'bad')) throw new Error('cannot be told');
    });
    expect(calls).toEqual([['a', 'bad', 'c'], ['a'], ['bad'], ['c']]);
    // A turn of the event loop later, when a rejection that nobody looked at would have ended the process.
    await new Promise((done) => setImmediate(done));
    expect((await Promise.allSettled(ends)).map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
  });

  it('is done with what is there no more', async () => {
    const ends = await handEach(
      [job('gone'), job('a')],
      async () => [{ id: 'a' }],
      async () => undefined,
    );
    await expect(Promise.all(ends)).resolves.toHaveLength(2);
    const none = await handEach(
      [job('gone')],
      async () => [],
      () => Promise.reject(new Error('there is nothing to hand over')),
    );
    await expect(Promise.all(none)).resolves.toHaveLength(1);
  });
});
