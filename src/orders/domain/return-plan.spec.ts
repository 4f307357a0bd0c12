import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AppError } from '../../platform/errors/index.js';
import { planReceipt, requireReturnable, returnableUnits, type ReturnUnits } from './return-plan.js';
import { returnAfter, type ReturnStatus } from './return-status.js';

const lines = [
  { id: 'a', quantity: 5, fulfilledQuantity: 4, restockedQuantity: 0, withdrawnQuantity: 0 },
  { id: 'b', quantity: 2, fulfilledQuantity: 0, restockedQuantity: 0, withdrawnQuantity: 0 },
];

const of = (status: ReturnStatus, quantity: number, received = 0): ReturnUnits => ({
  status,
  lines: [{ orderLineId: 'a', quantity, received }],
});

function refusal(work: () => unknown): Record<string, unknown> {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError)
      return { kind: error.kind, code: error.code, ...error.extra, pointer: error.errors?.[0]?.pointer };
    throw error;
  }
  throw new Error('It was not refused');
}

describe('returnableUnits', () => {
  it('are those sent, less those in open returns and those that came', () => {
    const left = (...returns: ReturnUnits[]) => returnableUnits(lines, returns)[0]?.left;
    expect(left()).toBe(4);
    expect(left(of('requested', 1), of('approved', 2))).toBe(1);
    expect(left(of('rejected', 3), of('cancelled', 3))).toBe(4);
    expect(left(of('received', 3, 2))).toBe(2);
    expect(returnableUnits(lines, [])[1]?.left).toBe(0);
  });
});

describe('requireReturnable', () => {
  it('refuses more than can come back as a conflict, and what no state could allow as invalid', () => {
    const ask = (itemId: string, quantity: number) => () => requireReturnable(lines, [], [{ itemId, quantity }]);
    expect(ask('a', 4)).not.toThrow();
    expect(refusal(ask('a', 5))).toMatchObject({
      kind: 'conflict',
      code: 'orders.return_quantity',
      itemId: 'a',
      left: 4,
    });
    expect(refusal(ask('b', 1))).toMatchObject({ kind: 'conflict', code: 'orders.return_quantity', left: 0 });
    expect(refusal(ask('z', 1))).toMatchObject({ kind: 'invalid', code: 'orders.return_unknown_item' });
    expect(refusal(ask('a', 0))).toMatchObject({ kind: 'invalid', pointer: '/items/0/quantity' });
    expect(refusal(() => requireReturnable(lines, [], []))).toMatchObject({ kind: 'invalid', pointer: '/items' });
  });
});

describe('planReceipt', () => {
  const asked = [{ orderLineId: 'a', quantity: 3 }];

  it('takes in all and restocks it, or what is told', () => {
    expect(planReceipt(lines, asked)).toEqual([{ itemId: 'a', received: 3, restocked: 3 }]);
    expect(planReceipt(lines, asked, [{ itemId: 'a', quantity: 2, restock: false }])).toEqual([
      { itemId: 'a', received: 2, restocked: 0 },
    ]);
    expect(planReceipt(lines, asked, [{ itemId: 'a', quantity: 1 }])).toEqual([
      { itemId: 'a', received: 1, restocked: 1 },
    ]);
  });

  it('puts nothing on the shelf that is there already', () => {
    const shelved = { id: 'a', fulfilledQuantity: 4, restockedQuantity: 3, withdrawnQuantity: 1 };
    expect(planReceipt([shelved], asked)[0]?.restocked).toBe(2);
  });

  it('refuses more than was asked to come back, and other items', () => {
    expect(refusal(() => planReceipt(lines, asked, [{ itemId: 'a', quantity: 4 }]))).toMatchObject({
      kind: 'conflict',
      code: 'orders.return_quantity',
      left: 3,
    });
    expect(refusal(() => planReceipt(lines, asked, [{ itemId: 'b', quantity: 1 }]))).toMatchObject({
      kind: 'invalid',
      code: 'orders.return_unknown_item',
    });
  });
});

describe('for all sequences of returns', () => {
  it('no more units are on their way back, or back, than were sent', () => {
    const steps = fc.array(
      fc.oneof(
        fc.record({ ask: fc.integer({ min: 1, max: 5 }) }),
        fc.record({
          step: fc.constantFrom('approve' as const, 'reject' as const, 'cancel' as const, 'receive' as const),
          which: fc.nat({ max: 5 }),
          come: fc.integer({ min: 1, max: 5 }),
        }),
      ),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 }), steps, (sent, all) => {
        const sold = [{ id: 'a', quantity: 10, fulfilledQuantity: sent, restockedQuantity: 0, withdrawnQuantity: 0 }];
        const returns: ReturnUnits[] = [];
        let back = 0;
        for (const move of all) {
          try {
            if ('ask' in move) {
              requireReturnable(sold, returns, [{ itemId: 'a', quantity: move.ask }]);
              returns.push(of('requested', move.ask));
              continue;
            }
            const current = returns[move.which];
            const next = current && returnAfter(current.status, move.step);
            const [asked] = current?.lines ?? [];
            if (!next || !asked) continue;
            if (next !== 'received') returns[move.which] = of(next, asked.quantity);
            else {
              const [units] = planReceipt(sold, [asked], [{ itemId: 'a', quantity: move.come }]);
              back += units?.received ?? 0;
              returns[move.which] = of(next, asked.quantity, units?.received);
            }
          } catch (error) {
            if (!(error instanceof AppError)) throw error;
          }
          expect(returnableUnits(sold, returns)[0]?.left).toBeGreaterThanOrEqual(0);
          expect(back).toBeLessThanOrEqual(sent);
        }
      }),
    );
  });
});
