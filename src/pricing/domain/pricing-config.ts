import type { Rate } from '../../platform/money/index.js';
import { FixedShipping, type ShippingMethod } from './fixed-shipping.js';
import { FlatTax } from './flat-tax.js';
import type { PricingRules } from './rules.js';

/** How a shop prices, as its configuration says. */
export interface PricingConfig {
  /** ISO 4217. */
  readonly currency: string;
  /** Whether prices, shipping included, contain the tax. */
  readonly taxIncluded: boolean;
  readonly taxRate: Rate;
  readonly shippingMethods: readonly ShippingMethod[];
}

/** The rules that a configuration stands for: one tax rate, fixed shipping, no discounts. */
export function rulesOf(config: PricingConfig): PricingRules {
  return {
    currency: config.currency,
    tax: new FlatTax(config.taxRate, config.taxIncluded),
    shipping: new FixedShipping(config.shippingMethods),
    discounts: [],
  };
}
