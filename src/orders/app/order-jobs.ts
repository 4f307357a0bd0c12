import { idWithin, type PaymentId, type RefundId } from '../../platform/ids/index.js';

/** Asks for every attempt and refund past its deadline; with a payload of `RecoverOne` for that one alone. */
export const RECOVER_JOB = 'orders.recover';

/** An attempt or a refund that nobody knows the end of. */
export type RecoverOne =
  | { readonly orderId: string; readonly paymentId: PaymentId }
  | { readonly orderId: string; readonly refundId: RefundId };

/** Gives back money that was captured for an order that had been given up. */
export const GIVE_BACK_JOB = 'orders.give_back';

/** What the key of a cancellation waits for: the order's one cancellation, whoever brings it to its end. */
export function cancellationOf(orderId: string): string {
  return idWithin(orderId, 'cancellation');
}
