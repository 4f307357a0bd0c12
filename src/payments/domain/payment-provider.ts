import type { PaymentId, RefundId } from '../../platform/ids/index.js';
import type { Money } from '../../platform/money/index.js';
import type { DeclineCode } from './decline-code.js';

/** What the shopper has to do before the provider goes on, such as a bank's confirmation on a page of its own. */
export type NextAction =
  | { readonly type: 'redirect'; readonly url: string }
  /** The provider's own script in the storefront goes on with this secret. */
  | { readonly type: 'client_secret'; readonly clientSecret: string };

export interface ChargeRequest {
  /** The payment attempt's id and the idempotency key: the provider charges at most once under it, however often it is asked. */
  readonly key: PaymentId;
  readonly amount: Money;
  /** What the storefront got from the provider for the shopper's means of payment. Secret: never logged, never in an answer. */
  readonly token: string;
  /** False: the money is only set aside (`authorized`) until `capture` or `void`. */
  readonly capture: boolean;
  /** The order's number, for the shopper's statement. */
  readonly description: string;
  /** Aborted when the answer comes too late: the outcome is then `unknown`. */
  readonly signal: AbortSignal;
}

/** Money was taken. `reference` is the provider's name for the charge. */
export interface Captured {
  readonly outcome: 'captured';
  readonly reference: string;
  /** What the provider keeps of it, in minor units of the charge; absent where it has not said so (yet). */
  readonly fee?: bigint;
}

/** Money was set aside and not taken. */
export interface Authorized {
  readonly outcome: 'authorized';
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

export type ChargeResult = Captured | Authorized | Declined | RequiresAction | ProviderError | Unknown;

/**
 * What became of a charge. `not_found`: the provider has no record of the key. `pending`: it is still at work.
 * `voided`: it was taken back, or the key was closed before anything was charged under it. `error` and `unknown`: the question
 * itself got no answer; ask again.
 */
export type ChargeLookUp =
  | Captured
  | Authorized
  | Declined
  | RequiresAction
  | ProviderError
  | Unknown
  | { readonly outcome: 'voided' }
  | { readonly outcome: 'pending' }
  | { readonly outcome: 'not_found' };

/** An attempt as its provider is asked about it. */
export interface ChargeQuestion {
  readonly key: PaymentId;
  /** The provider's name for the charge, where it has said one. */
  readonly reference: string | null;
  readonly amount: Money;
  /** As it was first asked for. */
  readonly capture: boolean;
  /** The order's number. */
  readonly description: string;
  /** When the attempt was put on record: the charge cannot be older. */
  readonly createdAt: Date;
  readonly signal: AbortSignal;
}

/** `not_capturable`: it was voided, has lapsed, or was never authorised. `detail` is for the staff who asked. */
export type CaptureResult =
  Captured | { readonly outcome: 'not_capturable'; readonly detail: string } | ProviderError | Unknown;

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

/** A refund as its provider is asked about it. */
export interface RefundQuestion {
  readonly key: RefundId;
  readonly chargeReference: string;
  readonly createdAt: Date;
  readonly signal: AbortSignal;
}

export type RefundLookUp = RefundResult | { readonly outcome: 'pending' } | { readonly outcome: 'not_found' };

/** What a provider says of itself that it holds: the other side of the shop's books. Amounts in minor units. */
export interface ProviderRecord {
  /** The attempt's id. */
  readonly key: string;
  readonly reference: string;
  readonly status: 'requires_action' | 'authorized' | 'captured' | 'declined' | 'voided' | 'pending';
  readonly amount: Money;
  /** 0 unless it was captured. */
  readonly captured: bigint;
  readonly fee: bigint | null;
  readonly refunds: readonly { readonly key: string; readonly amount: bigint }[];
}

/** News that a provider sends. It is a hint and no fact: what it tells of is looked up, so that order and repetition do not matter. */
export interface ProviderNews {
  /** The provider's own, the same in every delivery of it. */
  readonly eventId: string;
  readonly type: string;
  readonly occurredAt: Date;
  /** What it tells of; null for news that the shop has no use for. */
  readonly subject:
    { readonly kind: 'payment'; readonly key: PaymentId } | { readonly kind: 'refund'; readonly key: RefundId } | null;
}

export interface ProviderDelivery {
  /** The body as it came, byte for byte: signatures are made over it. */
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

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

  /** Authorises, and captures in the same step where the request says so. */
  charge(request: ChargeRequest): Promise<ChargeResult>;

  /** Takes the whole of an authorised amount; a repeated request finds it `captured` again. */
  capture(question: ChargeQuestion): Promise<CaptureResult>;

  /**
   * Takes a charge back as a whole, and makes sure of the future as well: after `voided`, nothing will ever be charged under the
   * key, also when it was unknown until now. This is how an attempt without an answer is closed for good.
   */
  void(question: ChargeQuestion): Promise<VoidResult>;

  refund(request: RefundRequest): Promise<RefundResult>;

  /** What happened to the charge under this key. Changes nothing. */
  lookUp(question: ChargeQuestion): Promise<ChargeLookUp>;

  /** What happened to the refund under this key. Changes nothing. */
  lookUpRefund(question: RefundQuestion): Promise<RefundLookUp>;

  /** All charges made from `from` on and before `to`, for reconciliation. @throws Error when the provider cannot be asked */
  records(from: Date, to: Date): AsyncIterable<ProviderRecord>;

  /** The news in a delivery, or null when its signature is not the provider's. */
  readNews(delivery: ProviderDelivery): ProviderNews | null;
}
