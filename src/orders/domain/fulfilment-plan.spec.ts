import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AppError } from '../../platform/errors/index.js';
import { planFulfilment, type FulfillableOrder } from './fulfilment-plan.js';
import { fulfilmentStatusOfLines, unsentUnits } from './order.js';
import type { UnitRequest } from './units.js';

const line = (id: string, quantity: number, fulfilledQuantity = 0, cancelledQuantity = 0) => ({
  id,
  quantity,
  fulfilledQuantity,
  cancelledQuantity,
  returnedQuantity: 0,
});

const order: FulfillableOrder = {
  status: 'paid',
  paymentStatus: 'paid',
  lines: [line('a', 3, 1, 1), line('b', 2), line('c', 1, 1)],
};

function refusal(of: FulfillableOrder, requested?: UnitRequest[]): Record<string, unknown> {
  try {
    planFulfilment(of, requested);
  } catch (error) {
    if (error instanceof AppError)
      return { kind: error.kind, code: error.code, ...error.extra, pointer: error.errors?.[0]?.pointer };
    throw error;
  }
  throw new Error('It was not refused');
}

describe('planFulfilment', () => {
  it('sends all that is left, or what is asked for', () => {
    expect(planFulfilment(order)).toEqual([
      { itemId: 'a', quantity: 1 },
      { itemId: 'b', quantity: 2 },
    ]);
    expect(planFulfilment(order, [{ itemId: 'b', quantity: 1 }])).toEqual([{ itemId: 'b', quantity: 1 }]);
  });

  it('refuses more than is left, and an order of which nothing is', () => {
    expect(refusal(order, [{ itemId: 'a', quantity: 2 }])).toMatchObject({
      kind: 'conflict',
      code: 'orders.fulfil_quantity',
      itemId: 'a',
      left: 1,
    });
    expect(refusal({ ...order, lines: [line('c', 1, 1)] })).toMatchObject({
      kind: 'conflict',
      code: 'orders.fulfil_quantity',
      left: 0,
    });
  });

  it.each(['pending_payment', 'authorized', 'payment_failed', 'cancelled'] as const)('refuses a %s order', (status) => {
    expect(refusal({ ...order, status, paymentStatus: 'pending' })).toMatchObject({
      kind: 'conflict',
      code: 'orders.not_fulfillable',
      orderStatus: status,
      paymentStatus: 'pending',
    });
  });

  it('refuses an order whose money has all gone back', () => {
    expect(refusal({ ...order, paymentStatus: 'refunded' })).toMatchObject({ code: 'orders.not_fulfillable' });
    expect(planFulfilment({ ...order, paymentStatus: 'partially_refunded' })).toHaveLength(2);
  });

  it('refuses what no order could allow as invalid', () => {
    const one = { itemId: 'b', quantity: 1 };
    expect(refusal(order, [])).toMatchObject({ kind: 'invalid', code: 'orders.fulfil_quantity', pointer: '/items' });
    expect(refusal(order, [one, one])).toMatchObject({ kind: 'invalid', pointer: '/items/1/itemId' });
    for (const quantity of [0, -1, 0.5, NaN])
      expect(refusal(order, [{ itemId: 'b', quantity }])).toMatchObject({
        kind: 'invalid',
        pointer: '/items/0/quantity',
      });
    expect(refusal(order, [one, { itemId: 'z', quantity: 1 }])).toMatchObject({
      kind: 'invalid',
      code: 'orders.fulfil_unknown_item',
      pointer: '/items/1/itemId',
    });
  });

  it('never sends more than was bought, in whatever parcels, and ends as fulfilled', () => {
    const lines = fc.array(fc.tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: 20 })), {
      minLength: 1,
      maxLength: 4,
    });
    const parcels = fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 9 })), {
      maxLength: 20,
    });
    fc.assert(
      fc.property(lines, parcels, (bought, requests) => {
        let now = bought.map(([quantity, cancelled], i) => line(`${i}`, quantity, 0, Math.min(cancelled, quantity)));
        const send = (units: readonly UnitRequest[]) => {
          now = now.map((one) => {
            const sent = units.find(({ itemId }) => itemId === one.id)?.quantity ?? 0;
            return { ...one, fulfilledQuantity: one.fulfilledQuantity + sent };
          });
        };
        const attempt = (requested?: UnitRequest[]) => {
          try {
            send(planFulfilment({ ...order, lines: now }, requested));
          } catch (error) {
            if (!(error instanceof AppError)) throw error;
          }
          for (const one of now)
            expect(one.fulfilledQuantity + one.cancelledQuantity).toBeLessThanOrEqual(one.quantity);
        };
        for (const [i, quantity] of requests) attempt([{ itemId: `${i}`, quantity }]);
        attempt();
        expect(now.every((one) => unsentUnits(one) === 0)).toBe(true);
        const anything = now.some(({ fulfilledQuantity }) => fulfilledQuantity > 0);
        expect(fulfilmentStatusOfLines(now)).toBe(anything ? 'fulfilled' : 'unfulfilled');
      }),
    );
  });
});
