import { randomBytes } from 'node:crypto';

type Metadata = Record<string, string>;
export type Params = { readonly [name: string]: string | Params };

export interface BalanceTransaction {
  readonly id: string;
  readonly object: 'balance_transaction';
  readonly amount: number;
  readonly fee: number;
  readonly currency: string;
}

export interface StripeCharge {
  readonly id: string;
  readonly object: 'charge';
  readonly amount: number;
  readonly currency: string;
  readonly payment_intent: string;
  readonly metadata: Metadata;
  status: 'succeeded' | 'pending' | 'failed';
  captured: boolean;
  amount_refunded: number;
  failure_code: string | null;
  outcome: { reason: string | null } | null;
  balance_transaction: string | null;
}

export type IntentStatus =
  | 'requires_payment_method'
  | 'requires_confirmation'
  | 'requires_action'
  | 'processing'
  | 'requires_capture'
  | 'succeeded'
  | 'canceled';

export interface StripeIntent {
  readonly id: string;
  readonly object: 'payment_intent';
  readonly amount: number;
  readonly currency: string;
  readonly capture_method: string;
  readonly client_secret: string;
  readonly created: number;
  readonly description: string | null;
  readonly metadata: Metadata;
  readonly automatic_payment_methods: { enabled: boolean; allow_redirects: string } | null;
  status: IntentStatus;
  amount_received: number;
  amount_capturable: number;
  payment_method: string | null;
  latest_charge: string | null;
  last_payment_error: Record<string, unknown> | null;
  next_action: Record<string, unknown> | null;
  cancellation_reason: string | null;
  canceled_at: number | null;
}

export interface StripeRefund {
  readonly id: string;
  readonly object: 'refund';
  readonly amount: number;
  readonly currency: string;
  readonly charge: string;
  readonly payment_intent: string;
  readonly metadata: Metadata;
  readonly created: number;
  status: 'pending' | 'succeeded' | 'failed' | 'canceled';
  failure_reason?: string;
}

export interface StripeEvent {
  readonly id: string;
  readonly object: 'event';
  readonly api_version: string;
  readonly created: number;
  readonly type: string;
  readonly data: { readonly object: unknown };
}

/** A refusal as Stripe answers it. `executed`: it came out of the work itself, and is kept under the idempotency key. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly error: Record<string, unknown> & { readonly message: string },
    readonly executed = true,
  ) {
    super(error.message);
  }
}

/** How a bank answers to a card of Stripe's test set, and to two of ours. */
const CARDS: Readonly<Record<string, { decline?: [code: string, reason: string]; step?: true; slow?: true }>> = {
  pm_card_visa: {},
  pm_card_chargeDeclined: { decline: ['card_declined', 'generic_decline'] },
  pm_card_chargeDeclinedInsufficientFunds: { decline: ['card_declined', 'insufficient_funds'] },
  pm_card_chargeDeclinedExpiredCard: { decline: ['expired_card', 'expired_card'] },
  pm_card_threeDSecure2Required: { step: true },
  pm_bacs_debit: { slow: true },
};

const CANCELLABLE: readonly IntentStatus[] = [
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
  'requires_capture',
];

/** What Stripe holds for the shop, and its rules: intents, their charges, refunds, and the events that tell of them. */
export class StripeAccount {
  readonly intents = new Map<string, StripeIntent>();
  readonly charges = new Map<string, StripeCharge>();
  readonly refunds = new Map<string, StripeRefund>();
  readonly bookings = new Map<string, BalanceTransaction>();
  readonly events: StripeEvent[] = [];
  /** The currency that money is settled in; null: the charge's own. */
  settlement: string | null = null;
  /** Fees are told at once, or only when `settleFees` is called. */
  feesAtOnce = true;
  /** What becomes of refunds at first. */
  refundStatus: StripeRefund['status'] = 'succeeded';
  /** Told of each event as it happens. */
  onEvent: (event: StripeEvent) => void = () => undefined;

  constructor(
    private readonly base: () => string,
    readonly apiVersion: string,
  ) {}

