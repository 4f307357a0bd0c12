import type { Destination, LineInput } from './totals.js';

/** What is taxed by itself: a line after its discounts, or the shipping. */
export interface TaxablePart {
  readonly kind: 'line' | 'shipping';
  /** What is charged for the part, in minor units. */
  readonly amount: bigint;
  /** Shipping follows the goods: it is taxable as soon as one line is. */
  readonly taxable: boolean;
}

/** The tax of one part, rounded once. A rule adds tax or finds it contained, and leaves the other at 0. */
export interface TaxShare {
  readonly added: bigint;
  /** At most the amount of the part. */
  readonly included: bigint;
}

export interface TaxRule {
  taxOn(part: TaxablePart, destination: Destination | null): TaxShare;
}

/** What a shipping rule may look at. */
export interface ShippableBasket {
  readonly currency: string;
  /** The lines after discounts, before any tax that is added. */
  readonly goods: bigint;
  /** Units of all lines together. */
  readonly units: number;
  readonly destination: Destination | null;
}

/** A way to ship a basket, and its price for that basket before any tax that is added. */
export interface ShippingQuote {
  readonly code: string;
  readonly name: string;
  readonly price: bigint;
}

export interface ShippingRule {
  /** All ways to ship the basket, in the order to show them; codes are unique. */
  quotes(basket: ShippableBasket): readonly ShippingQuote[];
}

export interface DiscountableLine extends LineInput {
  /** What the line still costs after the discounts that came before. */
  readonly left: bigint;
}

/** What a discount rule may look at. The lines are sorted by id, so that the cart's order cannot matter. */
export interface DiscountableBasket {
  readonly currency: string;
  readonly lines: readonly DiscountableLine[];
}

/** A discount on certain lines (all, when none are named), spread over them in proportion to what they still cost. */
export interface DiscountGrant {
  readonly code: string;
  readonly name: string;
  /** What the rule would take off; pricing takes no more than the lines still cost. */
  readonly amount: bigint;
  readonly lineIds?: readonly string[];
}

export interface DiscountRule {
  /** Null when the rule does not apply. */
  grant(basket: DiscountableBasket): DiscountGrant | null;
}

/** Everything that decides a price. Discounts apply in their order, each to what the earlier ones left. */
export interface PricingRules {
  readonly currency: string;
  readonly tax: TaxRule;
  readonly shipping: ShippingRule;
  readonly discounts: readonly DiscountRule[];
}
