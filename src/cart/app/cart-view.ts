import type { VariantForSale } from '../../catalog/index.js';
import type { Totals } from '../../pricing/index.js';
import type { CartLineRow, CartRow } from '../data/cart.repository.js';

/** A line with what it is of, and how much of that there is. */
export interface CartLineView extends CartLineRow {
  readonly variant: VariantForSale;
  /** Units that can be sold now: null where stock is not counted, 0 where the product is not for sale. */
  readonly available: number | null;
}

/** A cart as it stands at this moment: today's prices, today's stock. Amounts are minor units. */
export interface CartView {
  readonly cart: CartRow;
  readonly lines: readonly CartLineView[];
  readonly totals: Totals;
}
