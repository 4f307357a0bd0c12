import type { PaymentId, RefundId } from '../../platform/ids/index.js';
import type { Money } from '../../platform/money/index.js';
import type { DeclineCode } from './decline-code.js';

/** What the shopper has to do before the provider goes on, such as a bank's confirmation on a page of its own. */
export interface NextAction {
  readonly type: 'redirect';
  readonly url: string;
}

export interface ChargeRequest {
  /** The payment attempt's id and the idempotency key: the provider charges at most once under it, however often it is asked. */
  readonly key: PaymentId;
  readonly amount: Money;
  /** What the storefront got from the provider for the shopper's means of payment. Secret: never logged, never in an answer. */
  readonly token: string;
  /** The order's number, for the shopper's statement. */
  readonly description: string;
  /** Aborted when the answer comes too late: the outcome is then `unknown`. */
  readonly signal: AbortSignal;
}

/** Money was taken. `reference` is the provider's name for the charge. */
export interface Captured {
  readonly outcome: 'captured';
  readonly reference: string;
}

/** A final no: nothing was taken, and nothing will be under this key. */
export interface Declined {
  readonly outcome: 'declined';
  readonly declineCode: DeclineCode;
}

/** Nothing was taken yet; `lookUp` tells when the shopper has done their part. */
export interface RequiresAction {
  readonly outcome: 'requires_action';
  readonly reference: string;
  readonly nextAction: NextAction;
}

/** The provider failed and nothing happened, surely: refused connections, its own statement of a fault. `detail` is for logs. */
export interface ProviderError {
  readonly outcome: 'error';
  readonly detail: string;
}

/** No answer, or none that tells: it may have happened. Only `lookUp` under the same key can say. `detail` is for logs. */
export interface Unknown {
  readonly outcome: 'unknown';
  readonly detail: string;
}

export type ChargeResult = Captured | Declined | RequiresAction | ProviderError | Unknown;

/**
 * What became of a charge. `not_found`: the provider has no record of the key. `pending`: it is still at work.
 * `voided`: it was taken back, or the key was closed before anything was charged under it. `error` and `unknown`: the question
 * itself got no answer; ask again.
 */
export type ChargeLookUp =
  | Captured
  | Declined
  | RequiresAction
  | ProviderError
  | Unknown
  | { readonly outcome: 'voided' }
  | { readonly outcome: 'pending' }
  | { readonly outcome: 'not_found' };

export interface VoidRequest {
  /** The attempt whose charge is taken back; a repeated request finds it `voided` again. */
  readonly key: PaymentId;
  readonly signal: AbortSignal;
}

/** `not_voidable`: too late to take back, or already refunded in part; refund instead. */
export type VoidResult =
  | { readonly outcome: 'voided' }
  | { readonly outcome: 'not_voidable'; readonly detail: string }
  | ProviderError
  | Unknown;

export interface RefundRequest {
  /** The refund's id and the idempotency key: the provider refunds at most once under it. */
  readonly key: RefundId;
  /** The attempt that took the money. */
  readonly chargeKey: PaymentId;
  /** The provider's name for that charge. */
  readonly chargeReference: string;
  readonly amount: Money;
  readonly signal: AbortSignal;
}

export interface RefundSucceeded {
  readonly outcome: 'succeeded';
  readonly reference: string;
}

/** A final no: nothing was given back. `detail` is for the staff who asked. */
export interface RefundFailed {
  readonly outcome: 'failed';
  readonly detail: string;
}

export type RefundResult = RefundSucceeded | RefundFailed | ProviderError | Unknown;

export type RefundLookUp = RefundResult | { readonly outcome: 'pending' } | { readonly outcome: 'not_found' };

/**
 * The port to whoever moves the money. One adapter a provider.
 *
 * An adapter answers with a result and throws for nothing that a network or a provider can do; an aborted signal, too, is an
 * `unknown`; what it throws all the same is taken for one. It never repeats a request by itself. It is called outside any database
 * transaction: the intention is on record before, and the result is recorded after.
 */
export interface PaymentProvider {
  /** The name by which a request chooses the provider. */
  readonly name: string;

  /** Authorises and captures in one step. */
  charge(request: ChargeRequest): Promise<ChargeResult>;

  /**
   * Takes a charge back as a whole, and makes sure of the future as well: after `voided`, nothing will ever be charged under the
   * key, also when it was unknown until now. This is how an attempt without an answer is closed for good.
   */
  void(request: VoidRequest): Promise<VoidResult>;

  refund(request: RefundRequest): Promise<RefundResult>;

  /** What happened to the charge under this key. Changes nothing. */
  lookUp(key: PaymentId, signal: AbortSignal): Promise<ChargeLookUp>;

  /** What happened to the refund under this key. Changes nothing. */
  lookUpRefund(key: RefundId, signal: AbortSignal): Promise<RefundLookUp>;
}
