import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { away, planGiveBack, sumDemand, unsent, type Reservation } from './reservation.js';

const row = (locationId: string, more: Partial<Reservation> = {}): Reservation => ({
  ...{ locationId, status: 'consumed', quantity: 5, backordered: 0, returned: 0, shipped: 0, withdrawn: 0 },
  ...more,
});

describe('sumDemand', () => {
  it('adds up lines of one variant and sorts by id, the order in which everybody locks', () => {
    const lines = [
      { variantId: 'b', quantity: 1 },
      { variantId: 'a', quantity: 2 },
      { variantId: 'b', quantity: 3 },
    ];
    expect(sumDemand(lines)).toEqual([
      { variantId: 'a', quantity: 2 },
      { variantId: 'b', quantity: 4 },
    ]);
  });
});

describe('planGiveBack', () => {
  it('takes promises first, then what was not sent, then what was', () => {
    const before = [row('a', { backordered: 1, shipped: 4 })];
    expect(planGiveBack(before, 1, false)).toMatchObject({ promised: 1, shelved: new Map() });
    expect(planGiveBack(before, 2, false)).toMatchObject({
      promised: 1,
      shelved: new Map([['a', 1]]),
      reservations: [{ backordered: 0, returned: 1, withdrawn: 1, shipped: 4 }],
    });
    expect(planGiveBack(before, 4, false).reservations).toMatchObject([{ returned: 3, withdrawn: 1 }]);
  });

  it('takes what was sent first when a parcel comes back', () => {
    const before = [row('a', { backordered: 1, shipped: 4 })];
    expect(planGiveBack(before, 2, true)).toMatchObject({
      promised: 0,
      shelved: new Map([['a', 2]]),
      reservations: [{ backordered: 1, returned: 2, withdrawn: 0 }],
    });
  });

  it('returns each unit to where it was sold', () => {
    const before = [row('a', { quantity: 2, shipped: 2 }), row('b', { quantity: 3 })];
    expect(planGiveBack(before, 4, false).shelved).toEqual(
      new Map([
        ['b', 3],
        ['a', 1],
      ]),
    );
  });

  it('refuses more than the order took', () => {
    expect(() => planGiveBack([row('a', { returned: 2, withdrawn: 2 })], 4, false)).toThrow('1 units more');
  });

  const reservation = fc
    .record({ shipped: fc.nat(9), waiting: fc.nat(9), withdrawn: fc.nat(9), promised: fc.nat(9), back: fc.nat(9) })
    .map(({ shipped, waiting, withdrawn, promised, back }) =>
      row('', {
        ...{ quantity: shipped + waiting + withdrawn, backordered: promised, shipped, withdrawn },
        returned: withdrawn + Math.min(back, shipped),
      }),
    );

  it('loses no unit, for any reservations and any order of asking', () => {
    fc.assert(
      fc.property(
        fc.array(reservation, { maxLength: 4 }).map((rows) => rows.map((r, at) => ({ ...r, locationId: String(at) }))),
        fc.array(fc.record({ units: fc.nat(12), sent: fc.boolean() }), { maxLength: 6 }),
        (start, asks) => {
          const left = (rows: readonly Reservation[]) =>
            rows.reduce((sum, r) => sum + unsent(r) + away(r) + r.backordered, 0);
          let rows: readonly Reservation[] = start;
          for (const { units, sent } of asks) {
            if (units > left(rows)) {
              expect(() => planGiveBack(rows, units, sent)).toThrow();
              continue;
            }
            const back = planGiveBack(rows, units, sent);
            expect(left(back.reservations)).toBe(left(rows) - units);
            expect([...back.shelved.values()].reduce((sum, n) => sum + n, back.promised)).toBe(units);
            rows = back.reservations;
            for (const r of rows) {
              expect(r.shipped + r.withdrawn).toBeLessThanOrEqual(r.quantity);
              expect(r.withdrawn).toBeLessThanOrEqual(r.returned);
              expect(r.returned - r.withdrawn).toBeLessThanOrEqual(r.shipped);
              expect(r.backordered).toBeGreaterThanOrEqual(0);
            }
          }
        },
      ),
    );
  });
});
