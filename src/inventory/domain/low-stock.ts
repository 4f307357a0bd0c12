import type { LowStock } from './inventory.events.js';
import type { Stock } from './stock-book.js';

/**
 * The news that what can be sold falls from above its threshold to it or below; null where it does not, or where stock
 * is not tracked.
 * @param before what could be sold, in units
 * @param after what can be sold now
 * @param usual the threshold of a variant that has none of its own
 */
export function lowStock(
  stock: Pick<Stock, 'variantId' | 'sku' | 'tracked' | 'lowStockAt'>,
  before: number,
  after: number,
  usual: number,
): LowStock | null {
  const threshold = stock.lowStockAt ?? usual;
  if (!stock.tracked || before <= threshold || after > threshold) return null;
  return { variantId: stock.variantId, sku: stock.sku, available: Math.max(after, 0), threshold };
}
