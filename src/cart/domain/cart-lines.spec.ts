import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addLines, MAX_LINES, MAX_QUANTITY, mergeCarts, type Line } from './cart-lines.js';

const line = fc.record({
  variantId: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  quantity: fc.integer({ min: 1, max: MAX_QUANTITY }),
});
const cart = fc.uniqueArray(line, { selector: ({ variantId }) => variantId });
const units = (lines: readonly Line[]) => lines.reduce((sum, { quantity }) => sum + quantity, 0);

describe('addLines', () => {
  it('puts a variant on one line', () => {
    const merged = addLines(
      [{ variantId: 'a', quantity: 1 }],
      [
        { variantId: 'b', quantity: 2 },
        { variantId: 'a', quantity: 3 },
      ],
    );
    expect(merged).toEqual({
      ok: true,
      lines: [
        { variantId: 'a', quantity: 4 },
        { variantId: 'b', quantity: 2 },
      ],
    });
  });

  it('refuses one unit or one line too many', () => {
    expect(addLines([{ variantId: 'a', quantity: MAX_QUANTITY }], [{ variantId: 'a', quantity: 1 }])).toEqual({
      ok: false,
      reason: 'quantity_too_large',
      variantId: 'a',
    });
    const full = Array.from({ length: MAX_LINES }, (_, i) => ({ variantId: String(i), quantity: 1 }));
    expect(addLines(full, []).ok).toBe(true);
    expect(addLines(full, [{ variantId: 'more', quantity: 1 }])).toEqual({ ok: false, reason: 'too_many_lines' });
  });

  it('loses no unit', () => {
    fc.assert(
      fc.property(cart, fc.array(line), (existing, added) => {
        const merged = addLines(existing, added);
        return !merged.ok || units(merged.lines) === units(existing) + units(added);
      }),
    );
  });
});

describe('mergeCarts', () => {
  it('keeps every variant of both, with at least as much as either had', () => {
    fc.assert(
      fc.property(cart, cart, (target, source) => {
        const merged = mergeCarts(target, source);
        if (!merged.ok) return false;
        const found = new Map(merged.lines.map(({ variantId, quantity }) => [variantId, quantity]));
        return [...target, ...source].every(
          ({ variantId, quantity }) =>
            (found.get(variantId) ?? 0) >= quantity && (found.get(variantId) ?? 0) <= MAX_QUANTITY,
        );
      }),
    );
  });
});
