import type { Order, OrderLine } from './order.js';

/** A cart's line as it is frozen. Amounts are minor units. */
export type NewOrderLine = Omit<OrderLine, 'refundedQuantity' | 'refundedAmount' | 'restockedQuantity'>;

/** What is agreed when an order is placed. */
export type NewOrder = Omit<
  Order,
  | 'status'
  | 'paymentStatus'
  | 'fulfilmentStatus'
  | 'capturedTotal'
  | 'refundedTotal'
  | 'version'
  | 'cancelledAt'
  | 'cancelReason'
  | 'lines'
> & { readonly lines: readonly NewOrderLine[] };

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
