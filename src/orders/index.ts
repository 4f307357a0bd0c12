export { OrdersModule } from './orders.module.js';
export type {
  AfterSalesEvent,
  OrderFulfilledEvent,
  ReturnApprovedEvent,
  ReturnReceivedEvent,
  ReturnRejectedEvent,
  ReturnRequestedEvent,
} from './domain/after-sales.events.js';
export type {
  ConfirmedOrder,
  OrderAuthorizedEvent,
  OrderCancelledEvent,
  OrderEvent,
  OrderPaidEvent,
  OrderPaymentFailedEvent,
  OrderRefundedEvent,
  OrderRefundReversedEvent,
} from './domain/orders.events.js';
export { ORDERS_AUDIT } from './data/orders.audit.js';
