/** Bounds of a cart. */
export const MAX_LINES = 1_000;
export const MAX_QUANTITY = 100_000;

export interface Line {
  readonly variantId: string;
  readonly quantity: number;
}

export type Merged =
  | { readonly ok: true; readonly lines: readonly Line[] }
  | { readonly ok: false; readonly reason: 'too_many_lines' }
  | { readonly ok: false; readonly reason: 'quantity_too_large'; readonly variantId: string };

/**
 * Adds lines to lines: one line a variant, in the order of first appearance, quantities added up. Refuses more than
 * MAX_LINES lines or MAX_QUANTITY units of one.
 */
export function addLines(existing: readonly Line[], added: readonly Line[]): Merged {
  const sums = new Map<string, number>();
  for (const { variantId, quantity } of [...existing, ...added])
    sums.set(variantId, (sums.get(variantId) ?? 0) + quantity);
  if (sums.size > MAX_LINES) return { ok: false, reason: 'too_many_lines' };
  for (const [variantId, quantity] of sums)
    if (quantity > MAX_QUANTITY) return { ok: false, reason: 'quantity_too_large', variantId };
  return { ok: true, lines: [...sums].map(([variantId, quantity]) => ({ variantId, quantity })) };
}

/**
 * The lines of two carts in one, when a guest signs in: nothing may be lost by it, so a quantity stops at MAX_QUANTITY
 * where the sum would go beyond. Only the number of lines can make it fail.
 */
export function mergeCarts(target: readonly Line[], source: readonly Line[]): Merged {
  const capped = source.map(({ variantId, quantity }) => {
    const there = target.find((line) => line.variantId === variantId)?.quantity ?? 0;
    return { variantId, quantity: Math.min(quantity, MAX_QUANTITY - there) };
  });
  return addLines(
    target,
    capped.filter(({ quantity }) => quantity > 0),
  );
}
