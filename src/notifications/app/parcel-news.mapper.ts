import type {
  OrderFulfilledEvent,
  ReturnApprovedEvent,
  ReturnReceivedEvent,
  ReturnRejectedEvent,
  ReturnRequestedEvent,
} from '../../orders/index.js';
import type { AskedReturn, DecidedReturn, NamedUnits, ReceivedReturn, SentParcel } from '../domain/order-news.js';

type ReturnNews = ReturnRequestedEvent | ReturnApprovedEvent | ReturnRejectedEvent | ReturnReceivedEvent;

/** From the payloads of events to what the templates take. */
export function toSentParcel(event: OrderFulfilledEvent['payload']): SentParcel {
  return {
    id: event.orderId,
    number: event.number,
    accessToken: event.accessToken,
    items: event.items.map(toUnits),
    carrier: event.carrier,
    trackingNumber: event.trackingNumber,
    trackingUrl: event.trackingUrl,
    complete: event.complete,
    shippingAddress: event.shippingAddress,
  };
}

export function toAskedReturn({ orderId, number, accessToken, items }: ReturnNews['payload']): AskedReturn {
  return { id: orderId, number, accessToken, items: items.map(toUnits) };
}

export function toDecidedReturn(event: (ReturnApprovedEvent | ReturnRejectedEvent)['payload']): DecidedReturn {
  return { ...toAskedReturn(event), answer: event.answer };
}

/** @throws RangeError for an amount that is no whole number. */
export function toReceivedReturn(event: ReturnReceivedEvent['payload']): ReceivedReturn {
  return { ...toAskedReturn(event), currency: event.currency, refundAmount: BigInt(event.refundAmount ?? 0) };
}

function toUnits({ title, variantTitle, sku, quantity }: NamedUnits): NamedUnits {
  return { title, variantTitle, sku, quantity };
}
