import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chooseBatch, type HandleTotals, type WaitingRow } from './import-batch.js';

const LIMITS = { products: 3, rows: 6, bytes: 100 };

function totalsOf(rows: readonly WaitingRow[], bytes = 1): Map<string, HandleTotals> {
  const totals = new Map<string, HandleTotals>();
  for (const { line, handle } of rows) {
    const known = totals.get(handle) ?? { firstLine: line, rows: 0, bytes: 0 };
    totals.set(handle, { ...known, rows: known.rows + 1, bytes: known.bytes + bytes });
  }
  return totals;
}

const rowsOf = (handles: string): WaitingRow[] => [...handles].map((handle, index) => ({ line: 2 + index, handle }));

describe('chooseBatch', () => {
  it('takes products by their first rows, each whole', () => {
    const rows = rowsOf('abacadb');
    expect(chooseBatch(rows, totalsOf(rows), LIMITS)).toEqual({ handles: ['a', 'b', 'c'], rows: 6, nextLine: 7 });
  });

  it('passes over rows of products that are done', () => {
    const all = rowsOf('abacb');
    expect(chooseBatch(all.slice(2), totalsOf(all), LIMITS)).toEqual({ handles: ['c'], rows: 1, nextLine: 7 });
    expect(chooseBatch(all.slice(4), totalsOf(all), LIMITS)).toEqual({ handles: [], rows: 0, nextLine: 7 });
  });

  it('takes one product however large it is', () => {
    const rows = rowsOf('aaaaaaaab');
    expect(chooseBatch(rows, totalsOf(rows), LIMITS)).toEqual({ handles: ['a'], rows: 8, nextLine: 10 });
    expect(chooseBatch(rows, totalsOf(rows, 1000), LIMITS).handles).toEqual(['a']);
  });

  it('takes each product of a file once, batch after batch', () => {
    const file = fc.array(fc.constantFrom(...'abcdefghij'), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(file, fc.integer({ min: 1, max: 20 }), (handles, window) => {
        const rows = rowsOf(handles.join(''));
        const totals = totalsOf(rows);
        const taken: string[] = [];
        for (let next = 0; ;) {
          const seen = rows.filter(({ line }) => line >= next).slice(0, window);
          if (seen.length === 0) break;
          const batch = chooseBatch(seen, totals, LIMITS);
          expect(batch.nextLine).toBeGreaterThan(next);
          taken.push(...batch.handles);
          next = batch.nextLine;
        }
        expect(taken).toEqual([...new Set(handles)]);
      }),
    );
  });
});
