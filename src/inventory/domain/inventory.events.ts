/** What can be sold of a variant has fallen to its threshold. Amounts are units. */
export const LOW_STOCK = 'inventory.low_stock';

export interface LowStock {
  readonly variantId: string;
  readonly sku: string | null;
  readonly available: number;
  readonly threshold: number;
}
