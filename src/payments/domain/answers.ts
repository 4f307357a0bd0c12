import type {
  Authorized,
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

/** The provider does not take the authorised amount, although it still holds it: the intention to capture is given up. */
export interface NotCapturable {
  readonly outcome: 'not_capturable';
  /** For the staff who asked. */
  readonly detail: string;
}

/** A void that was not asked for: the attempt's capture is requested, and what became of that must be known first. */
export interface CaptureUnderWay {
  readonly outcome: 'capture_under_way';
}

/** What is known of a charge, from whichever question; `settle` records any of them. */
export type ChargeAnswer =
  | Captured
  | Authorized
  | Declined
  | RequiresAction
  | ProviderError
  | Unknown
  | NotCharged
  | Voided
  | StillPending
  | NotCapturable
  | CaptureUnderWay;

/** Where an answer came from. It tells what an `error` means: for a charge, that nothing was taken. */
export type AnswerSource = 'charge' | 'lookUp' | 'capture';

/**
 * What became of the request to take an authorised amount. `voided` and `not_charged`: nothing is held any more. `error` and `unknown`
 * leave the request standing: a look-up at the attempt's deadline repeats it.
 */
export type CaptureAnswer = Captured | NotCapturable | Voided | NotCharged | ProviderError | Unknown;

/**
 * What became of a void. `captured`: too late, the money was taken and stays so until it is refunded. `declined` and `not_charged`:
 * there was nothing to take back. `capture_under_way`: refused, as the attempt's capture was requested before.
 */
export type VoidAnswer = Voided | Captured | Declined | NotCharged | Unknown | CaptureUnderWay;

/** The provider had given it back, and has it again: the shopper's bank did not accept it. */
export interface RefundReversed {
  readonly outcome: 'reversed';
  /** For the staff. */
  readonly detail: string;
}

/** What is known of a refund. `error` and `unknown` leave it pending: the same request is repeated under the same key. */
export type RefundAnswer = RefundSucceeded | RefundFailed | RefundReversed | ProviderError | Unknown | StillPending;
