import type { CancelledOrder, PaidOrder, RefundedOrder } from '../domain/order-news.js';
import type { OrderCancelled, OrderPaid, OrderRefunded } from './order-events.js';

/**
 * From the payload of an event, where amounts are numbers as in all JSON, to what the templates take.
 * @throws RangeError for an amount that is no whole number.
 */
export function toPaidOrder(event: OrderPaid): PaidOrder {
  return {
    id: event.orderId,
    number: event.number,
    currency: event.currency,
    accessToken: event.accessToken,
    placedAt: new Date(event.placedAt),
    lines: event.items.map(({ title, variantTitle, sku, quantity, unitPrice, lineTotal }) => ({
      title,
      variantTitle,
      sku,
      quantity,
      unitPrice: BigInt(unitPrice),
      lineTotal: BigInt(lineTotal),
    })),
    subtotal: BigInt(event.subtotal),
    discountTotal: BigInt(event.discountTotal),
    shippingTotal: BigInt(event.shippingTotal),
    shippingName: event.shippingName,
    taxTotal: BigInt(event.taxTotal),
    includedTax: BigInt(event.includedTax),
    total: BigInt(event.total),
    shippingAddress: event.shippingAddress,
  };
}

export function toCancelledOrder({ number, currency, refundedTotal, reason }: OrderCancelled): CancelledOrder {
  return { number, currency, refundedTotal: BigInt(refundedTotal ?? 0), reason };
}

export function toRefundedOrder({ number, currency, amount }: OrderRefunded): RefundedOrder {
  return { number, currency, amount: BigInt(amount) };
}
