import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { answerDeadline, nextQuestionAt } from './deadlines.js';

describe('answerDeadline', () => {
  it('leaves two seconds beyond the time-out', () => {
    expect(answerDeadline(new Date(1_000), 8_000)).toEqual(new Date(11_000));
  });
});

describe('nextQuestionAt', () => {
  it('doubles the age, with pauses from two seconds to five minutes', () => {
    expect(nextQuestionAt(new Date(0), new Date(500))).toEqual(new Date(2_500));
    expect(nextQuestionAt(new Date(0), new Date(10_000))).toEqual(new Date(20_000));
    expect(nextQuestionAt(new Date(0), new Date(3_600_000))).toEqual(new Date(3_900_000));
  });

  it('always lies ahead, whatever the clocks say', () => {
    const time = fc.integer({ min: 0, max: 4_000_000_000_000 });
    fc.assert(
      fc.property(time, time, (createdAt, now) => {
        const pause = nextQuestionAt(new Date(createdAt), new Date(now)).getTime() - now;
        expect(pause).toBeGreaterThanOrEqual(2_000);
        expect(pause).toBeLessThanOrEqual(300_000);
      }),
    );
  });
});
