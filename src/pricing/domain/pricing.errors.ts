import { AppError, InvalidError } from '../../platform/errors/index.js';

/** 422 `pricing.total_too_large`: the cart costs more than a safe integer of minor units can say. */
export class TotalTooLargeError extends InvalidError {
  constructor() {
    super('pricing.total_too_large', 'The total is larger than this shop can calculate with; lower the quantities.');
  }
}

/** 422 `pricing.unknown_shipping_method`: no such method, or not for this cart. `extra.available` names those there are. */
export class UnknownShippingMethodError extends AppError {
  constructor(available: readonly string[]) {
    super('invalid', 'pricing.unknown_shipping_method', 'This cart cannot be shipped by the method you named.', {
      extra: { available },
    });
  }
}
