import { AppError, ConflictError, InvalidError } from '../../platform/errors/index.js';
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

/** 422 `payment.provider_unknown`: the shop does not take payments through this provider. */
export class UnknownProviderError extends InvalidError {
  /** @param pointer JSON pointer into the request */
  constructor(pointer: string) {
    const detail = 'The shop does not take payments through this provider.';
    super('payment.provider_unknown', detail, [{ pointer, code: 'payment.provider_unknown', detail }]);
  }
}

/** 409 `payment.already_open`: the order has an attempt that is open or has taken the money. */
export class PaymentAlreadyOpenError extends ConflictError {
  constructor() {
    super('payment.already_open', 'The order is paid, or a payment for it is under way.');
  }
}

/** 409 `payment.refund_exceeds_captured`: more than is left of what was captured, pending refunds counted. */
export class RefundExceedsPaymentError extends ConflictError {
  constructor() {
    super('payment.refund_exceeds_captured', 'The refund is more than what is left of the payment.');
  }
}

/** 409 `payment.step_closed`: the shopper's step was taken otherwise, or its time is over. */
export class PaymentStepClosedError extends ConflictError {
  constructor() {
    super('payment.step_closed', 'This payment has been decided otherwise, or its time is over.');
  }
}

/** 400 `payment.webhook_signature`: the delivery was not signed by the provider in whose name it came, or is too old. */
export class WebhookSignatureError extends AppError {
  constructor() {
    super(
      'malformed',
      'payment.webhook_signature',
      'The delivery is not signed by this payment provider, or is too old.',
    );
  }
}

/** 503 `payment.unavailable`: the provider could not be asked, or did not answer; the shopper's step can be taken again. */
export class PaymentStepUnavailableError extends AppError {
  /** @param retryAfterSeconds when to try again, for `Retry-After` */
  constructor(retryAfterSeconds: number) {
    super('unavailable', 'payment.unavailable', 'The payment provider does not answer. Try again later.', {
      retryAfterSeconds,
    });
  }
}
