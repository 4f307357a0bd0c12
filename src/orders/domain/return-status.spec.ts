import { describe, expect, it } from '@jest/globals';
import { returnAfter, type ReturnStatus, type ReturnStep } from './return-status.js';

const STATUSES: ReturnStatus[] = ['requested', 'approved', 'rejected', 'cancelled', 'received'];
const STEPS: ReturnStep[] = ['approve', 'reject', 'cancel', 'receive'];

describe('returnAfter', () => {
  it('knows exactly these ways', () => {
    const ways = STATUSES.flatMap((status) =>
      STEPS.flatMap((step) => {
        const next = returnAfter(status, step);
        return next === undefined ? [] : [`${status} -${step}-> ${next}`];
      }),
    );
    expect(ways).toEqual([
      'requested -approve-> approved',
      'requested -reject-> rejected',
      'requested -cancel-> cancelled',
      'approved -cancel-> cancelled',
      'approved -receive-> received',
    ]);
  });
});
