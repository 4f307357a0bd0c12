import type {
  ConfirmedOrder,
  OrderCancelledEvent,
  OrderPaymentFailedEvent,
  OrderRefundedEvent,
} from '../../orders/index.js';
import type { CancelledOrder, PaidOrder, RefundedOrder, UnpaidOrder } from '../domain/order-news.js';

/**
 * From the payload of an event, where amounts are numbers as in all JSON, to what the templates take.
 * @throws RangeError for an amount that is no whole number.
 */
export function toPaidOrder(event: ConfirmedOrder): PaidOrder {
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

export function toCancelledOrder(event: OrderCancelledEvent['payload']): CancelledOrder {
  const { number, currency, refundedTotal, reason } = event;
  return { number, currency, refundedTotal: BigInt(refundedTotal ?? 0), reason };
}

export function toRefundedOrder({
  number,
  currency,
  amount,
}: Pick<OrderRefundedEvent['payload'], 'number' | 'currency' | 'amount'>): RefundedOrder {
  return { number, currency, amount: BigInt(amount) };
}

export function toUnpaidOrder({ number, currency, total }: OrderPaymentFailedEvent['payload']): UnpaidOrder {
  return { number, currency, total: BigInt(total) };
}
