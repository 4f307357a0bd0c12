/**
 * What the shop should be, in as few words as possible: no ids, no time, no database. Amounts are minor units, quantities whole units;
 * variants, carts, orders and customers are known by their place in the arrays. It shares no code with the shop.
 */

/** A customer's place, or null for a guest. */
export type Owner = number | null;

export interface Settings {
  readonly capture: 'automatic' | 'manual';
  /** Whether the provider is elsewhere, so that the shop hears of a customer's step by news alone, or asks at last. */
  readonly news: boolean;
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
  /** What the provider will say when it is asked, of an answer that never came or a step that the shop has not heard of. */
  unanswered: 'charged' | 'declined' | 'not_charged' | null;
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

export function sum(amounts: readonly number[]): number {
  return amounts.reduce((a, b) => a + b, 0);
}
