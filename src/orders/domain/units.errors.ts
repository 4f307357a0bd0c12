import { ConflictError, InvalidError } from '../../platform/errors/index.js';

/** What units are asked for: to be sent, or to come back. */
export type UnitUse = 'fulfil' | 'return';

const QUANTITY = { fulfil: 'orders.fulfil_quantity', return: 'orders.return_quantity' } as const;
const UNKNOWN = { fulfil: 'orders.fulfil_unknown_item', return: 'orders.return_unknown_item' } as const;
const TOO_MANY = {
  fulfil: 'More units are to be sent than are left of the line.',
  return: 'More units are to come back than the line allows.',
} as const;

/** 409 `orders.fulfil_quantity`, `orders.return_quantity`: more units than are left; `itemId` and `left` say of which and how many. */
export class UnitsLeftError extends ConflictError {
  constructor(use: UnitUse, itemId: string, left: number) {
    super(QUANTITY[use], TOO_MANY[use], { itemId, left });
  }
}

/** 409 `orders.fulfil_quantity`: everything has been sent or given up. */
export class NothingToFulfilError extends ConflictError {
  constructor() {
    super(QUANTITY.fulfil, 'Nothing of this order is left to send.', { left: 0 });
  }
}

/** 422, the same codes: no item at all, an item twice, or a quantity that is no whole number from 1 up. */
export class InvalidUnitsError extends InvalidError {
  /** @param pointer JSON pointer into the request */
  constructor(use: UnitUse, pointer: string, detail: string) {
    super(QUANTITY[use], detail, [{ pointer, code: QUANTITY[use], detail }]);
  }
}

/** 422 `orders.fulfil_unknown_item`, `orders.return_unknown_item`: the order, or the return, has no such item. */
export class UnknownUnitsItemError extends InvalidError {
  constructor(use: UnitUse, pointer: string) {
    const detail = use === 'fulfil' ? 'The order has no such item.' : 'There is no such item to come back.';
    super(UNKNOWN[use], detail, [{ pointer, code: UNKNOWN[use], detail }]);
  }
}
