import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isDeclineCode } from './decline-code.js';
import type { ChargeAnswer } from './answers.js';
import { PaymentDeclinedError, PaymentUnavailableError } from './payments.errors.js';
import {
  attemptEventOf,
  isOpen,
  refundEventOf,
  transitionAttempt,
  transitionRefund,
  type AttemptEvent,
  type AttemptStatus,
} from './payment-state.js';

const STATUSES: AttemptStatus[] = [
  'pending',
  'requires_action',
  'authorized',
  'captured',
  'declined',
  'failed',
  'voided',
];
const EVENTS: AttemptEvent[] = ['action_required', 'authorized', 'captured', 'declined', 'failed', 'voided'];

describe('transitionAttempt', () => {
  it('knows exactly these ways', () => {
    const ways = STATUSES.flatMap((status) =>
      EVENTS.map((event) => ({ status, event, result: transitionAttempt(status, event) })).flatMap(
        ({ event, result }) => (result.ok ? [`${status} -${event}-> ${result.next}`] : []),
      ),
    );
    expect(ways).toEqual([
      'pending -action_required-> requires_action',
      'pending -authorized-> authorized',
      'pending -captured-> captured',
      'pending -declined-> declined',
      'pending -failed-> failed',
      'pending -voided-> voided',
      'requires_action -authorized-> authorized',
      'requires_action -captured-> captured',
      'requires_action -declined-> declined',
      'requires_action -failed-> failed',
      'requires_action -voided-> voided',
      'authorized -captured-> captured',
      'authorized -failed-> failed',
      'authorized -voided-> voided',
      'captured -voided-> voided',
      'failed -captured-> captured',
      'failed -voided-> voided',
    ]);
  });

  it('tells a repetition from what cannot be', () => {
    expect(transitionAttempt('captured', 'captured')).toEqual({ ok: false, refusal: 'repeated' });
    expect(transitionAttempt('requires_action', 'action_required')).toEqual({ ok: false, refusal: 'repeated' });
    expect(transitionAttempt('voided', 'failed')).toEqual({ ok: false, refusal: 'repeated' });
    expect(transitionAttempt('declined', 'voided')).toEqual({ ok: false, refusal: 'repeated' });
    expect(transitionAttempt('voided', 'captured')).toEqual({ ok: false, refusal: 'not_allowed' });
    expect(transitionAttempt('declined', 'captured')).toEqual({ ok: false, refusal: 'not_allowed' });
    expect(transitionAttempt('captured', 'failed')).toEqual({ ok: false, refusal: 'not_allowed' });
    expect(transitionAttempt('captured', 'authorized')).toEqual({ ok: false, refusal: 'not_allowed' });
    expect(transitionAttempt('authorized', 'authorized')).toEqual({ ok: false, refusal: 'repeated' });
  });

  it('never opens again what is settled, whatever happens', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...EVENTS)), (events) => {
        let status: AttemptStatus = 'pending';
        for (const event of events) {
          const result = transitionAttempt(status, event);
          if (!result.ok) continue;
          expect(isOpen(result.next) && !isOpen(status)).toBe(false);
          status = result.next;
        }
      }),
    );
  });
});

describe('transitionRefund', () => {
  it('settles once', () => {
    expect(transitionRefund('pending', 'succeeded')).toEqual({ ok: true, next: 'succeeded' });
    expect(transitionRefund('pending', 'failed')).toEqual({ ok: true, next: 'failed' });
    expect(transitionRefund('succeeded', 'succeeded')).toEqual({ ok: false, refusal: 'repeated' });
    expect(transitionRefund('succeeded', 'failed')).toEqual({ ok: false, refusal: 'not_allowed' });
    expect(transitionRefund('failed', 'succeeded')).toEqual({ ok: false, refusal: 'not_allowed' });
    expect(transitionRefund('succeeded', 'reversed')).toEqual({ ok: true, next: 'failed' });
    expect(transitionRefund('failed', 'reversed')).toEqual({ ok: false, refusal: 'repeated' });
    expect(transitionRefund('pending', 'reversed')).toEqual({ ok: false, refusal: 'not_allowed' });
  });
});

describe('what an answer stands for', () => {
  it.each<[ChargeAnswer, AttemptEvent | null, AttemptEvent | null]>([
    [{ outcome: 'captured', reference: 'r' }, 'captured', 'captured'],
    [{ outcome: 'authorized', reference: 'r' }, 'authorized', 'authorized'],
    [{ outcome: 'declined', declineCode: 'card_declined' }, 'declined', 'declined'],
    [
      { outcome: 'requires_action', reference: 'r', nextAction: { type: 'redirect', url: 'https://bank.example/' } },
      'action_required',
      'action_required',
    ],
    [{ outcome: 'error', detail: '502' }, 'failed', null],
    [{ outcome: 'unknown', detail: 'timeout' }, null, null],
    [{ outcome: 'pending' }, null, null],
    [{ outcome: 'not_charged' }, 'failed', 'failed'],
    [{ outcome: 'voided' }, 'voided', 'voided'],
    [{ outcome: 'not_capturable', detail: 'lapsed' }, null, null],
    [{ outcome: 'capture_under_way' }, null, null],
  ])('%j', (answer, ofCharge, ofLookUp) => {
    expect(attemptEventOf(answer, 'charge')).toBe(ofCharge);
    expect(attemptEventOf(answer, 'lookUp')).toBe(ofLookUp);
  });

  it('settles a refund only by a clear answer', () => {
    expect(refundEventOf({ outcome: 'succeeded', reference: 'r' })).toBe('succeeded');
    expect(refundEventOf({ outcome: 'failed', detail: 'closed account' })).toBe('failed');
    expect(refundEventOf({ outcome: 'reversed', detail: 'closed account' })).toBe('reversed');
    for (const outcome of ['error', 'unknown'] as const) expect(refundEventOf({ outcome, detail: '' })).toBeNull();
    expect(refundEventOf({ outcome: 'pending' })).toBeNull();
  });
});

describe('errors', () => {
  it('carry what a client acts on', () => {
    expect(new PaymentDeclinedError('insufficient_funds')).toMatchObject({
      kind: 'payment_failed',
      code: 'payment.declined',
      extra: { declineCode: 'insufficient_funds' },
    });
    expect(new PaymentUnavailableError(30)).toMatchObject({
      kind: 'unavailable',
      code: 'payment.unavailable',
      retryAfterSeconds: 30,
    });
    expect([isDeclineCode('card_declined'), isDeclineCode('do_not_honor')]).toEqual([true, false]);
  });
});
