import type { OrderId, PaymentId, RefundId } from '../../platform/ids/index.js';

/**
 * The shopper has taken the step that a payment waited for. It says nothing of the outcome: look the payment up. Comes at least
 * once, and may come late.
 */
export const ACTION_COMPLETED = 'payments.action_completed';

export interface ActionCompleted {
  readonly paymentId: PaymentId;
  readonly orderId: OrderId;
}

/** A provider has sent word of a payment or a refund. It says nothing of what: look it up. Comes at least once, and in any order. */
export const PAYMENT_NEWS = 'payments.news';

/** One of the two. It may name what is none of this shop's. */
export interface PaymentNews {
  readonly paymentId?: PaymentId;
  readonly refundId?: RefundId;
}
