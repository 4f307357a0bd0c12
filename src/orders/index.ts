export { OrdersModule } from './orders.module.js';
export type {
  ConfirmedOrder,
  OrderAuthorizedEvent,
  OrderCancelledEvent,
  OrderEvent,
  OrderPaidEvent,
  OrderPaymentFailedEvent,
  OrderRefundedEvent,
} from './domain/orders.events.js';
export { ORDERS_AUDIT } from './data/orders.audit.js';