  createIntent(params: Params): StripeIntent {
    known(params, [
      'amount',
      'currency',
      'capture_method',
      'automatic_payment_methods',
      'description',
      'metadata',
      'expand',
    ]);
    const amount = wholeNumber(params, 'amount');
    const currency = text(params, 'currency');
    if (!/^[a-z]{3}$/.test(currency)) throw invalid(`Invalid currency: ${currency}.`, 'currency', undefined);
    if (amount < 30) throw invalid('Amount must be at least £0.30 gbp', 'amount', 'amount_too_small');
    if (amount > 99_999_999) throw invalid('Amount must be no more than £999,999.99', 'amount', 'amount_too_large');
    const methods = params['automatic_payment_methods'] as Params | undefined;
    const id = newId('pi');
    const intent: StripeIntent = {
      id,
      object: 'payment_intent',
      amount,
      currency,
      capture_method: optional(params, 'capture_method') ?? 'automatic_async',
      client_secret: `${id}_secret_${randomBytes(12).toString('hex')}`,
      created: seconds(),
      description: optional(params, 'description'),
      metadata: metadata(params),
      automatic_payment_methods: methods
        ? { enabled: methods['enabled'] === 'true', allow_redirects: optional(methods, 'allow_redirects') ?? 'always' }
        : null,
      status: 'requires_payment_method',
      amount_received: 0,
      amount_capturable: 0,
      payment_method: null,
      latest_charge: null,
      last_payment_error: null,
      next_action: null,
      cancellation_reason: null,
      canceled_at: null,
    };
    this.intents.set(id, intent);
    this.tell('payment_intent.created', intent);
    return intent;
  }

  confirmIntent(id: string, params: Params): StripeIntent {
    known(params, ['payment_method', 'confirmation_token', 'return_url', 'expand']);
    const intent = this.intent(id);
    const returnUrl = optional(params, 'return_url');
    if (intent.automatic_payment_methods?.allow_redirects === 'always' && returnUrl === null)
      throw invalid('You must provide a `return_url` when confirming.', 'return_url', undefined);
    const method = optional(params, 'payment_method') ?? text(params, 'confirmation_token');
    const card = CARDS[method];
    if (!card) throw invalid(`No such PaymentMethod: '${method}'`, 'payment_method', 'resource_missing');
    this.requireStatus(intent, ['requires_payment_method', 'requires_confirmation', 'requires_action'], 'confirm');
    intent.payment_method = newId('pm');
    intent.last_payment_error = null;
    if (card.decline) throw this.declined(intent, ...card.decline);
    if (card.slow) return this.move(intent, 'processing', 'payment_intent.processing');
    if (!card.step) return this.take(intent);
    intent.next_action = returnUrl
      ? { type: 'redirect_to_url', redirect_to_url: { url: `${this.base()}/bank/${id}`, return_url: returnUrl } }
      : { type: 'use_stripe_sdk', use_stripe_sdk: { type: 'three_d_secure_redirect' } };
    return this.move(intent, 'requires_action', 'payment_intent.requires_action');
  }

  captureIntent(id: string, params: Params): StripeIntent {
    known(params, ['amount_to_capture', 'expand']);
    const intent = this.intent(id);
    this.requireStatus(intent, ['requires_capture'], 'capture');
    return this.collect(intent);
  }

  cancelIntent(id: string, params: Params): StripeIntent {
    known(params, ['cancellation_reason', 'expand']);
    const intent = this.intent(id);
    this.requireStatus(intent, CANCELLABLE, 'cancel');
    return this.close(intent, optional(params, 'cancellation_reason'));
  }

  createRefund(params: Params): StripeRefund {
    known(params, ['payment_intent', 'amount', 'metadata', 'expand']);
    const intent = this.intent(text(params, 'payment_intent'), 'payment_intent', 400);
    const charge = intent.latest_charge === null ? undefined : this.charges.get(intent.latest_charge);
    if (!charge?.captured)
      throw invalid('This PaymentIntent does not have a successful charge to refund.', 'payment_intent');
    const amount = wholeNumber(params, 'amount');
    const left = charge.amount - charge.amount_refunded;
    if (left === 0)
      throw refusal(400, `Charge ${charge.id} has already been refunded.`, { code: 'charge_already_refunded' });
    if (amount > left)
      throw refusal(400, `Refund amount (${amount}) is greater than unrefunded amount on charge (${left})`, {
        code: 'amount_too_large',
        param: 'amount',
      });
    charge.amount_refunded += amount;
    const refund: StripeRefund = {
      id: newId('re'),
      object: 'refund',
      amount,
      currency: charge.currency,
      charge: charge.id,
      payment_intent: intent.id,
      metadata: metadata(params),
      created: seconds(),
      status: this.refundStatus,
    };
    this.refunds.set(refund.id, refund);
    this.tell('refund.created', refund);
    return refund;
  }

