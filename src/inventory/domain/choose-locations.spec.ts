import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { planReservation, type Plan } from './choose-locations.js';
import { sumDemand, type StockDemand } from './reservation.js';
import { sellable, type Stock, type StockLevel } from './stock-book.js';

type Level = Pick<StockLevel, 'locationId' | 'onHand'> & Partial<StockLevel>;

function stock(variantId: string, levels: Level[], more: Partial<Stock> = {}): [string, Stock] {
  const full = levels.map((level) => ({ code: level.locationId, active: true, reserved: 0, ...level }));
  return [
    variantId,
    {
      ...{ variantId, sku: null, tracked: true, backorder: false, backordered: 0, lowStockAt: null, version: 1 },
      onHand: full.reduce((sum, { onHand }) => sum + onHand, 0),
      reserved: full.reduce((sum, { reserved }) => sum + reserved, 0),
      withheld: full.reduce((sum, { active, onHand, reserved }) => sum + (active ? 0 : onHand - reserved), 0),
      levels: full,
      ...more,
    },
  ];
}

const ask = (wanted: Record<string, number>): StockDemand[] =>
  Object.entries(wanted).map(([variantId, quantity]) => ({ variantId, quantity }));

/** `variant location quantity+backordered`, as a text each. */
const parts = (plan: Plan): string[] =>
  plan.ok
    ? plan.allocations.map((a) => `${a.variantId} ${a.locationId} ${a.quantity}+${a.backordered}`)
    : plan.shortages.map((s) => `${s.variantId} short ${s.asked}>${s.available}`);

const plan = (wanted: Record<string, number>, stocks: [string, Stock][], main: string | null = 'A'): string[] =>
  parts(planReservation(ask(wanted), new Map(stocks), main));

