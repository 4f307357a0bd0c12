import {
  InvalidRefundAmountError,
  InvalidRefundQuantityError,
  NothingToRefundError,
  RefundExceedsCapturedError,
  RefundQuantityLeftError,
  UnknownRefundItemError,
} from './refund.errors.js';

/** A line of the order as far as refunds go. Pending refunds count as refunded, failed ones do not. Minor units. */
export interface RefundableLine {
  readonly itemId: string;
  /** Units bought. */
  readonly quantity: number;
  readonly refundedQuantity: number;
  /** Units sent. */
  readonly fulfilledQuantity: number;
  /** Units given up before they were sent. */
  readonly cancelledQuantity: number;
  /** Of those sent, units that came back. */
  readonly returnedQuantity: number;
  /** What was paid for the line: `lineTotal − discount + tax`. */
  readonly paid: bigint;
  /** What refunds by line have given back of it. */
  readonly refunded: bigint;
}

export interface RefundableOrder {
  /** ISO 4217 code of all amounts. */
  readonly currency: string;
  readonly lines: readonly RefundableLine[];
  readonly captured: bigint;
  /** All refunds of the order, by line and by amount, pending ones included. */
  readonly refunded: bigint;
}

export interface RefundItemRequest {
  readonly itemId: string;
  readonly quantity: number;
  /** Whether the units go back into stock. Absent: no, because stock that nobody has seen come back would be sold again. */
  readonly restock?: boolean | undefined;
}

/** Whose units a refund by line pays for: those of a return have all been sent. */
export type RefundOccasion = 'request' | 'return';

/** Either units of lines, or an amount of its own: for shipping, as a goodwill, or for anything else that is no unit of a line. */
export type RefundRequest = { readonly items: readonly RefundItemRequest[] } | { readonly amount: bigint };

export interface PlannedRefundItem {
  readonly itemId: string;
  readonly quantity: number;
  /** Of those, units that were not sent and now never will be. */
  readonly cancelled: number;
  readonly amount: bigint;
  readonly restock: boolean;
}

export interface RefundPlan {
  /** What goes back, in minor units. 0 when the units cost nothing or less than one minor unit each: then no provider is asked. */
  readonly amount: bigint;
  /** Empty for a refund by amount. */
  readonly items: readonly PlannedRefundItem[];
}

/**
 * Plans a refund that gives back no more than was captured.
 *
 * By line: units share what was paid for their line, so that the parts of all refunds of a line sum to it exactly, however the units
 * are split. By amount: the amount reduces what is left of the order and no line. A refund by line that would need more than what is
 * left after refunds by amount is refused as a whole rather than cut down in silence; the rest can be refunded by amount.
 *
 * Units of a refund by line are, in this order, those that came back and have not been paid for yet, those that were not sent
 * (`cancelled`), and those that the customer keeps. A refund for a return has sent units only.
 *
 * Call it with rows that the transaction has locked: two plans over the same state would both be granted.
 * @throws NothingToRefundError `orders.nothing_to_refund` (409)
 * @throws RefundExceedsCapturedError `orders.refund_exceeds_captured` (409)
 * @throws RefundQuantityLeftError `orders.refund_quantity` (409), InvalidRefundQuantityError (422, the same code)
 * @throws UnknownRefundItemError `orders.refund_unknown_item` (422)
 * @throws InvalidRefundAmountError `orders.refund_amount` (422)
 */
export function planRefund(
  order: RefundableOrder,
  request: RefundRequest,
  occasion: RefundOccasion = 'request',
): RefundPlan {
  const plan = 'items' in request ? planByLine(order, request.items, occasion) : planByAmount(request.amount);
  const refundable = order.captured - order.refunded;
  if (plan.amount <= refundable) return plan;
  if (refundable <= 0n) throw new NothingToRefundError();
  throw new RefundExceedsCapturedError({ amount: refundable, currency: order.currency });
}

function planByAmount(amount: bigint): RefundPlan {
  if (amount <= 0n) throw new InvalidRefundAmountError();
  return { amount, items: [] };
}

function planByLine(
  order: RefundableOrder,
  requested: readonly RefundItemRequest[],
  occasion: RefundOccasion,
): RefundPlan {
  const checked = checkItems(order, requested);
  if (order.captured <= 0n) throw new NothingToRefundError();
  const items = checked.map(({ line, quantity, restock }): PlannedRefundItem => {
    const left = occasion === 'return' ? sentAndUnpaid(line) : line.quantity - line.refundedQuantity;
    if (quantity > left && order.refunded >= order.captured) throw new NothingToRefundError();
    if (quantity > left) throw new RefundQuantityLeftError(line.itemId, left);
    const cancelled = occasion === 'return' ? 0 : cancelledOf(line, quantity);
    return { itemId: line.itemId, quantity, cancelled, amount: amountOf(line, quantity), restock };
  });
  return { amount: items.reduce((sum, { amount }) => sum + amount, 0n), items };
}

interface CheckedItem {
  readonly line: RefundableLine;
  readonly quantity: number;
  readonly restock: boolean;
}

/** Refuses what no state of the order could allow, and finds each item's line. */
function checkItems(order: RefundableOrder, requested: readonly RefundItemRequest[]): readonly CheckedItem[] {
  if (requested.length === 0) throw new InvalidRefundQuantityError('/items', 'A refund by line needs an item.');
  const byId = new Map(order.lines.map((line) => [line.itemId, line]));
  const seen = new Set<string>();
  return requested.map(({ itemId, quantity, restock }, i) => {
    const line = byId.get(itemId);
    if (!line) throw new UnknownRefundItemError(`/items/${i}/itemId`);
    if (seen.has(itemId)) throw new InvalidRefundQuantityError(`/items/${i}/itemId`, 'An item stands twice.');
    seen.add(itemId);
    if (!Number.isSafeInteger(quantity) || quantity < 1) {
      throw new InvalidRefundQuantityError(`/items/${i}/quantity`, 'A quantity is a whole number from 1 up.');
    }
    return { line, quantity, restock: restock ?? false };
  });
}

/** Sent units whose money has not gone back. Refunds of units that were not sent stand in `cancelledQuantity`. */
function sentAndUnpaid(line: RefundableLine): number {
  return line.fulfilledQuantity - (line.refundedQuantity - line.cancelledQuantity);
}

/** How many of the units are given up unsent: those that came back and wait for their money go first. */
function cancelledOf(line: RefundableLine, quantity: number): number {
  const backAndUnpaid = Math.max(0, line.returnedQuantity - (line.refundedQuantity - line.cancelledQuantity));
  const unsent = line.quantity - line.fulfilledQuantity - line.cancelledQuantity;
  return Math.min(unsent, Math.max(0, quantity - backAndUnpaid));
}

/**
 * The units' part of what was paid for the line: what all units refunded so far and these make together, rounded down, less what the
 * earlier ones got. The last unit therefore gets whatever is left, also when an earlier refund has failed and its units came back.
 */
function amountOf(line: RefundableLine, quantity: number): bigint {
  const units = BigInt(line.refundedQuantity + quantity);
  const due = (line.paid * units) / BigInt(line.quantity) - line.refunded;
  return due > 0n ? due : 0n;
}
