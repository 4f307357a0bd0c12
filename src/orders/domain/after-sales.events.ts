import type { PostalAddress } from '../../platform/values/postal-address.js';
import type { Fulfilment } from './fulfilment.js';
import type { OrderReturn } from './order-return.js';
import type { Order } from './order.js';

/** Units of a line, as a mail or a subscriber names them. */
export interface UnitsNews {
  readonly itemId: string;
  readonly title: string;
  readonly variantTitle: string;
  readonly sku: string | null;
  readonly quantity: number;
}

interface OrderNamed {
  readonly orderId: string;
  readonly number: string;
  readonly email: string;
  readonly currency: string;
  /** Opens a guest's order; null for a customer's. */
  readonly accessToken: string | null;
}

/** A parcel left. */
export interface OrderFulfilledEvent {
  readonly type: 'orders.fulfilled';
  readonly payload: OrderNamed & {
    readonly fulfilmentId: string;
    /** Which parcel of the order it is: 1, 2, ... */
    readonly position: number;
    readonly locationId: string;
    readonly carrier: string | null;
    readonly trackingNumber: string | null;
    readonly trackingUrl: string | null;
    readonly items: readonly UnitsNews[];
    /** Whether nothing of the order is left to send. */
    readonly complete: boolean;
    readonly shippingAddress: PostalAddress;
  };
}

interface ReturnNamed extends OrderNamed {
  readonly returnId: string;
  /** What the return asks for. */
  readonly items: readonly (UnitsNews & { readonly reason: string | null })[];
}

/** A customer, or staff for one, asks to send something back. */
export interface ReturnRequestedEvent {
  readonly type: 'orders.return_requested';
  readonly payload: ReturnNamed & { readonly note: string | null };
}

export interface ReturnApprovedEvent {
  readonly type: 'orders.return_approved';
  readonly payload: ReturnNamed & { readonly answer: string | null };
}

export interface ReturnRejectedEvent {
  readonly type: 'orders.return_rejected';
  readonly payload: ReturnNamed & { readonly answer: string | null };
}

/** The goods came; `items` are those that did. */
export interface ReturnReceivedEvent {
  readonly type: 'orders.return_received';
  readonly payload: ReturnNamed & {
    readonly items: readonly { readonly restocked: number }[];
    readonly refundId: string | null;
    /** What is asked back for them, in minor units of `currency`; null where nothing was. `orders.refunded` tells when it is given. */
    readonly refundAmount: number | null;
  };
}

export type AfterSalesEvent =
  OrderFulfilledEvent | ReturnRequestedEvent | ReturnApprovedEvent | ReturnRejectedEvent | ReturnReceivedEvent;

type About<E extends AfterSalesEvent> = E & { readonly subjectId: string };

/** @param order with the parcel's units counted; @param accessToken a guest's key to the order, null for a customer's */
export function orderFulfilled(
  order: Order,
  parcel: Fulfilment,
  accessToken: string | null,
  complete: boolean,
): About<OrderFulfilledEvent> {
  return {
    type: 'orders.fulfilled',
    subjectId: order.id,
    payload: {
      ...named(order, accessToken),
      fulfilmentId: parcel.id,
      position: parcel.position,
      locationId: parcel.locationId,
      carrier: parcel.carrier,
      trackingNumber: parcel.trackingNumber,
      trackingUrl: parcel.trackingUrl,
      items: parcel.lines.map(({ orderLineId, quantity }) => unitsOf(order, orderLineId, quantity)),
      complete,
      shippingAddress: order.shippingAddress,
    },
  };
}

/** @param accessToken a guest's key to the order, null for a customer's */
export function returnRequested(
  order: Order,
  back: OrderReturn,
  accessToken: string | null,
): About<ReturnRequestedEvent> {
  const payload = { ...aboutReturn(order, back, accessToken), note: back.note };
  return { type: 'orders.return_requested', subjectId: order.id, payload };
}

/** @param accessToken a guest's key to the order, null for a customer's */
export function returnDecided(
  order: Order,
  back: OrderReturn,
  accessToken: string | null,
): About<ReturnApprovedEvent | ReturnRejectedEvent> {
  const payload = { ...aboutReturn(order, back, accessToken), answer: back.answer };
  const type = back.status === 'rejected' ? 'orders.return_rejected' : 'orders.return_approved';
  return { type, subjectId: order.id, payload };
}

/** @param back with the units that came; @param accessToken a guest's key to the order, null for a customer's */
export function returnReceived(
  order: Order,
  back: OrderReturn,
  accessToken: string | null,
  refundAmount: bigint | null,
): About<ReturnReceivedEvent> {
  const come = back.lines.filter(({ received }) => received > 0);
  return {
    type: 'orders.return_received',
    subjectId: order.id,
    payload: {
      ...aboutReturn(order, back, accessToken),
      items: come.map(({ orderLineId, received, restocked, reason }) => ({
        ...unitsOf(order, orderLineId, received),
        reason,
        restocked,
      })),
      refundId: back.refundId,
      refundAmount: refundAmount === null ? null : Number(refundAmount),
    },
  };
}

function aboutReturn(order: Order, back: OrderReturn, accessToken: string | null): ReturnNamed {
  return {
    ...named(order, accessToken),
    returnId: back.id,
    items: back.lines.map(({ orderLineId, quantity, reason }) => ({
      ...unitsOf(order, orderLineId, quantity),
      reason,
    })),
  };
}

function named({ id, number, email, currency }: Order, accessToken: string | null): OrderNamed {
  return { orderId: id, number, email, currency, accessToken };
}

function unitsOf(order: Order, lineId: string, quantity: number): UnitsNews {
  const line = order.lines.find(({ id }) => id === lineId);
  return {
    itemId: lineId,
    title: line?.title ?? '',
    variantTitle: line?.variantTitle ?? '',
    sku: line?.sku ?? null,
    quantity,
  };
}
