import type { OrderId, PaymentId } from '../../platform/ids/index.js';

/**
 * The shopper has taken the step that a payment waited for. It says nothing of the outcome: look the payment up. Comes at least
 * once, and may come late.
 */
export const ACTION_COMPLETED = 'payments.action_completed';

export interface ActionCompleted {
  readonly paymentId: PaymentId;
  readonly orderId: OrderId;
}
