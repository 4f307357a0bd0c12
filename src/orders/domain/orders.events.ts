import type { AfterSalesEvent } from './after-sales.events.js';
import type { Order, OrderLine } from './order.js';
import type { PostalAddress } from '../../platform/values/postal-address.js';

/** An order as its confirmation tells of it. Amounts are minor units of `currency`. */
export interface ConfirmedOrder {
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
}

/** The order's money was set aside: the confirmation is owed. */
export interface OrderAuthorizedEvent {
  readonly type: 'orders.authorized';
  readonly payload: ConfirmedOrder;
}

/** The order's money was captured: the confirmation is owed, unless the authorisation brought it. */
export interface OrderPaidEvent {
  readonly type: 'orders.paid';
  readonly payload: ConfirmedOrder & { readonly confirmed: boolean };
}

/** Nothing was taken and nothing will be. */
export interface OrderPaymentFailedEvent {
  readonly type: 'orders.payment_failed';
  readonly payload: {
    readonly orderId: string;
    readonly number: string;
    readonly email: string;
    readonly currency: string;
    readonly total: number;
    /** Whether the customer had got a confirmation, so that they have to be told. */
    readonly confirmed: boolean;
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
    readonly refundId: string;
    readonly amount: number;
    /** A cancellation's money goes back by itself; the mail of the cancellation tells of it. */
    readonly cancelled: boolean;
  };
}

/** A refund that had been given came back to the shop: the customer's bank did not accept it. */
export interface OrderRefundReversedEvent {
  readonly type: 'orders.refund_reversed';
  readonly payload: {
    readonly orderId: string;
    readonly number: string;
    readonly email: string;
    readonly currency: string;
    readonly refundId: string;
    readonly amount: number;
  };
}

export type OrderEvent =
  | OrderAuthorizedEvent
  | OrderPaidEvent
  | OrderPaymentFailedEvent
  | OrderCancelledEvent
  | OrderRefundedEvent
  | OrderRefundReversedEvent
  | AfterSalesEvent;

type About<E extends OrderEvent> = E & { readonly subjectId: string };

/** @param accessToken a guest's key to the order; null for a customer's */
export function orderAuthorized(order: Order, accessToken: string | null): About<OrderAuthorizedEvent> {
  return { type: 'orders.authorized', subjectId: order.id, payload: confirmation(order, accessToken) };
}

/**
 * @param accessToken a guest's key to the order; null for a customer's
 * @param confirmed whether the customer has a confirmation already
 */
export function orderPaid(order: Order, accessToken: string | null, confirmed: boolean): About<OrderPaidEvent> {
  const payload = { ...confirmation(order, accessToken), confirmed };
  return { type: 'orders.paid', subjectId: order.id, payload };
}

/** @param confirmed whether the customer has a confirmation */
export function orderPaymentFailed(order: Order, confirmed: boolean): About<OrderPaymentFailedEvent> {
  const payload = { ...envelope(order), total: Number(order.total), confirmed };
  return { type: 'orders.payment_failed', subjectId: order.id, payload };
}

function confirmation(order: Order, accessToken: string | null): ConfirmedOrder {
  return {
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
  };
}

function paidItem({ title, variantTitle, sku, quantity, unitPrice, lineTotal }: OrderLine) {
  return { title, variantTitle, sku, quantity, unitPrice: Number(unitPrice), lineTotal: Number(lineTotal) };
}

export function orderCancelled(order: Order, refunded: bigint): About<OrderCancelledEvent> {
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

export function orderRefunded(order: Order, amount: bigint, refundId: string): About<OrderRefundedEvent> {
  const payload = { ...envelope(order), refundId, amount: Number(amount), cancelled: order.status === 'cancelled' };
  return { type: 'orders.refunded', subjectId: order.id, payload };
}

export function orderRefundReversed(order: Order, amount: bigint, refundId: string): About<OrderRefundReversedEvent> {
  const payload = { ...envelope(order), refundId, amount: Number(amount) };
  return { type: 'orders.refund_reversed', subjectId: order.id, payload };
}

function envelope({ id, number, email, currency }: Order) {
  return { orderId: id, number, email, currency };
}
