import type { Totals } from '../../pricing/index.js';
import type { CartRow, OfferedLine } from '../data/cart-rows.js';

/** A cart as it stands at this moment: today's prices, today's stock. Amounts are minor units. */
export interface CartView {
  readonly cart: CartRow;
  readonly lines: readonly OfferedLine[];
  readonly totals: Totals;
}
