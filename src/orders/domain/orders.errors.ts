import { AppError, ConflictError, InvalidError } from '../../platform/errors/index.js';

/** A line of which there is less than was asked for. Quantities are units. */
export interface ShortItem {
  readonly variantId: string;
  readonly sku: string | null;
  readonly asked: number;
  readonly available: number;
}

/** 409: nothing was reserved and nothing charged; `items` names every line that is short. */
export class InsufficientStockError extends ConflictError {
  constructor(items: readonly ShortItem[]) {
    super('inventory.insufficient_stock', 'Some lines are short of stock.', { items });
  }
}

/** 422 */
export class EmptyCartError extends InvalidError {
  constructor() {
    super('cart.empty', 'There is nothing in the cart.');
  }
}

/** 409: prices have changed since the client read them. Amounts are JSON money. */
export class TotalChangedError extends ConflictError {
  constructor(expected: unknown, total: unknown) {
    super('order.total_changed', 'The total is no longer what you expected; show it to the customer again.', {
      expected,
      total,
    });
  }
}

/** 409: the order is beyond the point where this can be done. */
export class NotCancellableError extends ConflictError {
  constructor(status: string, fulfilmentStatus: string) {
    super('orders.not_cancellable', 'This order can no longer be cancelled.', {
      orderStatus: status,
      fulfilmentStatus,
    });
  }
}

/** 409: there is no money set aside that could be captured. */
export class NotCapturableError extends ConflictError {
  constructor(status: string) {
    super('orders.not_capturable', 'Only an authorized order can be captured.', { orderStatus: status });
  }
}

/** 409: the provider has not said yet what became of a capture; ask again in a moment. */
export class CapturePendingError extends ConflictError {
  constructor() {
    super('orders.capture_pending', 'The money of this order is being captured; try again in a moment.');
  }
}

/** 409: the provider would not take the money: the authorisation is over, and the order with it, or it is refused for now. */
export class CaptureRefusedError extends ConflictError {
  constructor() {
    super(
      'payment.not_capturable',
      'The payment provider refused to take the money; read the order to see how it stands.',
    );
  }
}

/** 409: nothing was captured that could be given back. */
export class NotRefundableError extends ConflictError {
  constructor(status: string) {
    super('orders.not_refundable', 'Only a paid order can be refunded.', { orderStatus: status });
  }
}

/** 409: the provider refused to give the money back; nothing was changed. */
export class RefundFailedError extends AppError {
  constructor(reason: string) {
    super('conflict', 'payment.refund_failed', 'The payment provider refused the refund.', { extra: { reason } });
  }
}

/** 422: money goes back in the currency it came in. */
export class WrongCurrencyError extends InvalidError {
  constructor(currency: string) {
    const detail = `The order is in ${currency}.`;
    super('orders.wrong_currency', detail, [{ pointer: '/amount/currency', code: 'wrong_currency', detail }]);
  }
}

/** 409: only a paid order is sent, and none whose money has all gone back. */
export class NotFulfillableError extends ConflictError {
  constructor(status: string, paymentStatus: string) {
    super('orders.not_fulfillable', 'This order cannot be sent as it stands.', {
      orderStatus: status,
      paymentStatus,
    });
  }
}

/** 409: the return is beyond the point, or not yet at the point, where this can be done. */
export class ReturnStateError extends ConflictError {
  constructor(status: string) {
    super('orders.return_state', 'This cannot be done with the return as it stands.', { returnStatus: status });
  }
}

/** 409: an order has room for a bounded number of returns, those that came to nothing counted. */
export class TooManyReturnsError extends ConflictError {
  constructor(limit: number) {
    super('orders.too_many_returns', 'This order has had too many returns; please write to the shop.', { limit });
  }
}