  /** The shopper's step at their bank. */
  authenticate(id: string, outcome: 'approved' | 'declined'): void {
    const intent = this.intent(id);
    if (intent.status !== 'requires_action') throw new Error(`${id} is ${intent.status} and waits for no step`);
    intent.next_action = null;
    if (outcome === 'approved') {
      this.take(intent);
      return;
    }
    intent.last_payment_error = {
      type: 'invalid_request_error',
      code: 'payment_intent_authentication_failure',
      message: 'The provided PaymentMethod has failed authentication.',
    };
    this.move(intent, 'requires_payment_method', 'payment_intent.payment_failed');
  }

  /** The shopper's browser, which has the secret, tries once more with another card, as Stripe's own script lets it. */
  confirmFromBrowser(clientSecret: string, card: string): StripeIntent {
    const intent = [...this.intents.values()].find(({ client_secret }) => client_secret === clientSecret);
    if (!intent) throw refusal(404, 'No such payment_intent', { code: 'resource_missing' });
    return this.confirmIntent(intent.id, { payment_method: card, return_url: 'https://shop.example' });
  }

  /** What was processing comes to its end. */
  finish(id: string, outcome: 'succeeded' | 'failed'): void {
    const intent = this.intent(id);
    if (outcome === 'succeeded') this.take(intent);
    else {
      intent.last_payment_error = { type: 'card_error', code: 'payment_method_provider_decline', message: 'Refused.' };
      this.move(intent, 'requires_payment_method', 'payment_intent.payment_failed');
    }
  }

  /** An authorisation that nobody captured in time. */
  lapse(id: string): void {
    this.close(this.intent(id), 'automatic');
  }

  /** Fees that were not known at once. */
  settleFees(): void {
    for (const charge of this.charges.values())
      if (charge.captured && charge.balance_transaction === null) this.book(charge);
  }

  settleRefund(id: string, status: StripeRefund['status']): void {
    const refund = this.refunds.get(id);
    if (!refund) throw new Error(`no refund ${id}`);
    refund.status = status;
    if (status === 'failed') {
      refund.failure_reason = 'expired_or_canceled_card';
      const charge = this.charges.get(refund.charge);
      if (charge) charge.amount_refunded -= refund.amount;
    }
    this.tell(status === 'failed' ? 'refund.failed' : 'refund.updated', refund);
  }

  /** All that was taken and not given back, in the currency's units. */
  get held(): number {
    const taken = [...this.charges.values()].filter(({ captured }) => captured);
    return taken.reduce((sum, { amount, amount_refunded }) => sum + amount - amount_refunded, 0);
  }

  /** The attempt's intents; more than one would be a fault of the adapter. */
  intentsOf(attempt: string): StripeIntent[] {
    return [...this.intents.values()].filter((intent) => intent.metadata['attempt'] === attempt);
  }

  intent(id: string, param = 'intent', status = 404): StripeIntent {
    const intent = this.intents.get(id);
    if (!intent) throw refusal(status, `No such payment_intent: '${id}'`, { code: 'resource_missing', param });
    return intent;
  }

  private take(intent: StripeIntent): StripeIntent {
    const charge: StripeCharge = {
      id: newId('ch'),
      object: 'charge',
      amount: intent.amount,
      currency: intent.currency,
      payment_intent: intent.id,
      metadata: intent.metadata,
      status: 'succeeded',
      captured: false,
      amount_refunded: 0,
      failure_code: null,
      outcome: null,
      balance_transaction: null,
    };
    this.charges.set(charge.id, charge);
    intent.latest_charge = charge.id;
    if (intent.capture_method !== 'manual') return this.collect(intent);
    intent.amount_capturable = intent.amount;
    return this.move(intent, 'requires_capture', 'payment_intent.amount_capturable_updated');
  }

