import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { dependencies, runOrdered } from '../../replay/index.mjs';
import type { Sale } from '../../replay/index.mjs';

function sale(id: string, prices: Record<string, bigint>): Sale {
  const lines = Object.entries(prices).map(([sku, price]) => ({ sku, price, quantity: 1 }));
  return { type: 'sale', id, email: 'a@example.com', name: 'A', country: 'GB', lines, amount: 0n };
}

/** A pause of no known length, so that work ends in another order than it began. */
const jitter = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.random() * 3));

describe('the schedule', () => {
  it('lets equal prices run together and holds other prices and refunds back', () => {
    const operations = [sale('1', { A: 1n }), sale('2', { A: 1n, B: 1n }), sale('3', { A: 2n }), sale('4', { B: 1n })];
    const refund = { type: 'refund' as const, id: 'C', sale: 1, lines: [], amount: 0n };
    expect(dependencies([...operations, refund])).toEqual([[], [], [0, 1], [], [1]]);
  });

  it('never has two prices of one article under way, and keeps the order of its prices', async () => {
    const anyPrices = fc.dictionary(fc.constantFrom('A', 'B', 'C'), fc.constantFrom(1n, 2n, 3n), { minKeys: 1 });
    await fc.assert(
      fc.asyncProperty(fc.array(anyPrices, { maxLength: 25 }), fc.integer({ min: 1, max: 8 }), async (list, width) => {
        const operations = list.map((prices, index) => sale(String(index), prices));
        const active = new Set<Sale>();
        const begun = new Map<string, bigint[]>();
        let most = 0;
        await runOrdered(dependencies(operations), width, async (index) => {
          const mine = operations[index] ?? sale('', {});
          for (const { sku, price } of mine.lines) {
            for (const other of active)
              for (const line of other.lines) if (line.sku === sku) expect(line.price).toBe(price);
            const seen = begun.get(sku) ?? [];
            if (seen.at(-1) !== price) begun.set(sku, [...seen, price]);
          }
          active.add(mine);
          most = Math.max(most, active.size);
          await jitter();
          active.delete(mine);
        });
        expect(most).toBeLessThanOrEqual(width);
        for (const [sku, seen] of begun) {
          const all = list.flatMap((prices) => (Object.hasOwn(prices, sku) ? [prices[sku]] : []));
          expect(seen).toEqual(all.filter((price, n) => n === 0 || all[n - 1] !== price));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('begins nothing new after a failure, and fails when the rest has ended', async () => {
    const ended: number[] = [];
    const running = runOrdered([[], [], [], []], 2, async (index) => {
      if (index === 0) throw new Error('the first');
      await jitter();
      ended.push(index);
    });
    await expect(running).rejects.toThrow('the first');
    expect(ended).toEqual([1]);
  });

  it('has nothing to do when there is nothing', async () => {
    await expect(runOrdered([], 3, () => Promise.reject(new Error('never')))).resolves.toBeUndefined();
  });
});