describe('planReservation', () => {
  it('takes from the first location that has all of the order', () => {
    const a = stock('a', [
      { locationId: 'A', onHand: 9 },
      { locationId: 'B', onHand: 2 },
    ]);
    const b = stock('b', [
      { locationId: 'A', onHand: 1 },
      { locationId: 'B', onHand: 5 },
    ]);
    expect(plan({ a: 2 }, [a, b])).toEqual(['a A 2+0']);
    expect(plan({ a: 2, b: 3 }, [a, b])).toEqual(['a B 2+0', 'b B 3+0']);
  });

  it('else takes each variant whole, and splits only what no location has whole', () => {
    const a = stock('a', [
      { locationId: 'A', onHand: 9 },
      { locationId: 'B', onHand: 2 },
    ]);
    const b = stock('b', [
      { locationId: 'A', onHand: 1 },
      { locationId: 'B', onHand: 5 },
      { locationId: 'C', onHand: 4 },
    ]);
    expect(plan({ a: 3, b: 3 }, [a, b])).toEqual(['a A 3+0', 'b B 3+0']);
    expect(plan({ a: 3, b: 7 }, [a, b])).toEqual(['a A 3+0', 'b A 1+0', 'b B 5+0', 'b C 1+0']);
  });

  it('names every shortage and allocates nothing', () => {
    const stocks = [
      stock('a', [{ locationId: 'A', onHand: 3, reserved: 2 }]),
      stock('b', [{ locationId: 'A', onHand: 5 }]),
      stock('c', [], { backordered: 4 }),
    ];
    expect(plan({ a: 2, b: 2, c: 2, d: 1 }, stocks)).toEqual(['a short 2>1', 'c short 2>0', 'd short 1>0']);
  });

  it('sells nothing of an inactive location', () => {
    const a = stock('a', [
      { locationId: 'A', onHand: 9, reserved: 1, active: false },
      { locationId: 'B', onHand: 2 },
    ]);
    expect(plan({ a: 2 }, [a], 'B')).toEqual(['a B 2+0']);
    expect(plan({ a: 3 }, [a], 'B')).toEqual(['a short 3>2']);
  });

  it('promises what is beyond the stock in the first active location, where back-orders are allowed', () => {
    const levels = [{ locationId: 'B', onHand: 2 }];
    expect(plan({ a: 5 }, [stock('a', levels, { backorder: true })])).toEqual(['a B 2+0', 'a A 0+3']);
    expect(plan({ a: 5 }, [stock('a', levels, { backorder: true })], 'B')).toEqual(['a B 2+3']);
    expect(plan({ a: 5 }, [stock('a', [], { backorder: true, backordered: 7 })])).toEqual(['a A 0+5']);
    expect(plan({ a: 5 }, [stock('a', levels, { backorder: true })], null)).toEqual(['a short 5>2']);
  });

  it('keeps back what was promised already', () => {
    const levels = [
      { locationId: 'A', onHand: 3 },
      { locationId: 'B', onHand: 3 },
    ];
    expect(plan({ a: 2 }, [stock('a', levels, { backorder: true, backordered: 2 })])).toEqual(['a B 2+0']);
    expect(plan({ a: 6 }, [stock('a', levels, { backorder: true, backordered: 2 })])).toEqual(['a A 1+2', 'a B 3+0']);
  });

  it('needs nothing for what is not tracked', () => {
    expect(plan({ a: 5 }, [stock('a', [], { tracked: false })])).toEqual([]);
  });

  const LOCATIONS = ['A', 'B', 'C'];
  const stocks = fc.array(
    fc.record({
      levels: fc.array(fc.record({ onHand: fc.nat(6), reserved: fc.nat(6) }), { minLength: 3, maxLength: 3 }),
      backorder: fc.boolean(),
      backordered: fc.nat(3),
      asked: fc.integer({ min: 1, max: 12 }),
    }),
    { minLength: 1, maxLength: 5 },
  );

  it('allocates all or nothing, never more than is free, and splits only where it must', () => {
    fc.assert(
      fc.property(stocks, fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }), (rows, open) => {
        const made = rows.map(({ levels, backorder, backordered }, at) =>
          stock(
            String(at),
            levels.map(({ onHand, reserved }, place) => ({
              ...{ locationId: LOCATIONS[place] ?? '', active: open[place] ?? true },
              ...{ onHand, reserved: Math.min(onHand, reserved) },
            })),
            { backorder, backordered },
          ),
        );
        const main = LOCATIONS.find((_, place) => open[place]) ?? null;
        const demands = rows.map(({ asked }, at) => ({ variantId: String(at), quantity: asked }));
        const answer = planReservation(demands, new Map(made), main);
        const short = made.filter(
          ([, s], at) => Math.max(sellable(s), 0) < (rows[at]?.asked ?? 0) && !(s.backorder && main !== null),
        );
        expect(answer.ok).toBe(short.length === 0);
        if (!answer.ok) {
          expect(answer.shortages.map(({ variantId }) => variantId)).toEqual(short.map(([id]) => id));
          return;
        }
        for (const [at, [variantId, s]] of made.entries()) {
          const own = answer.allocations.filter((a) => a.variantId === variantId);
          const sum = (part: (a: (typeof own)[number]) => number) => own.reduce((total, a) => total + part(a), 0);
          const fromStock = Math.min(rows[at]?.asked ?? 0, Math.max(sellable(s), 0));
          expect(sum((a) => a.quantity)).toBe(fromStock);
          expect(sum((a) => a.quantity + a.backordered)).toBe(rows[at]?.asked);
          expect(new Set(own.map((a) => a.locationId)).size).toBe(own.length);
          for (const a of own) {
            const level = s.levels.find(({ locationId }) => locationId === a.locationId);
            if (a.quantity > 0) expect(level?.active).toBe(true);
            expect(a.quantity).toBeLessThanOrEqual((level?.onHand ?? 0) - (level?.reserved ?? 0));
            expect(a.quantity + a.backordered).toBeGreaterThan(0);
            if (a.backordered > 0) expect(a.locationId).toBe(main);
          }
        }
        // A location that has everything, with no promise in the way, is the only one used.
        const whole = LOCATIONS.find((id) =>
          made.every(([, s], at) => {
            const level = s.levels.find(({ locationId }) => locationId === id);
            return s.backordered === 0 && level?.active && level.onHand - level.reserved >= (rows[at]?.asked ?? 0);
          }),
        );
        if (whole) expect(new Set(answer.allocations.map((a) => a.locationId))).toEqual(new Set([whole]));
      }),
    );
  });

  it('does not care for the order of the lines, nor how they are divided', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray([1, 2, 3, 4, 5, 6], { minLength: 2 }),
        fc.array(fc.nat(6), { minLength: 2, maxLength: 2 }),
        (quantities, [one = 0, two = 0]) => {
          const lines = quantities.map((quantity) => ({ variantId: quantity % 2 ? 'a' : 'b', quantity }));
          const stocks = new Map(
            ['a', 'b'].map((id) =>
              stock(id, [
                { locationId: 'A', onHand: one * 3 },
                { locationId: 'B', onHand: two * 3 },
              ]),
            ),
          );
          expect(planReservation(sumDemand(lines), stocks, 'A')).toEqual(
            planReservation(sumDemand([...lines].reverse()), stocks, 'A'),
          );
        },
      ),
    );
  });
});