  private collect(intent: StripeIntent): StripeIntent {
    const charge = this.charges.get(intent.latest_charge ?? '');
    if (!charge) throw new Error('nothing to collect');
    charge.captured = true;
    if (this.feesAtOnce) this.book(charge);
    intent.amount_received = intent.amount;
    intent.amount_capturable = 0;
    return this.move(intent, 'succeeded', 'payment_intent.succeeded');
  }

  /** 1.5 % and 20. */
  private book(charge: StripeCharge): void {
    const booking: BalanceTransaction = {
      id: newId('txn'),
      object: 'balance_transaction',
      amount: charge.amount,
      fee: Math.round(charge.amount * 0.015) + 20,
      currency: this.settlement ?? charge.currency,
    };
    this.bookings.set(booking.id, booking);
    charge.balance_transaction = booking.id;
  }

  private declined(intent: StripeIntent, code: string, reason: string): Refusal {
    const charge: StripeCharge = {
      id: newId('ch'),
      object: 'charge',
      amount: intent.amount,
      currency: intent.currency,
      payment_intent: intent.id,
      metadata: intent.metadata,
      status: 'failed',
      captured: false,
      amount_refunded: 0,
      failure_code: code,
      outcome: { reason },
      balance_transaction: null,
    };
    this.charges.set(charge.id, charge);
    intent.latest_charge = charge.id;
    const error = {
      type: 'card_error',
      code,
      decline_code: reason,
      message: 'Your card was declined.',
      charge: charge.id,
    };
    intent.last_payment_error = error;
    this.move(intent, 'requires_payment_method', 'payment_intent.payment_failed');
    return new Refusal(402, { ...error, payment_intent: structuredClone(intent) });
  }

  private close(intent: StripeIntent, reason: string | null): StripeIntent {
    intent.cancellation_reason = reason;
    intent.canceled_at = seconds();
    intent.amount_capturable = 0;
    intent.next_action = null;
    return this.move(intent, 'canceled', 'payment_intent.canceled');
  }

  private requireStatus(intent: StripeIntent, statuses: readonly IntentStatus[], verb: string): void {
    if (statuses.includes(intent.status)) return;
    throw refusal(400, `You cannot ${verb} this PaymentIntent because it has a status of ${intent.status}.`, {
      code: 'payment_intent_unexpected_state',
      payment_intent: structuredClone(intent),
    });
  }

  private move(intent: StripeIntent, status: IntentStatus, event: string): StripeIntent {
    intent.status = status;
    this.tell(event, intent);
    return intent;
  }

  private tell(type: string, object: StripeIntent | StripeRefund): void {
    const event: StripeEvent = {
      id: newId('evt'),
      object: 'event',
      api_version: this.apiVersion,
      created: seconds(),
      type,
      data: { object: structuredClone(object) },
    };
    this.events.push(event);
    this.onEvent(event);
  }
}

export function refusal(status: number, message: string, more: Record<string, unknown> = {}): Refusal {
  return new Refusal(status, { type: 'invalid_request_error', message, ...more });
}

/** Refused before any work was done: nothing is kept under the idempotency key. */
function invalid(message: string, param: string, code?: string): Refusal {
  return new Refusal(400, { type: 'invalid_request_error', message, param, ...(code ? { code } : {}) }, false);
}

function known(params: Params, names: readonly string[]): void {
  for (const name of Object.keys(params))
    if (!names.includes(name)) throw invalid(`Received unknown parameter: ${name}`, name, 'parameter_unknown');
}

function text(params: Params, name: string): string {
  const value = params[name];
  if (typeof value !== 'string' || value === '')
    throw invalid(`Missing required param: ${name}.`, name, 'parameter_missing');
  return value;
}

function optional(params: Params, name: string): string | null {
  const value = params[name];
  return typeof value === 'string' ? value : null;
}

function wholeNumber(params: Params, name: string): number {
  const value = text(params, name);
  if (!/^[1-9]\d*$/.test(value)) throw invalid(`Invalid positive integer`, name, 'parameter_invalid_integer');
  return Number(value);
}

function metadata(params: Params): Metadata {
  return { ...((params['metadata'] ?? {}) as Metadata) };
}

function newId(kind: string): string {
  return `${kind}_${randomBytes(12).toString('hex')}`;
}

function seconds(): number {
  return Math.floor(Date.now() / 1000);
}
