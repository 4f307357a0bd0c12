import { describe, expect, it } from '@jest/globals';
import {
  canCancel,
  fulfilmentStatusOf,
  paymentStatusOf,
  transition,
  type OrderEvent,
  type OrderStatus,
} from './order-status.js';

const STATUSES: OrderStatus[] = ['pending_payment', 'authorized', 'paid', 'payment_failed', 'cancelled'];
const EVENTS: OrderEvent[] = ['payment_authorized', 'payment_captured', 'payment_failed', 'cancelled'];

describe('transition', () => {
  it('knows exactly these ways', () => {
    const ways = STATUSES.flatMap((status) =>
      EVENTS.flatMap((event) => {
        const result = transition(status, event);
        return result.ok ? [`${status} -${event}-> ${result.next}`] : [];
      }),
    );
    expect(ways).toEqual([
      'pending_payment -payment_authorized-> authorized',
      'pending_payment -payment_captured-> paid',
      'pending_payment -payment_failed-> payment_failed',
      'pending_payment -cancelled-> cancelled',
      'authorized -payment_captured-> paid',
      'authorized -payment_failed-> payment_failed',
      'authorized -cancelled-> cancelled',
      'paid -cancelled-> cancelled',
    ]);
  });

  it('tells a repetition from what cannot be', () => {
    expect(transition('paid', 'payment_captured')).toEqual({ ok: false, refusal: 'repeated' });
    expect(transition('cancelled', 'cancelled')).toEqual({ ok: false, refusal: 'repeated' });
    expect(transition('payment_failed', 'payment_captured')).toEqual({ ok: false, refusal: 'not_allowed' });
    expect(transition('cancelled', 'payment_captured')).toEqual({ ok: false, refusal: 'not_allowed' });
    expect(transition('paid', 'payment_failed')).toEqual({ ok: false, refusal: 'not_allowed' });
  });
});

describe('canCancel', () => {
  it('ends when something was sent or the order is over', () => {
    expect(canCancel('pending_payment', 'unfulfilled')).toBe(true);
    expect(canCancel('authorized', 'unfulfilled')).toBe(true);
    expect(canCancel('paid', 'unfulfilled')).toBe(true);
    expect(canCancel('paid', 'partial')).toBe(false);
    expect(canCancel('paid', 'returned')).toBe(false);
    expect(canCancel('payment_failed', 'unfulfilled')).toBe(false);
    expect(canCancel('cancelled', 'unfulfilled')).toBe(false);
  });
});

describe('paymentStatusOf', () => {
  it.each([
    ['pending', 0n, 0n, 'pending'],
    ['requires_action', 0n, 0n, 'pending'],
    ['authorized', 0n, 0n, 'authorized'],
    ['captured', 100n, 0n, 'paid'],
    ['captured', 100n, 1n, 'partially_refunded'],
    ['captured', 100n, 99n, 'partially_refunded'],
    ['captured', 100n, 100n, 'refunded'],
    ['captured', 0n, 0n, 'paid'],
    ['voided', 100n, 0n, 'voided'],
    ['declined', 0n, 0n, 'failed'],
    ['failed', 0n, 0n, 'failed'],
  ] as const)('%s, %d captured, %d refunded: %4$s', (attempt, captured, refunded, status) => {
    expect(paymentStatusOf({ attempt, captured, refunded })).toBe(status);
  });
});

describe('fulfilmentStatusOf', () => {
  it.each([
    [3, 0, 0, 'unfulfilled'],
    [0, 0, 0, 'unfulfilled'],
    [3, 2, 0, 'partial'],
    [3, 2, 2, 'partial'],
    [3, 3, 0, 'fulfilled'],
    [3, 3, 2, 'fulfilled'],
    [3, 3, 3, 'returned'],
    [2, 3, 1, 'fulfilled'],
  ] as const)('of %i due, %i sent, %i returned', (due, sent, returned, status) => {
    expect(fulfilmentStatusOf({ due, sent, returned })).toBe(status);
  });
});
