import { priceCart, quoteShipping } from './domain/price-cart.js';
import { rulesOf, type PricingConfig } from './domain/pricing-config.js';
import type { PricingRules, ShippingQuote } from './domain/rules.js';
import type { PricingInput, Totals } from './domain/totals.js';

/** Pricing under this shop's rules. Needs no transaction and touches no database. */
export class PricingFacade {
  private readonly rules: PricingRules;

  /** @throws RangeError for a configuration with negative amounts or two shipping methods of one code. */
  constructor(config: PricingConfig) {
    this.rules = rulesOf(config);
  }

  /** ISO 4217 code of all amounts. */
  get currency(): string {
    return this.rules.currency;
  }

  /** @throws `pricing.total_too_large`, `pricing.unknown_shipping_method`; see `priceCart`. */
  price(input: PricingInput): Totals {
    return priceCart(input, this.rules);
  }

  /** The shipping methods for a cart, with what each costs for it. */
  shippingMethods(input: Omit<PricingInput, 'shippingMethod'>): readonly ShippingQuote[] {
    return quoteShipping({ ...input, shippingMethod: null }, this.rules);
  }
}
