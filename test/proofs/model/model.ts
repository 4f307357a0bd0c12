/**
 * What the shop should be, in as few words as possible: no ids, no time, no database. Amounts are minor units, quantities whole units;
 * variants, carts, orders and customers are known by their place in the arrays. It shares no code with the shop.
 */

/** A customer's place, or null for a guest. */
export type Owner = number | null;

export interface Settings {
  readonly capture: 'automatic' | 'manual';
  readonly taxIncluded: boolean;
  /** Per cent. */
  readonly taxRate: number;
  readonly shippingPrice: number;
  /** Goods from which shipping is free. */
  readonly shippingFreeFrom: number;
}

export interface ModelVariant {
  readonly price: number;
  readonly tracked: boolean;
  readonly backorder: boolean;
  onHand: number;
  reserved: number;
  backordered: number;
}

export interface ModelCart {
  owner: Owner;
  status: 'active' | 'ordered' | 'merged';
  lines: Map<number, number>;
  order: number | null;
  mergedInto: number | null;
}

export interface ModelLine {
  readonly variant: number;
  readonly quantity: number;
  readonly unitPrice: number;
  readonly lineTotal: number;
  readonly tax: number;
  refunded: number;
  refundedAmount: number;
  /** Units back on the shelf, and how many of them had never been sent. */
  restocked: number;
  withdrawn: number;
  /** Units sent, units given up before they were sent, and units that came back. */
  sent: number;
  dropped: number;
  returned: number;
  /** Of the units not sent yet, those that the stock on hand had, and those beyond it. */
  held: number;
  promised: number;
}

export interface ModelReturn {
  status: 'requested' | 'approved' | 'rejected' | 'cancelled' | 'received';
  /** Units by the line's place. */
  readonly lines: ReadonlyMap<number, number>;
  readonly received: Map<number, number>;
}

export type OrderStatus = 'pending_payment' | 'authorized' | 'paid' | 'payment_failed' | 'cancelled';

export interface ModelOrder {
  readonly owner: Owner;
  /** The cart that it was made of. */
  readonly cart: number;
  readonly lines: ModelLine[];
  readonly returns: ModelReturn[];
  readonly subtotal: number;
  readonly shipping: number;
  readonly tax: number;
  readonly total: number;
  status: OrderStatus;
  paymentStatus: string;
  captured: number;
  refunded: number;
  /** What the provider will say when it is asked after an answer that never came. */
  unanswered: 'charged' | 'not_charged' | null;
  /** The customer's step at the bank. */
  step: 'none' | 'open' | 'approved' | 'declined' | 'closed';
  /** How often each event was told of the order. */
  readonly events: Record<string, number>;
}

export interface Model {
  readonly settings: Settings;
  readonly variants: ModelVariant[];
  readonly carts: ModelCart[];
  readonly orders: ModelOrder[];
  /** Requests whose answers are kept under a key. */
  kept: number;
}

export function newModel(settings: Settings, variants: readonly ModelVariant[]): Model {
  return { settings, variants: variants.map((variant) => ({ ...variant })), carts: [], orders: [], kept: 0 };
}

/** The thing at a place; a model that asks for what is not there is wrong itself. */
export function at<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) throw new RangeError(`There is no number ${index} in a list of ${list.length}`);
  return found;
}

/** Any number as a place in a list that is not empty. */
export function wrap(index: number, length: number): number {
  return index % length;
}

// ---------------------------------------------------------------- stock

/** Units that can be sold; null where nobody counts. */
export function availableOf(variant: ModelVariant): number | null {
  return variant.tracked ? Math.max(variant.onHand - variant.reserved - variant.backordered, 0) : null;
}

export interface ModelShortage {
  readonly variant: number;
  readonly asked: number;
  readonly available: number;
}

export function shortagesOf(model: Model, lines: ReadonlyMap<number, number>): ModelShortage[] {
  return [...lines].flatMap(([variant, asked]) => {
    const stock = at(model.variants, variant);
    const available = availableOf(stock);
    return available === null || stock.backorder || available >= asked ? [] : [{ variant, asked, available }];
  });
}

function hold(model: Model, line: ModelLine): void {
  const stock = at(model.variants, line.variant);
  const available = availableOf(stock);
  if (available === null) return;
  line.held = Math.min(line.quantity, available);
  line.promised = line.quantity - line.held;
  stock.reserved += line.held;
  stock.backordered += line.promised;
}

function release(model: Model, order: ModelOrder): void {
  for (const line of order.lines) {
    const stock = at(model.variants, line.variant);
    stock.reserved -= line.held;
    stock.backordered -= line.promised;
    line.held = line.promised = 0;
  }
}

function sell(model: Model, order: ModelOrder): void {
  for (const line of order.lines) {
    const stock = at(model.variants, line.variant);
    stock.reserved -= line.held;
    stock.onHand -= line.held;
  }
}

