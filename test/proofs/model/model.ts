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
  restocked: number;
  /** Of the line's units, those that the stock on hand has, and those beyond it. */
  held: number;
  promised: number;
}

export type OrderStatus = 'pending_payment' | 'authorized' | 'paid' | 'payment_failed' | 'cancelled';

export interface ModelOrder {
  readonly owner: Owner;
  /** The cart that it was made of. */
  readonly cart: number;
  readonly lines: ModelLine[];
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

/** Sold units come back: first those that had only been promised. */
function putBack(model: Model, line: ModelLine, units: number): void {
  line.restocked += units;
  const stock = at(model.variants, line.variant);
  if (!stock.tracked) return;
  const promised = Math.min(units, line.promised);
  line.promised -= promised;
  stock.backordered -= promised;
  stock.onHand += units - promised;
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
    const nothingYet = { refunded: 0, refundedAmount: 0, restocked: 0, held: 0, promised: 0 };
    return { variant, quantity, unitPrice, lineTotal, tax: at(priced.taxes, index), ...nothingYet };
  });
  for (const line of lines) hold(model, line);
  const order: ModelOrder = {
    owner: caller ?? cart.owner,
    cart: cartIndex,
    lines,
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

export function canCancel(order: ModelOrder): boolean {
  return ['pending_payment', 'authorized', 'paid'].includes(order.status);
}

export function cancel(model: Model, order: ModelOrder): void {
  const before = order.status;
  order.status = 'cancelled';
  tell(order, 'orders.cancelled');
  if (before === 'paid') {
    for (const line of order.lines) putBack(model, line, line.quantity - line.restocked);
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

export function refundOfLines(order: ModelOrder, items: readonly RefundItem[]): RefundOutcome {
  if (order.status !== 'paid') return { code: 'orders.not_refundable' };
  const amounts: number[] = [];
  for (const item of items) {
    const line = at(order.lines, item.line);
    if (item.quantity > line.quantity - line.refunded)
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

/** Writes down a refund that was allowed. */
export function refund(
  model: Model,
  order: ModelOrder,
  granted: { readonly amounts: readonly number[]; readonly amount: number },
  items: readonly RefundItem[],
  restock: boolean,
): void {
  items.forEach((item, index) => {
    const line = at(order.lines, item.line);
    line.refunded += item.quantity;
    line.refundedAmount += at(granted.amounts, index);
    if (restock) putBack(model, line, Math.min(item.quantity, line.quantity - line.restocked));
  });
  if (granted.amount === 0) return;
  order.refunded += granted.amount;
  order.paymentStatus = order.refunded < order.captured ? 'partially_refunded' : 'refunded';
  tell(order, 'orders.refunded');
}
