/** What the mails tell of an order. Amounts are minor units of `currency`. */
export interface PaidOrder {
  readonly id: string;
  readonly number: string;
  readonly currency: string;
  /** What lets a guest read the order; null when a customer's account does. */
  readonly accessToken: string | null;
  readonly placedAt: Date;
  readonly lines: readonly BoughtLine[];
  readonly subtotal: bigint;
  readonly discountTotal: bigint;
  readonly shippingTotal: bigint;
  readonly shippingName: string;
  /** Added on top of the amounts; 0 where prices contain the tax. */
  readonly taxTotal: bigint;
  /** Contained in `total`; 0 where tax is added. */
  readonly includedTax: bigint;
  readonly total: bigint;
  readonly shippingAddress: PostalAddress;
}

export interface BoughtLine {
  readonly title: string;
  /** Empty where a product has one variant only. */
  readonly variantTitle: string;
  readonly sku: string | null;
  readonly quantity: number;
  readonly unitPrice: bigint;
  readonly lineTotal: bigint;
}

export interface PostalAddress {
  readonly name: string;
  readonly line1: string;
  readonly line2?: string | null;
  readonly city: string;
  readonly region?: string | null;
  readonly postalCode: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  readonly phone?: string | null;
}

export interface CancelledOrder {
  readonly number: string;
  readonly currency: string;
  /** What goes back to the customer; 0 when nothing was paid. */
  readonly refundedTotal: bigint;
  readonly reason: string | null;
}

export interface RefundedOrder {
  readonly number: string;
  readonly currency: string;
  readonly amount: bigint;
}

/** An order that was confirmed and whose money could not be taken after all. */
export interface UnpaidOrder {
  readonly number: string;
  readonly currency: string;
  readonly total: bigint;
}

/** Units that a mail names without their prices. */
export interface NamedUnits {
  readonly title: string;
  /** Empty where a product has one variant only. */
  readonly variantTitle: string;
  readonly sku: string | null;
  readonly quantity: number;
}

export interface SentParcel {
  readonly id: string;
  readonly number: string;
  readonly accessToken: string | null;
  readonly items: readonly NamedUnits[];
  readonly carrier: string | null;
  readonly trackingNumber: string | null;
  /** An address of http or https. */
  readonly trackingUrl: string | null;
  /** Whether nothing of the order is left to send. */
  readonly complete: boolean;
  readonly shippingAddress: PostalAddress;
}

export interface AskedReturn {
  readonly id: string;
  readonly number: string;
  readonly accessToken: string | null;
  readonly items: readonly NamedUnits[];
}

export interface DecidedReturn extends AskedReturn {
  /** What staff told the customer. */
  readonly answer: string | null;
}

export interface ReceivedReturn extends AskedReturn {
  readonly currency: string;
  /** What goes back for the goods; 0 when nothing was asked for. */
  readonly refundAmount: bigint;
}