/** Units that were sold and never sent are put on the shelf: first those that had only been promised. */
function withdraw(model: Model, line: ModelLine, units: number): void {
  line.restocked += units;
  line.withdrawn += units;
  const stock = at(model.variants, line.variant);
  if (!stock.tracked) return;
  const promised = Math.min(units, line.promised);
  line.promised -= promised;
  line.held -= units - promised;
  stock.backordered -= promised;
  stock.onHand += units - promised;
}

/** Sent units that can still go back on the shelf: each does so once. */
function sentOffShelf({ sent, restocked, withdrawn }: ModelLine): number {
  return sent - (restocked - withdrawn);
}

/** Units that a customer has sent back are put on the shelf. */
function shelve(model: Model, line: ModelLine, units: number): void {
  line.restocked += units;
  const stock = at(model.variants, line.variant);
  if (stock.tracked) stock.onHand += units;
}

// ---------------------------------------------------------------- prices

export interface Priced {
  readonly subtotal: number;
  readonly shipping: number;
  readonly tax: number;
  readonly total: number;
  readonly taxes: readonly number[];
}

/** @param shipped whether shipping is a part of the total, as in an order, or not yet, as in a cart */
export function priceOf(model: Model, lines: ReadonlyMap<number, number>, shipped: boolean): Priced {
  const { taxIncluded, taxRate, shippingPrice, shippingFreeFrom } = model.settings;
  const taxOn = (amount: number) => (taxIncluded ? 0 : Math.floor((amount * taxRate * 2 + 100) / 200));
  const totals = [...lines].map(([variant, quantity]) => at(model.variants, variant).price * quantity);
  const subtotal = sum(totals);
  const shipping = shipped && lines.size > 0 && subtotal < shippingFreeFrom ? shippingPrice : 0;
  const taxes = totals.map(taxOn);
  const tax = sum(taxes) + taxOn(shipping);
  return { subtotal, shipping, tax, total: subtotal + shipping + tax, taxes };
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((a, b) => a + b, 0);
}

// ---------------------------------------------------------------- carts

export function activeCartOf(model: Model, customer: number): number | null {
  const index = model.carts.findIndex(({ owner, status }) => owner === customer && status === 'active');
  return index < 0 ? null : index;
}

/** Whether a caller may see the cart; a guest's cart is open to whoever knows it. */
export function seesCart(cart: ModelCart, caller: Owner): boolean {
  return cart.status !== 'merged' && (cart.owner === null || cart.owner === caller);
}

export function newCart(model: Model, owner: Owner): number {
  model.carts.push({ owner, status: 'active', lines: new Map(), order: null, mergedInto: null });
  return model.carts.length - 1;
}

export function addTo(cart: ModelCart, variant: number, quantity: number): void {
  cart.lines.set(variant, (cart.lines.get(variant) ?? 0) + quantity);
}

/** Moves all lines to another cart, of which this one is a part from now on. */
export function merge(model: Model, from: number, into: number, owner: number): void {
  const source = at(model.carts, from);
  for (const [variant, quantity] of source.lines) addTo(at(model.carts, into), variant, quantity);
  source.lines.clear();
  Object.assign(source, { status: 'merged', owner, order: null, mergedInto: into });
}

/** A failed payment gives the cart back; where its customer has begun another one, the lines go there. */
function reopen(model: Model, index: number): void {
  const cart = at(model.carts, index);
  const other = cart.owner === null ? null : activeCartOf(model, cart.owner);
  if (cart.owner !== null && other !== null) merge(model, index, other, cart.owner);
  else Object.assign(cart, { status: 'active', order: null });
}

// ---------------------------------------------------------------- orders

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

function tell(order: ModelOrder, event: string): void {
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

/** No money will come. A confirmed order's cart stays as it was ordered: its customer is long gone. */
export function fail(model: Model, order: ModelOrder): void {
  const confirmed = order.status === 'authorized';
  const paymentStatus = confirmed ? 'voided' : 'failed';
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
  order.unanswered = null;
  if (order.step === 'open') order.step = 'closed';
  release(model, order);
  if (before === 'pending_payment') reopen(model, order.cart);
}

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
    if (!restock) return;
    shelve(model, line, Math.min(quantity - dropped, line.sent - line.returned, sentOffShelf(line)));
    withdraw(model, line, Math.min(dropped, line.dropped - line.withdrawn));
  });
  giveMoney(order, granted.amount);
}

function giveMoney(order: ModelOrder, amount: number): void {
  if (amount === 0) return;
  order.refunded += amount;
  order.paymentStatus = order.refunded < order.captured ? 'partially_refunded' : 'refunded';
  tell(order, 'orders.refunded');
}

// ---------------------------------------------------------------- parcels and returns

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
