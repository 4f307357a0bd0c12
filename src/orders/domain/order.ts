import type { PostalAddress } from '../../platform/values/postal-address.js';
import type { FulfilmentStatus, OrderStatus, PaymentStatus } from './order-status.js';

/** A line as it was agreed. Amounts are minor units; `refunded…` counts refunds that are under way, too. */
export interface OrderLine {
  readonly id: string;
  readonly variantId: string;
  readonly productId: string;
  readonly sku: string | null;
  readonly title: string;
  readonly variantTitle: string;
  readonly image: string | null;
  readonly quantity: number;
  readonly unitPrice: bigint;
  readonly lineTotal: bigint;
  readonly discount: bigint;
  readonly tax: bigint;
  readonly includedTax: bigint;
  readonly refundedQuantity: number;
  readonly refundedAmount: bigint;
  readonly restockedQuantity: number;
}

/** An order: what was agreed, frozen, and what became of it. total = subtotal - discountTotal + shippingTotal + taxTotal. */
export interface Order {
  readonly id: string;
  readonly number: string;
  readonly customerId: string | null;
  readonly cartId: string;
  readonly status: OrderStatus;
  readonly paymentStatus: PaymentStatus;
  readonly fulfilmentStatus: FulfilmentStatus;
  readonly email: string;
  readonly currency: string;
  readonly shippingAddress: PostalAddress;
  readonly billingAddress: PostalAddress;
  readonly shippingMethod: string;
  readonly shippingName: string;
  readonly subtotal: bigint;
  readonly discountTotal: bigint;
  readonly shippingTotal: bigint;
  readonly taxTotal: bigint;
  readonly includedTax: bigint;
  readonly total: bigint;
  readonly capturedTotal: bigint;
  readonly refundedTotal: bigint;
  readonly version: number;
  readonly placedAt: Date;
  readonly cancelledAt: Date | null;
  readonly cancelReason: string | null;
  readonly lines: readonly OrderLine[];
}

/** What was paid for a line, in minor units. */
export function paidFor(line: Pick<OrderLine, 'lineTotal' | 'discount' | 'tax'>): bigint {
  return line.lineTotal - line.discount + line.tax;
}
