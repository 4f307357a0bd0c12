import type { OrderStatus, PaymentStatus } from './order-status.js';
import { unsentUnits, type LineUnits } from './order.js';
import { NotFulfillableError } from './orders.errors.js';
import { NothingToFulfilError } from './units.errors.js';
import { requireUnits, type UnitRequest } from './units.js';

export interface FulfillableOrder {
  readonly status: OrderStatus;
  readonly paymentStatus: PaymentStatus;
  readonly lines: readonly (LineUnits & { readonly id: string })[];
}

/**
 * The units of a parcel: those asked for, or all that are left. Never more of a line than was bought and neither sent nor given up. Only a
 * paid order is sent, and none whose money has all gone back.
 *
 * Call it with rows that the transaction has locked: two plans over the same state would both be granted.
 * @param requested absent: all that is left
 * @throws NotFulfillableError `orders.not_fulfillable` (409)
 * @throws UnitsLeftError, NothingToFulfilError `orders.fulfil_quantity` (409), InvalidUnitsError (422, the same code)
 * @throws UnknownUnitsItemError `orders.fulfil_unknown_item` (422)
 */
export function planFulfilment(order: FulfillableOrder, requested?: readonly UnitRequest[]): readonly UnitRequest[] {
  if (order.status !== 'paid' || order.paymentStatus === 'refunded')
    throw new NotFulfillableError(order.status, order.paymentStatus);
  const lines = order.lines.map((line) => ({ itemId: line.id, left: unsentUnits(line) }));
  if (requested) {
    requireUnits('fulfil', lines, requested);
    return requested.map(({ itemId, quantity }) => ({ itemId, quantity }));
  }
  const all = lines.filter(({ left }) => left > 0).map(({ itemId, left }) => ({ itemId, quantity: left }));
  if (all.length === 0) throw new NothingToFulfilError();
  return all;
}
