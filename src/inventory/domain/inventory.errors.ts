import { ConflictError } from '../../platform/errors/index.js';

/** 409: the change would leave less on hand than open orders hold. Amounts are units. */
export class BelowReservedError extends ConflictError {
  constructor(onHand: number, reserved: number) {
    super(
      'inventory.below_reserved',
      `There are ${onHand} on hand, of which open orders hold ${reserved}; the change would go below that.`,
      {
        onHand,
        reserved,
      },
    );
  }
}

/** 409: stock of this variant is not counted. */
export class NotTrackedError extends ConflictError {
  constructor() {
    super('inventory.not_tracked', 'The stock of this variant is not tracked; turn tracking on first.');
  }
}
