import { ConflictError, InvalidError } from '../../platform/errors/index.js';
import { toJson, type Money } from '../../platform/money/index.js';

/** 409 `orders.refund_exceeds_captured`: more than is left of what was captured. `refundable` says how much that is, as money. */
export class RefundExceedsCapturedError extends ConflictError {
  constructor(refundable: Money) {
    super('orders.refund_exceeds_captured', 'The refund is more than what is left of the payment.', {
      refundable: toJson(refundable),
    });
  }
}

/** 409 `orders.nothing_to_refund`: nothing was captured, or all of it has been refunded or is being refunded. */
export class NothingToRefundError extends ConflictError {
  constructor() {
    super('orders.nothing_to_refund', 'Nothing is left of the payment that could be refunded.');
  }
}

/** 409 `orders.refund_quantity`: more units than are left of a line; `itemId` and `left` say of which and how many. */
export class RefundQuantityLeftError extends ConflictError {
  constructor(itemId: string, left: number) {
    super('orders.refund_quantity', 'More units are to be refunded than are left of the line.', { itemId, left });
  }
}

/** 422 `orders.refund_quantity`: no item at all, an item twice, or a quantity that is no whole number from 1 up. */
export class InvalidRefundQuantityError extends InvalidError {
  /** @param pointer JSON pointer into the request */
  constructor(pointer: string, detail: string) {
    super('orders.refund_quantity', detail, [{ pointer, code: 'orders.refund_quantity', detail }]);
  }
}

/** 422 `orders.refund_amount`: an amount that is not above 0. */
export class InvalidRefundAmountError extends InvalidError {
  constructor() {
    const detail = 'The amount of a refund must be above 0.';
    super('orders.refund_amount', detail, [{ pointer: '/amount', code: 'orders.refund_amount', detail }]);
  }
}

/** 422 `orders.refund_unknown_item`: the order has no such item. */
export class UnknownRefundItemError extends InvalidError {
  constructor(pointer: string) {
    const detail = 'The order has no such item.';
    super('orders.refund_unknown_item', detail, [{ pointer, code: 'orders.refund_unknown_item', detail }]);
  }
}
