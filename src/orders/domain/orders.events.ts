import type { Order, OrderLine } from './order.js';
import type { PostalAddress } from '../../platform/values/postal-address.js';

/** The order's payment was captured: the confirmation is owed. Amounts are minor units of `currency`. */
export interface OrderPaidEvent {
  readonly type: 'orders.paid';
  readonly payload: {
    readonly orderId: string;
    readonly number: string;
    readonly email: string;
    readonly currency: string;
    /** Opens a guest's order; null for a customer's. */
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
    readonly shippingAddress: PostalAddress;
  };
}

export interface OrderCancelledEvent {
  readonly type: 'orders.cancelled';
  readonly payload: {
    readonly orderId: string;
    readonly number: string;
    readonly email: string;
    readonly currency: string;
    /** What goes back to the customer; absent where nothing had been paid. */
    readonly refundedTotal?: number;
    readonly reason: string | null;
  };
}

export interface OrderRefundedEvent {
  readonly type: 'orders.refunded';
  readonly payload: {
    readonly orderId: string;
    readonly number: string;
    readonly email: string;
    readonly currency: string;
    readonly amount: number;
  };
}

export type OrderEvent = OrderPaidEvent | OrderCancelledEvent | OrderRefundedEvent;

export function orderPaid(order: Order, accessToken: string | null): OrderPaidEvent & { readonly subjectId: string } {
  return {
    type: 'orders.paid',
    subjectId: order.id,
    payload: {
      orderId: order.id,
      number: order.number,
      email: order.email,
      currency: order.currency,
      accessToken,
      placedAt: order.placedAt.toISOString(),
      items: order.lines.map(paidItem),
      subtotal: Number(order.subtotal),
      discountTotal: Number(order.discountTotal),
      shippingTotal: Number(order.shippingTotal),
      shippingName: order.shippingName,
      taxTotal: Number(order.taxTotal),
      includedTax: Number(order.includedTax),
      total: Number(order.total),
      shippingAddress: order.shippingAddress,
    },
  };
}

function paidItem({ title, variantTitle, sku, quantity, unitPrice, lineTotal }: OrderLine) {
  return { title, variantTitle, sku, quantity, unitPrice: Number(unitPrice), lineTotal: Number(lineTotal) };
}

export function orderCancelled(order: Order, refunded: bigint): OrderCancelledEvent & { readonly subjectId: string } {
  return {
    type: 'orders.cancelled',
    subjectId: order.id,
    payload: {
      ...envelope(order),
      reason: order.cancelReason,
      ...(refunded > 0n ? { refundedTotal: Number(refunded) } : {}),
    },
  };
}

export function orderRefunded(order: Order, amount: bigint): OrderRefundedEvent & { readonly subjectId: string } {
  return { type: 'orders.refunded', subjectId: order.id, payload: { ...envelope(order), amount: Number(amount) } };
}

function envelope({ id, number, email, currency }: Order) {
  return { orderId: id, number, email, currency };
}
