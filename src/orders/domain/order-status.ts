/**
 * Where an order stands. An `authorized` one is confirmed: its money is set aside, its stock held, until the money is captured or let go.
 * `payment_failed` and `cancelled` are final: who wants the goods after all places another order.
 */
export type OrderStatus = 'pending_payment' | 'authorized' | 'paid' | 'payment_failed' | 'cancelled';

export type OrderEvent =
  | 'payment_authorized'
  | 'payment_captured'
  | 'payment_failed' // declined, surely not charged, the shopper's step not done or the money not captured in time
  | 'cancelled';

export type PaymentStatus = 'pending' | 'authorized' | 'paid' | 'partially_refunded' | 'refunded' | 'voided' | 'failed';

export type FulfilmentStatus = 'unfulfilled' | 'partial' | 'fulfilled' | 'returned';

/** `repeated`: the event has been recorded before, as when two processes settle the same order; harmless. */
export type OrderTransition =
  | { readonly ok: true; readonly next: OrderStatus }
  | { readonly ok: false; readonly refusal: 'repeated' | 'not_allowed' };

/**
 * All ways of an order. A capture that comes to light after `payment_failed` or `cancelled` does not revive the order, since its
 * stock has been given back: the refusal tells the caller to give the money back instead.
 */
const TRANSITIONS: Readonly<Record<OrderStatus, Readonly<Partial<Record<OrderEvent, OrderStatus>>>>> = {
  pending_payment: {
    payment_authorized: 'authorized',
    payment_captured: 'paid',
    payment_failed: 'payment_failed',
    cancelled: 'cancelled',
  },
  authorized: { payment_captured: 'paid', payment_failed: 'payment_failed', cancelled: 'cancelled' },
  paid: { cancelled: 'cancelled' },
  payment_failed: {},
  cancelled: {},
};

const STATUS_AFTER: Readonly<Record<OrderEvent, OrderStatus>> = {
  payment_authorized: 'authorized',
  payment_captured: 'paid',
  payment_failed: 'payment_failed',
  cancelled: 'cancelled',
};

/** The order's next status, or why there is none. */
export function transition(status: OrderStatus, event: OrderEvent): OrderTransition {
  const next = TRANSITIONS[status][event];
  if (next) return { ok: true, next };
  return { ok: false, refusal: STATUS_AFTER[event] === status ? 'repeated' : 'not_allowed' };
}

/** Whether the order can be cancelled as a whole: not once anything has been sent. After that there are returns. */
export function canCancel(status: OrderStatus, fulfilment: FulfilmentStatus): boolean {
  return fulfilment === 'unfulfilled' && transition(status, 'cancelled').ok;
}

/** What is known of an order's money. Amounts in minor units. */
export interface PaymentFacts {
  /** What became of the order's latest attempt to pay. */
  readonly attempt: 'pending' | 'requires_action' | 'authorized' | 'captured' | 'declined' | 'failed' | 'voided';
  readonly captured: bigint;
  /** Refunds that succeeded; pending ones do not count here, though they do against what can still be refunded. */
  readonly refunded: bigint;
}

/** The payment status that follows from the facts; it is never set by hand. */
export function paymentStatusOf({ attempt, captured, refunded }: PaymentFacts): PaymentStatus {
  switch (attempt) {
    case 'pending':
    case 'requires_action':
      return 'pending';
    case 'authorized':
    case 'voided':
      return attempt;
    case 'declined':
    case 'failed':
      return 'failed';
    case 'captured':
      if (refunded <= 0n) return 'paid';
      return refunded < captured ? 'partially_refunded' : 'refunded';
  }
}

/** Units of all lines together. */
export interface FulfilmentFacts {
  /** What was ordered, less what was refunded before it was sent. */
  readonly due: number;
  readonly sent: number;
  /** Of those sent, what came back. */
  readonly returned: number;
}

/** The fulfilment status that follows from the facts; it is never set by hand. */
export function fulfilmentStatusOf({ due, sent, returned }: FulfilmentFacts): FulfilmentStatus {
  if (sent <= 0) return 'unfulfilled';
  if (sent < due) return 'partial';
  return returned >= sent ? 'returned' : 'fulfilled';
}
