import { ConflictError } from '../../platform/errors/index.js';

/** Something that has to come to its end first. */
interface Open {
  readonly id: string;
  readonly name: string;
}

/** 409: somebody waits for goods or money. The orders stand in `orders`, by id and number. */
export class OpenOrdersError extends ConflictError {
  constructor(open: readonly Open[]) {
    const numbers = open.map(({ name }) => name).join(', ');
    super('privacy.open_orders', `There are orders that have not come to their end: ${numbers}.`, {
      orders: open.map(({ id, name }) => ({ id, number: name })),
    });
  }
}
