import type { Order, OrderLine } from './order.js';
import type { PostalAddress } from './postal-address.js';

/** A cart's line as it is frozen. Amounts are minor units. */
export type NewOrderLine = Omit<OrderLine, 'refundedQuantity' | 'refundedAmount' | 'restockedQuantity'>;

export interface NewOrder {
  readonly id: string;
  readonly number: string;
  readonly customerId: string | null;
  readonly cartId: string;
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
  readonly placedAt: Date;
  readonly lines: readonly NewOrderLine[];
}

/** An order at its beginning: nothing paid, nothing sent. */
export function beginOrder(order: NewOrder): Order {
  return {
    ...order,
    status: 'pending_payment',
    paymentStatus: 'pending',
    fulfilmentStatus: 'unfulfilled',
    capturedTotal: 0n,
    refundedTotal: 0n,
    version: 1,
    cancelledAt: null,
    cancelReason: null,
    lines: order.lines.map((line) => ({ ...line, refundedQuantity: 0, refundedAmount: 0n, restockedQuantity: 0 })),
  };
}
