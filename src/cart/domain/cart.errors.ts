import { ConflictError, InvalidError } from '../../platform/errors/index.js';
import { MAX_LINES, MAX_QUANTITY } from './cart-lines.js';

/** 409: the cart has become an order, or is becoming one. */
export class AlreadyOrderedError extends ConflictError {
  constructor(orderId: string | null) {
    super('cart.already_ordered', 'This cart has been ordered.', orderId ? { orderId } : {});
  }
}

/** 422 for a body, 409 for a merge of two carts. */
export class TooManyLinesError extends InvalidError {
  constructor() {
    super('cart.too_many_lines', `A cart has up to ${MAX_LINES} lines.`);
  }
}

export class MergeTooLargeError extends ConflictError {
  constructor() {
    super('cart.merge_too_large', `Together the two carts would have more than ${MAX_LINES} lines; remove some first.`);
  }
}

export class QuantityTooLargeError extends InvalidError {
  constructor(pointer: string) {
    const detail = `A line has up to ${MAX_QUANTITY} units.`;
    super('cart.quantity_too_large', detail, [{ pointer, code: 'quantity_too_large', detail }]);
  }
}

/** 422: no such variant, or it is not for sale. Existing lines of it stay in the cart and are shown as unavailable. */
export class VariantNotForSaleError extends InvalidError {
  constructor(pointer: string) {
    const detail = 'There is no such variant for sale.';
    super('cart.variant_not_for_sale', detail, [{ pointer, code: 'variant_not_for_sale', detail }]);
  }
}
