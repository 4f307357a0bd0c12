import { priceOf, reopen } from './carts.js';
import { at, sum, type Model, type ModelLine, type ModelOrder, type Owner } from './state.js';
import { hold, release, sell, withdraw } from './stock.js';

/** An order of a cart whose stock is there, before anybody has asked for the money. */
export function newOrder(model: Model, cartIndex: number, caller: Owner): ModelOrder {
  const cart = at(model.carts, cartIndex);
  const priced = priceOf(model, cart.lines, true);
  const lines = [...cart.lines].map(([variant, quantity], index): ModelLine => {
    const unitPrice = at(model.variants, variant).price;
    const lineTotal = unitPrice * quantity;
    const nothingYet = { refunded: 0, refundedAmount: 0, restocked: 0, withdrawn: 0, sent: 0, dropped: 0, returned: 0 };
    return {
      variant,
      quantity,
      unitPrice,
      lineTotal,
      tax: at(priced.taxes, index),
      ...nothingYet,
      held: 0,
      promised: 0,
    };
  });
  for (const line of lines) hold(model, line);
  const order: ModelOrder = {
    owner: caller ?? cart.owner,
    cart: cartIndex,
    lines,
    returns: [],
    subtotal: priced.subtotal,
    shipping: priced.shipping,
    tax: priced.tax,
    total: priced.total,
    status: 'pending_payment',
    paymentStatus: 'pending',
    captured: 0,
    refunded: 0,
    unanswered: null,
    step: 'none',
    events: {},
  };
  cart.status = 'ordered';
  return order;
}

export function keepOrder(model: Model, order: ModelOrder): number {
  model.orders.push(order);
  at(model.carts, order.cart).order = model.orders.length - 1;
  return model.orders.length - 1;
}

export function tell(order: ModelOrder, event: string): void {
  order.events[event] = (order.events[event] ?? 0) + 1;
}

/** The provider said yes: the money is taken, or set aside where staff capture it. */
export function approve(model: Model, order: ModelOrder): void {
  order.unanswered = null;
  if (model.settings.capture === 'automatic') {
    take(model, order);
    return;
  }
  order.status = order.paymentStatus = 'authorized';
  tell(order, 'orders.authorized');
}

/** The money is taken, and the goods are sold. */
export function take(model: Model, order: ModelOrder): void {
  order.status = order.paymentStatus = 'paid';
  order.captured = order.total;
  sell(model, order);
  tell(order, 'orders.paid');
}

/** The provider takes back what it has set aside, or taken without the shop's knowledge: there is no step to take any more, either. */
function giveUpCharge(order: ModelOrder): void {
  if (order.step !== 'none') order.step = 'closed';
}

/** No money will come. A confirmed order's cart stays as it was ordered: its customer is long gone. */
export function fail(model: Model, order: ModelOrder): void {
  const confirmed = order.status === 'authorized';
  const paymentStatus = confirmed ? 'voided' : 'failed';
  if (confirmed) giveUpCharge(order);
  Object.assign(order, { status: 'payment_failed', paymentStatus, unanswered: null });
  release(model, order);
  if (!confirmed) reopen(model, order.cart);
  tell(order, 'orders.payment_failed');
}

/** Units of a line that are still to be sent. */
export function unsent({ quantity, sent, dropped }: ModelLine): number {
  return quantity - sent - dropped;
}

export function fulfilmentOf({ lines }: ModelOrder): 'unfulfilled' | 'partial' | 'fulfilled' | 'returned' {
  const sent = sum(lines.map((line) => line.sent));
  if (sent === 0) return 'unfulfilled';
  if (lines.some((line) => unsent(line) > 0)) return 'partial';
  return lines.every((line) => line.returned === line.sent) ? 'returned' : 'fulfilled';
}

export function canCancel(order: ModelOrder): boolean {
  return ['pending_payment', 'authorized', 'paid'].includes(order.status) && fulfilmentOf(order) === 'unfulfilled';
}

export function cancel(model: Model, order: ModelOrder): void {
  const before = order.status;
  order.status = 'cancelled';
  tell(order, 'orders.cancelled');
  for (const line of order.lines) line.dropped = line.quantity;
  if (before === 'paid') {
    for (const line of order.lines) withdraw(model, line, line.quantity - line.restocked);
    if (order.refunded < order.captured) tell(order, 'orders.refunded');
    order.refunded = order.captured;
    order.paymentStatus = 'refunded';
    return;
  }
  order.paymentStatus = 'voided';
  if (before === 'authorized' || order.step === 'open' || order.unanswered === 'charged') giveUpCharge(order);
  order.unanswered = null;
  release(model, order);
  if (before === 'pending_payment') reopen(model, order.cart);
}
