import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Pace, type PaceClock } from './pace.js';

/** A clock that a test moves on. */
class TestClock implements PaceClock {
  private time = 0;
  private waiting: { at: number; wake: () => void }[] = [];

  readonly now = () => this.time;

  readonly wait = (ms: number, signal?: AbortSignal) =>
    new Promise<void>((wake) => {
      this.waiting.push({ at: this.time + ms, wake });
      signal?.addEventListener('abort', () => wake());
      if (signal?.aborted) wake();
    });

  /** Until all that was begun has come as far as it can. */
  async pass(ms: number): Promise<void> {
    const end = this.time + ms;
    for (;;) {
      await settle();
      const next = this.waiting.toSorted((a, b) => a.at - b.at)[0];
      if (!next || next.at > end) break;
      this.waiting = this.waiting.filter((one) => one !== next);
      this.time = next.at;
      next.wake();
    }
    this.time = end;
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
}

function set(busy: boolean) {
  const clock = new TestClock();
  const state = { busy };
  const pace = new Pace(() => state.busy, clock);
  const spans: { from: number; to: number }[] = [];
  const work = (ms: number) =>
    pace.run(async () => {
      const span = { from: clock.now(), to: Number.POSITIVE_INFINITY };
      spans.push(span);
      await clock.wait(ms);
      span.to = clock.now();
    });
  return { clock, pace, state, spans, work };
}

describe('Pace', () => {
  it('runs everything as it comes while the process is idle', async () => {
    const { clock, spans, work } = set(false);
    for (let n = 0; n < 4; n++) void work(10);
    await clock.pass(10);
    expect(spans).toEqual(Array(4).fill({ from: 0, to: 10 }));
  });

  it('runs one after the other in a busy process, and pauses for four times as long as each took', async () => {
    const { clock, spans, work } = set(true);
    for (let n = 0; n < 3; n++) void work(10);
    await clock.pass(1000);
    expect(spans).toEqual([
      { from: 0, to: 10 },
      { from: 50, to: 60 },
      { from: 100, to: 110 },
    ]);
  });

  it('answers as the work does, without the pause, and goes on after a failure', async () => {
    const { clock, pace } = set(true);
    const failed = pace.run(() => Promise.reject(new Error('no')));
    const next = pace.run(() => Promise.resolve('yes'));
    await expect(failed).rejects.toThrow('no');
    await clock.pass(0);
    await expect(next).resolves.toBe('yes');
  });

  it('waits for no work that does not end', async () => {
    const { clock, spans, work } = set(true);
    void work(60_000);
    void work(10);
    await clock.pass(2_000);
    expect(spans.map(({ from }) => from)).toEqual([0, 2_000]);
  });

  it('lets all go that waits when the process becomes idle', async () => {
    const { clock, state, spans, work } = set(true);
    for (let n = 0; n < 4; n++) void work(10);
    await clock.pass(20);
    state.busy = false;
    await clock.pass(30);
    expect(spans.map(({ from }) => from)).toEqual([0, 50, 50, 50]);
  });

  it('ends its pauses when the process is to end, and makes none any more', async () => {
    const { clock, pace, spans, work } = set(true);
    void work(10);
    for (let n = 0; n < 3; n++) void work(10);
    await clock.pass(15);
    pace.stop();
    await clock.pass(0);
    void work(10);
    await clock.pass(10);
    expect(spans.map(({ from }) => from)).toEqual([0, 15, 15, 15, 15]);
  });

  it('takes a fifth of the time at most, as long as no pause is cut, and never stops', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 3_000 }), { minLength: 1, maxLength: 20 }), async (times) => {
        const { clock, spans, work } = set(true);
        for (const ms of times) void work(ms);
        await clock.pass(times.length * 2_000);
        expect(spans).toHaveLength(times.length);
        for (const [n, { from }] of spans.entries()) {
          const ms = times[n] ?? 0;
          const next = spans[n + 1]?.from;
          if (next === undefined) continue;
          expect(next - from).toBe(ms <= 250 ? 5 * ms : Math.min(ms, 1_000) + 1_000);
        }
      }),
    );
  });
});
