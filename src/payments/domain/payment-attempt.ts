import type { OrderId, PaymentId, RefundId, UserId } from '../../platform/ids/index.js';
import type { DeclineCode } from './decline-code.js';
import type { NextAction } from './payment-provider.js';
import type { AttemptStatus, RefundStatus } from './payment-state.js';

/** One attempt to take an order's money. Amounts in minor units of `currency`. */
export interface PaymentAttempt {
  readonly id: PaymentId;
  readonly orderId: OrderId;
  readonly provider: string;
  readonly status: AttemptStatus;
  /** What was to be taken. */
  readonly amount: bigint;
  readonly currency: string;
  /** False: the money is set aside first, and taken by a request of its own. */
  readonly autoCapture: boolean;
  /** The order's number, as the provider was told it. */
  readonly description: string;
  /** What was set aside, or taken in the same step. */
  readonly authorized: bigint;
  /** What was taken; it stays as it was when the charge was voided afterwards, as `status` then says. */
  readonly captured: bigint;
  /** What was given back or is about to be: refunds that succeeded and refunds that are pending. */
  readonly refunded: bigint;
  /** What the provider keeps of what was taken; null until it has said so. */
  readonly fee: bigint | null;
  /** The provider's name for the charge. */
  readonly reference: string | null;
  /** Why it was declined; null in any other status. */
  readonly declineCode: DeclineCode | null;
  /** What the shopper has to do, as long as the status is `requires_action`. */
  readonly nextAction: NextAction | null;
  /** When an open attempt is due to be asked after. */
  readonly deadlineAt: Date;
  /** When the shop decided to close it; from then on no earlier word of a capture counts. */
  readonly voidRequestedAt: Date | null;
  /** When the shop decided to take an authorised amount; from then on it is not voided before the provider has answered. */
  readonly captureRequestedAt: Date | null;
  readonly createdAt: Date;
  /** When its outcome was recorded; null while it is open. */
  readonly settledAt: Date | null;
}

/** Money given back, or about to be. Amounts in minor units of `currency`. */
export interface Refund {
  readonly id: RefundId;
  readonly orderId: OrderId;
  readonly paymentId: PaymentId;
  readonly status: RefundStatus;
  readonly amount: bigint;
  readonly currency: string;
  /** Why, in the words of whoever asked for it. */
  readonly reason: string | null;
  /** The provider's name for the refund. */
  readonly reference: string | null;
  /** Why the provider refused it, or could not deliver it; null unless it failed. */
  readonly failure: string | null;
  readonly actorId: UserId | null;
  /** When a pending refund is due to be asked after. */
  readonly deadlineAt: Date;
  readonly createdAt: Date;
  /** When its outcome was recorded; null while it is pending. Of one that was reversed: when it had succeeded. */
  readonly settledAt: Date | null;
  /** When it was recorded that the provider has the money again, after the refund had succeeded; null otherwise. */
  readonly reversedAt: Date | null;
}
