import { sentOffShelf, type LineUnits, type OrderLine } from './order.js';
import type { OrderReturn } from './order-return.js';
import { requireUnits, type UnitRequest, type UnitsLeft } from './units.js';

/** Returns as far as they take units: what is asked for while they are open, what came once they are closed. */
export type ReturnUnits = Pick<OrderReturn, 'status'> & {
  readonly lines: readonly { readonly orderLineId: string; readonly quantity: number; readonly received: number }[];
};

/** Units of each line that were sent and that no return has spoken for. */
export function returnableUnits(
  lines: readonly (Pick<LineUnits, 'fulfilledQuantity'> & { readonly id: string })[],
  returns: readonly ReturnUnits[],
): UnitsLeft[] {
  const taken = new Map<string, number>();
  for (const { status, lines: units } of returns)
    for (const { orderLineId, quantity, received } of units) {
      const count = status === 'requested' || status === 'approved' ? quantity : received;
      taken.set(orderLineId, (taken.get(orderLineId) ?? 0) + count);
    }
  return lines.map(({ id, fulfilledQuantity }) => ({ itemId: id, left: fulfilledQuantity - (taken.get(id) ?? 0) }));
}

/**
 * Whether the units can be asked to come back: never more of a line than were sent, less those in open returns and those that came.
 *
 * Call it with rows that the transaction has locked.
 * @throws UnitsLeftError `orders.return_quantity` (409), InvalidUnitsError (422, the same code)
 * @throws UnknownUnitsItemError `orders.return_unknown_item` (422)
 */
export function requireReturnable(
  lines: readonly (Pick<LineUnits, 'fulfilledQuantity'> & { readonly id: string })[],
  returns: readonly ReturnUnits[],
  requested: readonly UnitRequest[],
): void {
  requireUnits('return', returnableUnits(lines, returns), requested);
}

export interface ReceiptRequest extends UnitRequest {
  /** Whether the units go back on the shelf. Absent: yes, since whoever takes them in has seen them. */
  readonly restock?: boolean | undefined;
}

/** Units of a line that have come, and how many of them go on the shelf. */
export interface ReceivedUnits {
  readonly itemId: string;
  readonly received: number;
  readonly restocked: number;
}

/**
 * The units of an approved return that have come: those told, or all. Units that an earlier refund has put on the shelf already are not
 * put there again.
 * @param requested absent: all, restocked
 * @throws UnitsLeftError `orders.return_quantity` (409), InvalidUnitsError (422, the same code)
 * @throws UnknownUnitsItemError `orders.return_unknown_item` (422)
 */
export function planReceipt(
  lines: readonly Pick<OrderLine, 'id' | 'fulfilledQuantity' | 'restockedQuantity' | 'withdrawnQuantity'>[],
  asked: readonly { readonly orderLineId: string; readonly quantity: number }[],
  requested?: readonly ReceiptRequest[],
): readonly ReceivedUnits[] {
  const open = asked.map(({ orderLineId, quantity }) => ({ itemId: orderLineId, left: quantity }));
  if (requested) requireUnits('return', open, requested);
  const come: readonly ReceiptRequest[] =
    requested ?? asked.map(({ orderLineId, quantity }) => ({ itemId: orderLineId, quantity }));
  const offShelf = new Map(lines.map((line) => [line.id, sentOffShelf(line)]));
  return come.map(({ itemId, quantity, restock = true }) => ({
    itemId,
    received: quantity,
    restocked: restock ? Math.min(quantity, offShelf.get(itemId) ?? 0) : 0,
  }));
}
