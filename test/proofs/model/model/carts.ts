import { at, sum, type Model, type ModelCart, type Owner } from './state.js';

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
export function reopen(model: Model, index: number): void {
  const cart = at(model.carts, index);
  const other = cart.owner === null ? null : activeCartOf(model, cart.owner);
  if (cart.owner !== null && other !== null) merge(model, index, other, cart.owner);
  else Object.assign(cart, { status: 'active', order: null });
}
