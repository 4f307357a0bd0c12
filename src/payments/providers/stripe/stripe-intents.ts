import type Stripe from 'stripe';
import type { DeclineCode } from '../../domain/decline-code.js';
import type { Authorized, Captured, NextAction, RequiresAction, Unknown } from '../../domain/payment-provider.js';
import type { Money } from '../../../platform/money/index.js';
import { fromStripeAmount, toStripeAmount } from './stripe-amounts.js';
import { declineCodeOf } from './stripe-errors.js';

/** So that a captured intent says its fee. */
export const WITH_FEE = ['latest_charge.balance_transaction'];

/** What an intent says of the attempt that it stands for. */
export type IntentState =
  | Captured
  | Authorized
  | RequiresAction
  | Unknown
  /** `final` is false as long as the intent can be confirmed with another means of payment. */
  | { readonly outcome: 'declined'; readonly declineCode: DeclineCode; readonly final: boolean }
  /** It was made and nothing else: nothing was charged, and nothing is about to be. */
  | { readonly outcome: 'unconfirmed' }
  | { readonly outcome: 'voided' }
  | { readonly outcome: 'pending' };

/** @param amount what was to be charged; an intent that took another amount is beyond what this adapter can have done */
export function stateOf(intent: Stripe.PaymentIntent, amount: Money): IntentState {
  const reference = intent.id;
  switch (intent.status) {
    case 'succeeded':
      return capturedState(intent, amount);
    case 'requires_capture':
      return { outcome: 'authorized', reference };
    case 'requires_action': {
      const nextAction = nextActionOf(intent);
      return nextAction ? { outcome: 'requires_action', reference, nextAction } : { outcome: 'pending' };
    }
    case 'processing':
      return { outcome: 'pending' };
    case 'requires_payment_method':
    case 'requires_confirmation': {
      const declineCode = refusalOf(intent);
      return declineCode ? { outcome: 'declined', declineCode, final: false } : { outcome: 'unconfirmed' };
    }
    case 'canceled': {
      const declineCode = refusalOf(intent);
      return declineCode ? { outcome: 'declined', declineCode, final: true } : { outcome: 'voided' };
    }
    default:
      return { outcome: 'unknown', detail: `the intent is ${intent.status}` };
  }
}

function capturedState(intent: Stripe.PaymentIntent, amount: Money): Captured | Unknown {
  const expected = toStripeAmount(amount);
  if (!expected.ok || intent.amount_received !== expected.amount || intent.currency !== amount.currency.toLowerCase())
    return { outcome: 'unknown', detail: 'another amount was taken than was asked for' };
  const fee = feeOf(intent);
  return { outcome: 'captured', reference: intent.id, ...(fee === null ? {} : { fee }) };
}

/** Null as long as it is not settled, and where it is settled in another currency than the charge's. */
export function feeOf(intent: Stripe.PaymentIntent): bigint | null {
  const charge = chargeOf(intent);
  const booking = charge?.balance_transaction;
  if (!booking || typeof booking === 'string' || booking.currency !== intent.currency) return null;
  return fromStripeAmount(booking.fee, booking.currency);
}

/** The latest charge, where it came along with the intent. */
export function chargeOf(intent: Stripe.PaymentIntent): Stripe.Charge | null {
  return typeof intent.latest_charge === 'object' ? intent.latest_charge : null;
}

function nextActionOf(intent: Stripe.PaymentIntent): NextAction | null {
  const url = intent.next_action?.redirect_to_url?.url;
  if (url) return { type: 'redirect', url };
  return intent.client_secret ? { type: 'client_secret', clientSecret: intent.client_secret } : null;
}

/** Why the intent's last try failed; its charge remembers what the intent itself forgets when it is changed. */
function refusalOf(intent: Stripe.PaymentIntent): DeclineCode | null {
  if (intent.last_payment_error) return declineCodeOf(intent.last_payment_error);
  const charge = chargeOf(intent);
  if (charge?.status !== 'failed') return null;
  return declineCodeOf({ code: charge.failure_code, decline_code: charge.outcome?.reason ?? null });
}
