import type { OrderJson } from '../../support/shop-fixture.js';
import type { ProofShop } from '../support/proof-shop.js';

/** An order as it is told with its parcels. */
export interface SentOrderJson extends OrderJson {
  readonly fulfilmentStatus: string;
  readonly items: (OrderJson['items'][number] & {
    readonly fulfilledQuantity: number;
    readonly cancelledQuantity: number;
    readonly returnedQuantity: number;
  })[];
  readonly returns: { readonly id: string; readonly status: string; readonly refundId: string | null }[];
}

export const REFUND_REFUSALS = [
  'orders.refund_exceeds_captured',
  'orders.nothing_to_refund',
  'orders.refund_quantity',
  'payment.refund_exceeds_captured',
];
export const NOT_CANCELLABLE = 'orders.not_cancellable';
export const NOT_REFUNDABLE = 'orders.not_refundable';

/** What staff ask for an order, at some process. */
export function askFor(shop: ProofShop, orderId: string, what: string, body: object | undefined, key?: string) {
  const headers = key === undefined ? {} : { headers: { 'idempotency-key': key } };
  return shop.admin().post<SentOrderJson>(`/v1/orders/${orderId}/${what}`, body, headers);
}

export function refund(shop: ProofShop, orderId: string, body: object, key?: string) {
  return askFor(shop, orderId, 'refunds', body, key);
}

export function cancel(shop: ProofShop, orderId: string, key?: string) {
  return askFor(shop, orderId, 'cancel', {}, key);
}

/** The body of a refund of such a part of the order. */
export function ofTotal(order: OrderJson, percent: number) {
  return { amount: { amount: Math.floor((order.total.amount * percent) / 100), currency: order.total.currency } };
}
