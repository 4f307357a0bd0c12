import type { AnswerSource, ChargeAnswer, RefundAnswer } from './answers.js';

/** What is known of one attempt to take an order's money. How much of a captured one was refunded stands beside it as an amount. */
export type AttemptStatus =
  'pending' | 'requires_action' | 'authorized' | 'captured' | 'declined' | 'failed' | 'voided';

/** What the provider said of an attempt, or what was done about it. */
export type AttemptEvent = 'action_required' | 'authorized' | 'captured' | 'declined' | 'failed' | 'voided';

export type RefundStatus = 'pending' | 'succeeded' | 'failed';
/** `reversed`: what had been given came back to the provider, since the shopper's bank did not accept it. */
export type RefundEvent = 'succeeded' | 'failed' | 'reversed';

/**
 * `repeated`: the event tells nothing new, as when two processes settle the same thing, or a charge fails because its key was voided
 * before; harmless.
 */
export type Refusal = 'repeated' | 'not_allowed';

export type Transition<Status> =
  { readonly ok: true; readonly next: Status } | { readonly ok: false; readonly refusal: Refusal };

type Table<Status extends string, Event extends string> = Readonly<
  Record<Status, Readonly<Partial<Record<Event, Status>>>>
>;

/**
 * All ways of an attempt. A failed one can still turn out captured: the provider's word that nothing was charged was wrong, or came
 * too early. The books must be able to say so; the order does not come back to life by it, and the money has to be given back.
 */
const ATTEMPTS: Table<AttemptStatus, AttemptEvent> = {
  pending: {
    action_required: 'requires_action',
    authorized: 'authorized',
    captured: 'captured',
    declined: 'declined',
    failed: 'failed',
    voided: 'voided',
  },
  requires_action: {
    authorized: 'authorized',
    captured: 'captured',
    declined: 'declined',
    failed: 'failed',
    voided: 'voided',
  },
  authorized: { captured: 'captured', failed: 'failed', voided: 'voided' },
  captured: { voided: 'voided' },
  declined: {},
  failed: { captured: 'captured', voided: 'voided' },
  voided: {},
};

/**
 * A failed refund is final: another try is another refund, under a key of its own. One that succeeded fails by a reversal alone, which the
 * provider tells when it is asked after it: a late word of a refusal changes nothing.
 */
const REFUNDS: Table<RefundStatus, RefundEvent> = {
  pending: { succeeded: 'succeeded', failed: 'failed' },
  succeeded: { reversed: 'failed' },
  failed: {},
};

const STATUS_AFTER: Readonly<Record<AttemptEvent, AttemptStatus>> = {
  action_required: 'requires_action',
  authorized: 'authorized',
  captured: 'captured',
  declined: 'declined',
  failed: 'failed',
  voided: 'voided',
};

/** In these nothing of the shopper's money is held; which of them it is tells only how that came about. */
const NOTHING_HELD: ReadonlySet<AttemptStatus> = new Set<AttemptStatus>(['declined', 'failed', 'voided']);

/** The attempt's next status, or why there is none. */
export function transitionAttempt(status: AttemptStatus, event: AttemptEvent): Transition<AttemptStatus> {
  const next = ATTEMPTS[status][event];
  if (next) return { ok: true, next };
  const after = STATUS_AFTER[event];
  const agrees = after === status || (NOTHING_HELD.has(after) && NOTHING_HELD.has(status));
  return { ok: false, refusal: agrees ? 'repeated' : 'not_allowed' };
}

/** The refund's next status, or why there is none. */
export function transitionRefund(status: RefundStatus, event: RefundEvent): Transition<RefundStatus> {
  const next = REFUNDS[status][event];
  if (next) return { ok: true, next };
  const after = event === 'reversed' ? 'failed' : event;
  return { ok: false, refusal: after === status ? 'repeated' : 'not_allowed' };
}

/** The statuses with a deadline: what becomes of the attempt is still to come. */
export const OPEN_STATUSES: readonly AttemptStatus[] = ['pending', 'requires_action', 'authorized'];

/**
 * Whether the attempt's outcome is still to come, so that the recovery job has to ask for it. An authorised one is open until its
 * money was taken or let go.
 */
export function isOpen(status: AttemptStatus): boolean {
  return OPEN_STATUSES.includes(status);
}

/** Whether the provider, or the shopper, has still to say yes or no: nothing of the shopper's money is held so far. */
export function isUndecided(status: AttemptStatus): boolean {
  return status === 'pending' || status === 'requires_action';
}

/**
 * The event that an answer stands for; null when it leaves the attempt as it is. An `error` is an event of `charge` alone, where it
 * says that nothing was charged; in answer to `lookUp` and `capture` it says nothing of the charge.
 */
export function attemptEventOf(answer: ChargeAnswer, askedBy: AnswerSource): AttemptEvent | null {
  switch (answer.outcome) {
    case 'authorized':
    case 'captured':
    case 'declined':
    case 'voided':
      return answer.outcome;
    case 'requires_action':
      return 'action_required';
    case 'not_charged':
      return 'failed';
    case 'error':
      return askedBy === 'charge' ? 'failed' : null;
    case 'unknown':
    case 'pending':
    case 'not_capturable':
    case 'capture_under_way':
      return null;
  }
}

/**
 * The event that the provider's answer to `refund` or `lookUpRefund` stands for; null when the refund stays pending. It stays so
 * after an `error`, too: nothing was given back, and the same request can be repeated under the same key.
 */
export function refundEventOf(answer: RefundAnswer): RefundEvent | null {
  switch (answer.outcome) {
    case 'succeeded':
    case 'failed':
    case 'reversed':
      return answer.outcome;
    case 'error':
    case 'unknown':
    case 'pending':
      return null;
  }
}
