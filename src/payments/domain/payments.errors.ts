import { AppError } from '../../platform/errors/index.js';
import type { DeclineCode } from './decline-code.js';

/** 402 `payment.declined`: the provider said no, nothing was charged and the cart is usable again. `declineCode` tells why. */
export class PaymentDeclinedError extends AppError {
  constructor(declineCode: DeclineCode) {
    super('payment_failed', 'payment.declined', 'The payment was declined; try another means of payment.', {
      extra: { declineCode },
    });
  }
}

/** 503 `payment.unavailable`: the provider failed, nothing was charged and the cart is usable again. */
export class PaymentUnavailableError extends AppError {
  /** @param retryAfterSeconds when to try again, for `Retry-After` */
  constructor(retryAfterSeconds: number) {
    super(
      'unavailable',
      'payment.unavailable',
      'The payment provider does not answer; nothing was charged. Try again later.',
      {
        retryAfterSeconds,
      },
    );
  }
}
