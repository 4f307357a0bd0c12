/** `orders.paid`: the money has arrived. Amounts are minor units of `currency`. */
export interface OrderPaid {
  readonly orderId: string;
  readonly number: string;
  readonly email: string;
  readonly currency: string;
  readonly accessToken: string | null;
  readonly placedAt: string;
  readonly items: readonly {
    readonly title: string;
    readonly variantTitle: string;
    readonly sku: string | null;
    readonly quantity: number;
    readonly unitPrice: number;
    readonly lineTotal: number;
  }[];
  readonly subtotal: number;
  readonly discountTotal: number;
  readonly shippingTotal: number;
  readonly shippingName: string;
  readonly taxTotal: number;
  readonly includedTax: number;
  readonly total: number;
  readonly shippingAddress: {
    readonly name: string;
    readonly line1: string;
    readonly line2?: string | null;
    readonly city: string;
    readonly region?: string | null;
    readonly postalCode: string;
    readonly country: string;
    readonly phone?: string | null;
  };
}

/** `orders.cancelled`. */
export interface OrderCancelled {
  readonly orderId: string;
  readonly number: string;
  readonly email: string;
  readonly currency: string;
  readonly refundedTotal?: number;
  readonly reason: string | null;
}

/** `orders.refunded`. */
export interface OrderRefunded {
  readonly orderId: string;
  readonly number: string;
  readonly email: string;
  readonly currency: string;
  readonly amount: number;
}
