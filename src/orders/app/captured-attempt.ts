import type { PaymentAttempt } from '../../payments/index.js';

/** The attempt that took the order's money. */
export function capturedAttempt(attempts: readonly PaymentAttempt[]): PaymentAttempt | undefined {
  return attempts.find(({ status }) => status === 'captured');
}
