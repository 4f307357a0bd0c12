import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { planReservation, sumDemand, type StockLevel } from './reservation.js';

const level = (variantId: string, free: number, more: Partial<StockLevel> = {}): [string, StockLevel] => [
  variantId,
  { variantId, tracked: true, backorder: false, free, ...more },
];

describe('planReservation', () => {
  it('takes what is free', () => {
    expect(planReservation([{ variantId: 'a', quantity: 3 }], new Map([level('a', 3)]))).toEqual({
      ok: true,
      allocations: [{ variantId: 'a', quantity: 3, backordered: 0 }],
    });
  });

  it('names every shortage and allocates nothing', () => {
    const demands = ['a', 'b', 'c'].map((variantId) => ({ variantId, quantity: 2 }));
    expect(planReservation(demands, new Map([level('a', 1), level('b', 5), level('c', -4)]))).toEqual({
      ok: false,
      shortages: [
        { variantId: 'a', asked: 2, available: 1 },
        { variantId: 'c', asked: 2, available: 0 },
      ],
    });
  });

  it('promises beyond the stock only where back-orders are allowed', () => {
    expect(planReservation([{ variantId: 'a', quantity: 5 }], new Map([level('a', 2, { backorder: true })]))).toEqual({
      ok: true,
      allocations: [{ variantId: 'a', quantity: 2, backordered: 3 }],
    });
  });

  it('holds nothing of what is not tracked', () => {
    expect(planReservation([{ variantId: 'a', quantity: 9 }], new Map([level('a', 0, { tracked: false })]))).toEqual({
      ok: true,
      allocations: [],
    });
  });

  it('never allocates more than is free, and always the whole demand', () => {
    const levels = fc.array(
      fc.record({
        tracked: fc.constant(true),
        backorder: fc.boolean(),
        free: fc.integer({ min: -10, max: 50 }),
        quantity: fc.integer({ min: 1, max: 60 }),
      }),
    );
    fc.assert(
      fc.property(levels, (items) => {
        const map = new Map(items.map((item, i) => [String(i), { ...item, variantId: String(i) }]));
        const plan = planReservation(
          items.map(({ quantity }, i) => ({ variantId: String(i), quantity })),
          map,
        );
        if (!plan.ok)
          return plan.shortages.every(
            ({ variantId, available, asked }) => available < asked && !map.get(variantId)?.backorder,
          );
        return plan.allocations.every(({ variantId, quantity, backordered }) => {
          const item = map.get(variantId);
          return (
            item &&
            quantity <= Math.max(item.free, 0) &&
            quantity + backordered === item.quantity &&
            (backordered === 0 || item.backorder)
          );
        });
      }),
    );
  });
});

describe('sumDemand', () => {
  it('adds up the lines of one variant and puts variants in the order of their ids', () => {
    const lines = [
      { variantId: 'b', quantity: 1 },
      { variantId: 'a', quantity: 2 },
      { variantId: 'b', quantity: 4 },
    ];
    expect(sumDemand(lines)).toEqual([
      { variantId: 'a', quantity: 2 },
      { variantId: 'b', quantity: 5 },
    ]);
  });
});
