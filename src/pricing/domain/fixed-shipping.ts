import type { ShippableBasket, ShippingQuote, ShippingRule } from './rules.js';

/** A way to ship that costs the same for every cart, or nothing from a certain worth of goods on. Minor units. */
export interface ShippingMethod {
  readonly code: string;
  readonly name: string;
  readonly price: bigint;
  /** Free when the goods, after discounts and before any tax that is added, cost at least this. Null or absent: never free. */
  readonly freeFrom?: bigint | null;
}

/** Shipping from a fixed list of methods, the same for every destination. */
export class FixedShipping implements ShippingRule {
  /** @throws RangeError when two methods share a code or an amount is negative. */
  constructor(private readonly methods: readonly ShippingMethod[]) {
    const codes = new Set(methods.map(({ code }) => code));
    if (codes.size < methods.length) throw new RangeError('Two shipping methods have the same code');
    if (methods.some(({ price, freeFrom }) => price < 0n || (freeFrom ?? 0n) < 0n)) {
      throw new RangeError('Shipping must not have a negative amount');
    }
  }

  quotes(basket: ShippableBasket): ShippingQuote[] {
    return this.methods.map(({ code, name, price, freeFrom }) => {
      const isFree = freeFrom !== undefined && freeFrom !== null && basket.goods >= freeFrom;
      return { code, name, price: isFree ? 0n : price };
    });
  }
}
