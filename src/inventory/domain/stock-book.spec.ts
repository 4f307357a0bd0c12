import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { lowStock } from './low-stock.js';
import { sellable, StockBook, type Place, type Stock } from './stock-book.js';

const A: Place = { locationId: 'A', code: 'a', active: true };
const B: Place = { locationId: 'B', code: 'b', active: false };

const EMPTY: Stock = {
  ...{ variantId: 'v', sku: 'V', tracked: true, backorder: false, onHand: 0, reserved: 0, backordered: 0, withheld: 0 },
  ...{ lowStockAt: null, version: 7, levels: [] },
};

describe('StockBook', () => {
  it('keeps levels, sums and ledger together', () => {
    const book = new StockBook(EMPTY);
    book.move(A, 10, 'adjustment');
    book.hold('A', 3);
    book.transfer(A, B, 4, 't');
    book.promise(2);
    expect(book.after).toEqual({
      ...EMPTY,
      ...{ onHand: 10, reserved: 3, backordered: 2, withheld: 4, version: 8 },
      levels: [
        { ...A, onHand: 6, reserved: 3 },
        { ...B, onHand: 4, reserved: 0 },
      ],
    });
    expect(sellable(book.after)).toBe(1);
    expect(book.movements).toEqual([
      { locationId: 'A', kind: 'adjustment', delta: 10, onHandAfter: 10, transferId: null },
      { locationId: 'A', kind: 'transfer', delta: -4, onHandAfter: 6, transferId: 't' },
      { locationId: 'B', kind: 'transfer', delta: 4, onHandAfter: 4, transferId: 't' },
    ]);
  });

  it('refuses to take what orders hold, or what is not there', () => {
    const book = new StockBook(EMPTY);
    book.move(A, 3, 'initial');
    book.hold('A', 2);
    expect(() => book.move(A, -2, 'adjustment')).toThrow(RangeError);
    expect(() => book.hold('A', 2)).toThrow(RangeError);
    expect(() => book.hold('A', -3)).toThrow(RangeError);
    expect(() => book.hold('B', 1)).toThrow(RangeError);
    expect(() => book.promise(-1)).toThrow(RangeError);
    expect(book.freeAt('A')).toBe(1);
  });

  it('changes nothing for nothing', () => {
    const book = new StockBook(EMPTY);
    book.move(A, 0, 'adjustment');
    expect([book.after, book.movements, book.changedLevels]).toEqual([EMPTY, [], []]);
  });

  it('has a ledger that sums to each level, after any steps', () => {
    const step = fc.record({
      kind: fc.constantFrom('move', 'hold', 'transfer', 'promise'),
      here: fc.boolean(),
      units: fc.integer({ min: -5, max: 9 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const book = new StockBook(EMPTY);
        for (const { kind, here, units } of steps) {
          const [place, other] = here ? [A, B] : [B, A];
          try {
            if (kind === 'move') book.move(place, units, 'adjustment');
            else if (kind === 'hold') book.hold(place.locationId, units);
            else if (kind === 'promise') book.promise(units);
            else if (book.freeAt(place.locationId) >= units) book.transfer(place, other, Math.abs(units), 't');
          } catch (error) {
            expect(error).toBeInstanceOf(RangeError);
          }
        }
        const { after } = book;
        for (const level of after.levels) {
          const rows = book.movements.filter(({ locationId }) => locationId === level.locationId);
          expect(rows.reduce((sum, { delta }) => sum + delta, 0)).toBe(level.onHand);
          expect(rows.at(-1)?.onHandAfter ?? 0).toBe(level.onHand);
          expect(level.reserved).toBeGreaterThanOrEqual(0);
          expect(level.reserved).toBeLessThanOrEqual(level.onHand);
        }
        expect(after.withheld).toBe(after.onHand - after.reserved - book.freeAt('A'));
      }),
    );
  });
});

describe('lowStock', () => {
  const told = (before: number, after: number, more: Partial<Stock> = {}): number | null =>
    lowStock({ ...EMPTY, ...more }, before, after, 5)?.threshold ?? null;

  it('tells of the fall to the threshold, and of nothing else', () => {
    expect([told(6, 5), told(9, -2), told(6, 6), told(5, 4), told(4, 9)]).toEqual([5, 5, null, null, null]);
  });

  it("goes by the variant's own threshold, and by none where stock is not tracked", () => {
    expect([told(6, 5, { lowStockAt: 2 }), told(3, 2, { lowStockAt: 2 }), told(1, 0, { lowStockAt: 0 })]).toEqual([
      null,
      2,
      0,
    ]);
    expect(told(6, 5, { tracked: false })).toBeNull();
  });

  it('never tells of less than nothing', () => {
    expect(lowStock(EMPTY, 6, -3, 5)).toEqual({ variantId: 'v', sku: 'V', available: 0, threshold: 5 });
  });
});
