export { OrdersModule } from './orders.module.js';
export type { OrderCancelledEvent, OrderEvent, OrderPaidEvent, OrderRefundedEvent } from './domain/orders.events.js';
