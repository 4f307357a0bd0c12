/** One line of a cart as pricing sees it. All amounts are minor units of the shop's one currency. */
export interface LineInput {
  /**
   * What the caller calls the line, unique in the cart. Best the variant's id: between lines with an equal claim to the odd minor
   * unit of a discount the smaller id gains, and so a cart and the order that it becomes agree.
   */
  readonly id: string;
  readonly unitPrice: bigint;
  /** A whole number of at least 1. */
  readonly quantity: number;
  readonly taxable: boolean;
}

/** Where the goods go, for rules that depend on it; a cart does not know yet. */
export interface Destination {
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  readonly region?: string | null;
  readonly postalCode?: string;
}

export interface PricingInput {
  readonly lines: readonly LineInput[];
  /** Code of the shipping method; null when none is chosen yet, and shipping counts nothing. */
  readonly shippingMethod: string | null;
  readonly destination?: Destination | null;
}

/** A line with what it costs. The customer pays `lineTotal − discount + tax` for it, of which `includedTax` is tax as well. */
export interface PricedLine extends LineInput {
  /** Unit price × quantity. */
  readonly lineTotal: bigint;
  /** The line's part of all discounts, at most `lineTotal`. */
  readonly discount: bigint;
  /** Tax added on top; 0 where prices contain the tax. */
  readonly tax: bigint;
  /** Tax contained in `lineTotal − discount`; 0 where tax is added. */
  readonly includedTax: bigint;
}

export interface PricedShipping {
  readonly code: string;
  readonly name: string;
  readonly price: bigint;
  readonly tax: bigint;
  readonly includedTax: bigint;
}

/** A discount that was applied, with what it came to. */
export interface AppliedDiscount {
  readonly code: string;
  readonly name: string;
  readonly amount: bigint;
}

/**
 * What a cart costs. Always holds: `subtotal − discountTotal + shippingTotal + taxTotal = total`; each of the first four is the sum
 * of its parts; nothing is negative; every amount is a safe integer.
 */
export interface Totals {
  readonly currency: string;
  /** In the order of the input. */
  readonly lines: readonly PricedLine[];
  readonly discounts: readonly AppliedDiscount[];
  /** Null without a method, and for a cart without lines. */
  readonly shipping: PricedShipping | null;
  readonly subtotal: bigint;
  readonly discountTotal: bigint;
  readonly shippingTotal: bigint;
  /** Tax added on top of the amounts: 0 where prices contain the tax. */
  readonly taxTotal: bigint;
  /** Tax contained in the amounts, and so in `total` without being added to it: 0 where tax is added. */
  readonly includedTax: bigint;
  readonly total: bigint;
}
