import type {
  AfterSalesEvent,
  OrderFulfilledEvent,
  ReturnApprovedEvent,
  ReturnReceivedEvent,
  ReturnRejectedEvent,
  ReturnRequestedEvent,
} from '../../orders/index.js';
import { parcelSent, returnApproved, returnArrived, returnAsked, returnRejected } from '../domain/parcel-mails.js';
import { eventMail, type EventMail } from './event-mails.js';
import { toAskedReturn, toDecidedReturn, toReceivedReturn, toSentParcel } from './parcel-news.mapper.js';

/** The mails of what happened to an order's goods. */
export const PARCEL_MAILS: Readonly<Record<AfterSalesEvent['type'], EventMail>> = {
  'orders.fulfilled': eventMail<OrderFulfilledEvent['payload']>('order_fulfilled', (news, shop) =>
    parcelSent(toSentParcel(news), shop),
  ),
  'orders.return_requested': eventMail<ReturnRequestedEvent['payload']>('return_requested', (news, shop) =>
    returnAsked(toAskedReturn(news), shop),
  ),
  'orders.return_approved': eventMail<ReturnApprovedEvent['payload']>('return_approved', (news, shop) =>
    returnApproved(toDecidedReturn(news), shop),
  ),
  'orders.return_rejected': eventMail<ReturnRejectedEvent['payload']>('return_rejected', (news, shop) =>
    returnRejected(toDecidedReturn(news), shop),
  ),
  'orders.return_received': eventMail<ReturnReceivedEvent['payload']>('return_received', (news, shop) =>
    returnArrived(toReceivedReturn(news), shop),
  ),
};
