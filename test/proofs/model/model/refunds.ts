import { tell, unsent } from './orders.js';
import { at, sum, type Model, type ModelOrder } from './state.js';
import { sentOffShelf, shelve, withdraw } from './stock.js';

export interface RefundItem {
  readonly line: number;
  readonly quantity: number;
}

/** What a refund gives back, or the code with which it is refused (409). */
export type RefundOutcome =
  { readonly amounts: readonly number[]; readonly amount: number } | { readonly code: string };

/** @param returned whether it is for units that came back, and not for any */
export function refundOfLines(order: ModelOrder, items: readonly RefundItem[], returned = false): RefundOutcome {
  if (order.status !== 'paid') return { code: 'orders.not_refundable' };
  const amounts: number[] = [];
  for (const item of items) {
    const line = at(order.lines, item.line);
    const left = returned ? line.sent - (line.refunded - line.dropped) : line.quantity - line.refunded;
    if (item.quantity > left)
      return { code: order.refunded >= order.captured ? 'orders.nothing_to_refund' : 'orders.refund_quantity' };
    // All units refunded so far together have their share of the line, rounded down; these get what earlier ones left of it.
    const share = Math.floor(((line.lineTotal + line.tax) * (line.refunded + item.quantity)) / line.quantity);
    amounts.push(Math.max(share - line.refundedAmount, 0));
  }
  return within(order, amounts);
}

export function refundOfAmount(order: ModelOrder, amount: number): RefundOutcome {
  return order.status === 'paid' ? within(order, [amount]) : { code: 'orders.not_refundable' };
}

function within(order: ModelOrder, amounts: readonly number[]): RefundOutcome {
  const amount = sum(amounts);
  const left = order.captured - order.refunded;
  if (amount <= left) return { amounts, amount };
  return { code: left <= 0 ? 'orders.nothing_to_refund' : 'orders.refund_exceeds_captured' };
}

export type Granted = Extract<RefundOutcome, { readonly amount: number }>;

/**
 * Writes down a refund that was allowed. Its units are, in this order, those that came back and were not paid for, those that were not
 * sent, and those that the customer has.
 */
export function refund(
  model: Model,
  order: ModelOrder,
  granted: Granted,
  items: readonly RefundItem[],
  restock: boolean,
): void {
  items.forEach(({ line: index, quantity }, place) => {
    const line = at(order.lines, index);
    const backAndUnpaid = Math.max(line.returned - (line.refunded - line.dropped), 0);
    const dropped = Math.min(unsent(line), Math.max(quantity - backAndUnpaid, 0));
    line.refunded += quantity;
    line.refundedAmount += at(granted.amounts, place);
    line.dropped += dropped;
    // A promise beyond the stock ends with its unit, which nobody can lose.
    if (!restock) return withdraw(model, line, Math.min(dropped, line.promised));
    shelve(model, line, Math.min(quantity - dropped, line.sent - line.returned, sentOffShelf(line)));
    withdraw(model, line, Math.min(dropped, line.dropped - line.withdrawn));
  });
  giveMoney(order, granted.amount);
}

export function giveMoney(order: ModelOrder, amount: number): void {
  if (amount === 0) return;
  order.refunded += amount;
  order.paymentStatus = order.refunded < order.captured ? 'partially_refunded' : 'refunded';
  tell(order, 'orders.refunded');
}
