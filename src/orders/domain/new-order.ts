import type { Order, OrderLine } from './order.js';

/** A cart's line as it is frozen. Amounts are minor units. */
export type NewOrderLine = Omit<OrderLine, keyof typeof NOTHING_YET>;

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
    lines: order.lines.map((line) => ({ ...line, ...NOTHING_YET })),
  };
}

/** A line's counters at its beginning. */
const NOTHING_YET = {
  refundedQuantity: 0,
  refundedAmount: 0n,
  restockedQuantity: 0,
  fulfilledQuantity: 0,
  cancelledQuantity: 0,
  returnedQuantity: 0,
  withdrawnQuantity: 0,
};
