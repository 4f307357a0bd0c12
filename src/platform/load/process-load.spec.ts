import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ProcessLoad } from './process-load.js';

function process() {
  let now = 0;
  let active = 0;
  const load = new ProcessLoad({ now: () => now, loopActiveMs: () => active });
  const pass = (ms: number, share: number) => {
    now += ms;
    active += ms * share;
  };
  return { load, pass };
}

describe('ProcessLoad', () => {
  it.each([
    ['a loop at work for requests', 0.9, 1, true],
    ['a loop at work for the background alone', 0.9, 0, false],
    ['requests that wait for the database', 0.3, 1, false],
    ['a request now and then', 0.9, 0.1, false],
    ['nothing', 0, 0, false],
  ])('of %s', (_, share, served, busy) => {
    const { load, pass } = process();
    load.requestBegins();
    pass(300 * served, share);
    load.requestEnds();
    pass(300 * (1 - served), share);
    expect(load.busy).toBe(busy);
  });

  it('counts requests that overlap, and those that are not over', () => {
    const { load, pass } = process();
    load.requestBegins();
    pass(100, 1);
    load.requestBegins();
    pass(50, 1);
    load.requestEnds();
    pass(150, 1);
    expect(load.busy).toBe(true);
    load.requestEnds();
    pass(300, 1);
    expect(load.busy).toBe(false);
  });

  it('looks at no less than a window, however often it is asked', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 10, maxLength: 100 }), (steps) => {
        const { load, pass } = process();
        load.requestBegins();
        pass(1000, 1);
        expect(load.busy).toBe(true);
        load.requestEnds();
        let quiet = 0;
        for (const step of steps) {
          pass(step, 0);
          quiet += step;
          if (load.busy) expect(quiet).toBeLessThan(200);
          else expect(quiet).toBeGreaterThanOrEqual(200);
        }
      }),
    );
  });
});
