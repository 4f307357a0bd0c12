import { tell, unsent } from './orders.js';
import { giveMoney, refundOfLines, type RefundItem } from './refunds.js';
import { at, sum, type Model, type ModelOrder, type ModelReturn } from './state.js';
import { sentOffShelf, shelve } from './stock.js';

/** Units by the line's place. */
export type Units = ReadonlyMap<number, number>;

/** The code with which a parcel is refused (409), or null. */
export function refusalToSend(model: Model, order: ModelOrder, units: Units): string | null {
  if (order.status !== 'paid' || order.paymentStatus === 'refunded') return 'orders.not_fulfillable';
  if (units.size === 0) return 'orders.fulfil_quantity';
  for (const [index, quantity] of units) if (quantity > unsent(at(order.lines, index))) return 'orders.fulfil_quantity';
  for (const [index, quantity] of units) {
    const line = at(order.lines, index);
    const stock = at(model.variants, line.variant);
    if (stock.tracked && quantity - line.held > stock.onHand - stock.reserved) return 'inventory.insufficient_stock';
  }
  return null;
}

export function sendUnits(model: Model, order: ModelOrder, units: Units): void {
  for (const [index, quantity] of units) {
    const line = at(order.lines, index);
    const stock = at(model.variants, line.variant);
    line.sent += quantity;
    if (!stock.tracked) continue;
    // First what was taken off the shelf for it, then what has come in since.
    const promised = Math.max(quantity - line.held, 0);
    line.held -= quantity - promised;
    line.promised -= promised;
    stock.onHand -= promised;
    stock.backordered -= promised;
  }
  tell(order, 'orders.fulfilled');
}

/** Sent units of a line that no return has spoken for. */
export function returnable(order: ModelOrder, index: number): number {
  const taken = order.returns.map(({ status, lines, received }) =>
    status === 'requested' || status === 'approved' ? (lines.get(index) ?? 0) : (received.get(index) ?? 0),
  );
  return at(order.lines, index).sent - sum(taken);
}

export function askReturn(order: ModelOrder, units: Units): void {
  order.returns.push({ status: 'requested', lines: new Map(units), received: new Map() });
  tell(order, 'orders.return_requested');
}

export type ReturnStep = 'approve' | 'reject' | 'cancel' | 'receive';

const RETURN_WAYS: Readonly<Record<ReturnStep, { from: readonly string[]; to: ModelReturn['status'] }>> = {
  approve: { from: ['requested'], to: 'approved' },
  reject: { from: ['requested'], to: 'rejected' },
  cancel: { from: ['requested', 'approved'], to: 'cancelled' },
  receive: { from: ['approved'], to: 'received' },
};

export function canStep(asked: ModelReturn, step: ReturnStep): boolean {
  return RETURN_WAYS[step].from.includes(asked.status);
}

/** Takes a step of a return; what is received is counted by `receive`. */
export function stepReturn(order: ModelOrder, asked: ModelReturn, step: ReturnStep): void {
  asked.status = RETURN_WAYS[step].to;
  if (step !== 'cancel') tell(order, `orders.return_${asked.status}`);
}

/**
 * All of a return comes in, with its money where that is asked for. Answers the code with which it is refused (409) because of the money,
 * and changes nothing then.
 */
export function receive(
  model: Model,
  order: ModelOrder,
  asked: ModelReturn,
  units: Units,
  options: { readonly restock: boolean; readonly refund: boolean },
): string | null {
  const items = [...units].map(([line, quantity]): RefundItem => ({ line, quantity }));
  const money = options.refund ? refundOfLines(order, items, true) : null;
  if (money && 'code' in money) return money.code;
  for (const { line: index, quantity } of items) {
    const line = at(order.lines, index);
    if (options.restock) shelve(model, line, Math.min(quantity, sentOffShelf(line)));
    line.returned += quantity;
    asked.received.set(index, quantity);
  }
  items.forEach(({ line: index, quantity }, place) => {
    if (!money) return;
    at(order.lines, index).refunded += quantity;
    at(order.lines, index).refundedAmount += at(money.amounts, place);
  });
  stepReturn(order, asked, 'receive');
  if (money) giveMoney(order, money.amount);
  return null;
}
