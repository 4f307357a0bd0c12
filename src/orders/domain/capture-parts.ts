import type { Order, OrderLine } from './order.js';

/** What an order's total is paid for, in minor units; the three add up to the total. */
export interface CaptureParts {
  /** Subtotal less discounts, without the tax that it contains. */
  readonly goods: bigint;
  /** Shipping, without the tax that it contains. */
  readonly shipping: bigint;
  /** Tax of goods and shipping, whether it was added or contained. */
  readonly tax: bigint;
}

/** How an order's total goes into the books. Pricing finds tax contained by line and in the shipping: what no line contains, the shipping does. */
export function capturePartsOf(
  order: Pick<Order, 'subtotal' | 'discountTotal' | 'shippingTotal' | 'taxTotal' | 'includedTax'> & {
    readonly lines: readonly Pick<OrderLine, 'includedTax'>[];
  },
): CaptureParts {
  const containedInGoods = order.lines.reduce((sum, { includedTax }) => sum + includedTax, 0n);
  const containedInShipping = order.includedTax - containedInGoods;
  return {
    goods: order.subtotal - order.discountTotal - containedInGoods,
    shipping: order.shippingTotal - containedInShipping,
    tax: order.taxTotal + order.includedTax,
  };
}
