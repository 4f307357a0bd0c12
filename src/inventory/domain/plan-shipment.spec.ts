import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { planShipment, usualSender } from './plan-shipment.js';
import { unsent, type Reservation } from './reservation.js';

const row = (locationId: string, quantity: number, more: Partial<Reservation> = {}): Reservation => ({
  ...{ locationId, status: 'consumed', quantity, backordered: 0, returned: 0, shipped: 0, withdrawn: 0 },
  ...more,
});

describe('planShipment', () => {
  it('sends what was sold there without touching the stock', () => {
    expect(planShipment([row('A', 3), row('B', 2)], 2, 'B', 0)).toEqual({
      ok: true,
      shipment: { reservations: [row('A', 3), row('B', 2, { shipped: 2 })], transfers: new Map(), sold: 0 },
    });
  });

  it('pays units that were sold elsewhere back there, once', () => {
    const first = planShipment([row('A', 3), row('B', 2)], 3, 'A', 0);
    expect(first).toMatchObject({ ok: true, shipment: { transfers: new Map() } });
    const rows = first.ok ? first.shipment.reservations : [];
    expect(planShipment(rows, 2, 'A', 2)).toMatchObject({ ok: true, shipment: { transfers: new Map([['B', 2]]) } });
    expect(planShipment(rows, 2, 'A', 1)).toEqual({ ok: false, available: 1 });
  });

  it('sells what had only been promised from where it leaves', () => {
    const plan = planShipment([row('A', 1, { backordered: 4 })], 3, 'B', 3);
    expect(plan).toEqual({
      ok: true,
      shipment: {
        reservations: [row('A', 1, { backordered: 2, shipped: 1 }), row('B', 2, { shipped: 2 })],
        transfers: new Map([['A', 1]]),
        sold: 2,
      },
    });
    expect(planShipment([row('A', 1, { backordered: 4 })], 3, 'B', 2)).toEqual({ ok: false, available: 2 });
    expect(planShipment([row('A', 0, { backordered: 4 })], 3, 'A', -2)).toEqual({ ok: false, available: 0 });
  });

  it('refuses more than the order has left', () => {
    expect(() => planShipment([row('A', 5, { shipped: 1, withdrawn: 2, returned: 2 })], 3, 'A', 9)).toThrow(
      '1 units more',
    );
  });

  it('sends every unit just once, whatever the parcels', () => {
    const places = ['A', 'B', 'C'];
    fc.assert(
      fc.property(
        fc.array(fc.record({ quantity: fc.nat(5), backordered: fc.nat(3) }), { minLength: 3, maxLength: 3 }),
        fc.array(fc.record({ units: fc.integer({ min: 1, max: 6 }), from: fc.nat(2), free: fc.nat(8) }), {
          maxLength: 8,
        }),
        (start, parcels) => {
          let rows: readonly Reservation[] = start.map(({ quantity, backordered }, at) =>
            row(places[at] ?? '', quantity, { backordered }),
          );
          const all = start.reduce((sum, { quantity, backordered }) => sum + quantity + backordered, 0);
          let sent = 0;
          for (const { units, from, free } of parcels) {
            const left = rows.reduce((sum, r) => sum + unsent(r) + r.backordered, 0);
            expect(left).toBe(all - sent);
            if (units > left) continue;
            const plan = planShipment(rows, units, places[from] ?? '', free);
            if (!plan.ok) {
              expect(plan.available).toBeLessThan(units);
              continue;
            }
            const { transfers, sold, reservations } = plan.shipment;
            expect([...transfers.values()].reduce((sum, n) => sum + n, sold)).toBeLessThanOrEqual(free);
            expect(transfers.has(places[from] ?? '')).toBe(false);
            rows = reservations;
            sent += units;
            expect(rows.reduce((sum, r) => sum + r.shipped, 0)).toBe(sent);
          }
        },
      ),
    );
  });
});

describe('usualSender', () => {
  it('is where most units of the order were sold', () => {
    expect(usualSender([[row('A', 3), row('B', 2)], [row('B', 2)]])).toBe('B');
    expect(usualSender([[row('A', 3, { shipped: 2 }), row('B', 2)]])).toBe('B');
    expect(usualSender([[row('A', 0, { backordered: 2 })]])).toBe('A');
    expect(usualSender([[]])).toBeNull();
  });
});
