import type {
  Captured,
  Declined,
  ProviderError,
  RefundFailed,
  RefundSucceeded,
  RequiresAction,
  Unknown,
} from './payment-provider.js';

/** Nothing was charged under the attempt's key and nothing will be: the key was closed. */
export interface NotCharged {
  readonly outcome: 'not_charged';
}

/** What had been taken, if anything, was given back as a whole, and nothing will be charged under the key. */
export interface Voided {
  readonly outcome: 'voided';
}

/** The provider is still at work, or may still be reached by the request: ask again later. */
export interface StillPending {
  readonly outcome: 'pending';
}

/** What is known of a charge, from whichever question; `settle` records any of them. */
export type ChargeAnswer =
  Captured | Declined | RequiresAction | ProviderError | Unknown | NotCharged | Voided | StillPending;

/** Where an answer came from. It tells what an `error` means: for a charge, that nothing was taken. */
export type AnswerSource = 'charge' | 'lookUp';

/**
 * What became of a void. `captured`: too late, the money was taken and stays so until it is refunded. `declined` and `not_charged`:
 * there was nothing to take back.
 */
export type VoidAnswer = Voided | Captured | Declined | NotCharged | Unknown;

/** What is known of a refund. `error` and `unknown` leave it pending: the same request is repeated under the same key. */
export type RefundAnswer = RefundSucceeded | RefundFailed | ProviderError | Unknown | StillPending;
