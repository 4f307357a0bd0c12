import type Stripe from 'stripe';
import type { DeclineCode } from '../../domain/decline-code.js';
import type { ProviderError, Unknown } from '../../domain/payment-provider.js';
import { NoAnswer } from './stripe-transport.js';

type StripeError = InstanceType<typeof Stripe.errors.StripeError>;

/** By the error's own word for itself: the package, and with it its classes, is not loaded where Stripe is not used. */
export function isStripeError(error: unknown): error is StripeError {
  return error instanceof Error && 'type' in error && typeof error.type === 'string' && error.type.startsWith('Stripe');
}

/** Stripe's word about the shopper's means of payment. */
export function isCardError(error: unknown): error is StripeError {
  return isStripeError(error) && error.type === 'StripeCardError';
}

/** Stripe refused the request as it stood and did nothing. */
export function isInvalidRequest(error: unknown): error is StripeError {
  return isStripeError(error) && error.type === 'StripeInvalidRequestError';
}

/** The intent is not in a state for what was asked; `payment_intent` says which it is in. */
export function isUnexpectedState(error: unknown): error is StripeError {
  return isInvalidRequest(error) && error.code === 'payment_intent_unexpected_state';
}

/** Stripe's stored answer to the first request under the key: that request is over, and this is how it ended. */
export function isReplayedFault(error: unknown): boolean {
  return isStripeError(error) && (error.statusCode ?? 0) >= 500 && error.headers?.['idempotent-replayed'] === 'true';
}

/**
 * What a failed request tells of what it asked for. `error`: it was not sent, or refused before anything was done (400, 401, 403, 404,
 * 429). `unknown`: everything else, above all 409 and 5xx, silence, and a key that stands for other parameters.
 */
export function troubleOf(error: unknown, signal: AbortSignal): ProviderError | Unknown {
  if (signal.aborted) return { outcome: 'unknown', detail: 'no answer in time' };
  return { outcome: isUntouched(error) ? 'error' : 'unknown', detail: describe(error) };
}

function isUntouched(error: unknown): boolean {
  if (!isStripeError(error)) return false;
  switch (error.type) {
    case 'StripeConnectionError':
      return error.detail instanceof NoAnswer && !error.detail.sent;
    case 'StripeInvalidRequestError':
    case 'StripeAuthenticationError':
    case 'StripePermissionError':
    case 'StripeRateLimitError':
      return true;
    default:
      return false;
  }
}

/** For logs. Of Stripe's errors never the sentence, which repeats the shopper's token and parts of the shop's key. */
export function describe(error: unknown): string {
  if (!isStripeError(error)) return error instanceof Error ? `${error.name}: ${error.message}` : 'the adapter failed';
  const lost = error.detail instanceof NoAnswer ? error.detail.message : undefined;
  const parts = [
    error.type,
    error.code,
    error.param && `about ${error.param}`,
    error.statusCode && `status ${error.statusCode}`,
    error.requestId,
    lost,
  ];
  return parts.filter(Boolean).join(', ');
}

const DECLINES: ReadonlyMap<string, DeclineCode> = new Map<string, DeclineCode>([
  ['insufficient_funds', 'insufficient_funds'],
  ['expired_card', 'expired_card'],
  ['expired_payment_method', 'expired_card'],
  ['invalid_expiry_month', 'expired_card'],
  ['invalid_expiry_year', 'expired_card'],
  ['authentication_failure', 'authentication_failed'],
  ['authentication_required', 'authentication_failed'],
  ['authentication_not_handled', 'authentication_failed'],
  ['payment_intent_authentication_failure', 'authentication_failed'],
  ['payment_intent_payment_attempt_expired', 'authentication_failed'],
]);

/** @param reason the code of the error and the bank's own (docs.stripe.com/declines/codes), which is the more exact one */
export function declineCodeOf(reason: { code?: string | null; decline_code?: string | null }): DeclineCode {
  return DECLINES.get(reason.decline_code ?? '') ?? DECLINES.get(reason.code ?? '') ?? 'card_declined';
}

/** What Stripe says of a token that it does not know, or that cannot be used for this charge (any more). */
const TOKEN_FAULTS: ReadonlySet<string> = new Set([
  'payment_intent_incompatible_payment_method',
  'payment_method_currency_mismatch',
  'payment_method_unactivated',
  'payment_method_unexpected_state',
  'payment_method_unsupported_type',
  'token_already_used',
]);

export function isTokenFault(error: unknown): boolean {
  if (!isInvalidRequest(error)) return false;
  return error.param === 'payment_method' || error.param === 'confirmation_token' || TOKEN_FAULTS.has(error.code ?? '');
}

/** The order costs less or more than Stripe takes: another try cannot help. */
export function isAmountLimit(error: unknown): boolean {
  return isInvalidRequest(error) && (error.code === 'amount_too_small' || error.code === 'amount_too_large');
}
