import type Stripe from 'stripe';
import type {
  CaptureResult,
  ChargeLookUp,
  ChargeQuestion,
  ChargeRequest,
  ChargeResult,
  ProviderError,
  Unknown,
  VoidResult,
} from '../../domain/payment-provider.js';
import { toStripeAmount } from './stripe-amounts.js';
import type { Reply, StripeClient } from './stripe-client.js';
import {
  declineCodeOf,
  isAmountLimit,
  isCardError,
  isInvalidRequest,
  isReplayedFault,
  isStripeError,
  isTokenFault,
  isUnexpectedState,
  troubleOf,
} from './stripe-errors.js';
import { stateOf, WITH_FEE } from './stripe-intents.js';
import { findIntent } from './stripe-search.js';

type Intent = Stripe.PaymentIntent;
type Attempt = Pick<ChargeQuestion, 'key' | 'amount' | 'capture' | 'description' | 'signal'>;
type Means = { readonly payment_method: string } | { readonly confirmation_token: string };

const CLOSED: ProviderError = { outcome: 'error', detail: 'the key is closed' };

/**
 * A charge is a payment intent. It is made first and confirmed then, so that whatever goes wrong before the second request cannot have
 * cost the shopper anything: nobody but this adapter knows the intent, and nothing else confirms it.
 */
export class StripeCharges {
  constructor(
    private readonly client: StripeClient,
    /** Where the bank sends the shopper back to; absent: only means of payment that need no page of their own. */
    private readonly returnUrl: string | undefined,
  ) {}

  async charge(request: ChargeRequest): Promise<ChargeResult> {
    const means = meansOf(request.token);
    if (!means) return { outcome: 'declined', declineCode: 'invalid_token' };
    const made = await this.create(request);
    if (!('ok' in made)) return made;
    if (!made.ok) return notCreated(made.error, request.signal);
    const confirmed = await this.confirm(request, made.value.id, means);
    if (!confirmed.ok) return this.notConfirmed(request, made.value.id, confirmed.error);
    // A stored answer tells of the past; what has been captured or voided since stands in the intent alone.
    return isReplay(confirmed.value)
      ? this.current(request, made.value.id)
      : chargeResultOf(confirmed.value, request.amount);
  }

  async lookUp(question: ChargeQuestion): Promise<ChargeLookUp> {
    const found = await findIntent(this.client, question);
    if (!found.ok) return troubleOf(found.error, question.signal);
    if (!found.value) return { outcome: 'not_found' };
    const state = stateOf(found.value, question.amount);
    if (state.outcome === 'unconfirmed') return { outcome: 'not_found' };
    if (state.outcome !== 'declined') return state;
    return state.final
      ? { outcome: 'declined', declineCode: state.declineCode }
      : this.decline(question, found.value, state.declineCode);
  }

  /**
   * Without a key of its own: an intent is captured once by nature, while under a key the answer of a fault at Stripe would come back
   * for a day although the money is there to be taken.
   */
  async capture(question: ChargeQuestion): Promise<CaptureResult> {
    const found = await findIntent(this.client, question);
    if (!found.ok) return troubleOf(found.error, question.signal);
    if (!found.value) return { outcome: 'not_capturable', detail: 'Stripe has no record of this charge.' };
    const before = captureResultOf(found.value, question);
    if (before) return before;
    const { id } = found.value;
    const captured = await this.client.ask(question.signal, (api) =>
      api.paymentIntents.capture(id, { expand: WITH_FEE }),
    );
    if (captured.ok)
      return captureResultOf(captured.value, question) ?? { outcome: 'unknown', detail: 'not captured yet' };
    return this.notCaptured(question, captured.error);
  }

  async void(question: ChargeQuestion): Promise<VoidResult> {
    const found = await findIntent(this.client, question);
    if (!found.ok) return troubleOf(found.error, question.signal);
    if (found.value) return this.cancel(found.value, question.signal);
    // An intent under the attempt's key that is cancelled: what still comes under the key finds it, and cannot confirm it.
    const made = await this.create(question);
    if (!('ok' in made) || (!made.ok && canNeverBe(made.error))) return { outcome: 'voided' };
    return made.ok ? this.cancel(made.value, question.signal) : troubleOf(made.error, question.signal);
  }

  /** The same request for the same attempt, whoever makes it: else Stripe refuses the key. An amount that Stripe does not take is an error. */
  private async create(attempt: Attempt): Promise<Reply<Intent> | ProviderError> {
    const { key, amount, capture, description, signal } = attempt;
    const asked = toStripeAmount(amount);
    if (!asked.ok) return { outcome: 'error', detail: asked.detail };
    return this.client.ask(signal, (api) =>
      api.paymentIntents.create(
        {
          amount: asked.amount,
          currency: amount.currency.toLowerCase(),
          // Not `automatic_async`, which is the default: the fee is known at once.
          capture_method: capture ? 'automatic' : 'manual',
          automatic_payment_methods: { enabled: true, allow_redirects: this.returnUrl ? 'always' : 'never' },
          ...(description ? { description } : {}),
          metadata: { attempt: key },
        },
        { idempotencyKey: key },
      ),
    );
  }

  private confirm({ key, signal }: Attempt, id: string, means: Means) {
    return this.client.ask(signal, (api) =>
      api.paymentIntents.confirm(
        id,
        { ...means, ...(this.returnUrl ? { return_url: this.returnUrl } : {}), expand: WITH_FEE },
        { idempotencyKey: `${key}:confirm` },
      ),
    );
  }

  private async notConfirmed(request: ChargeRequest, id: string, error: unknown): Promise<ChargeResult> {
    if (isCardError(error)) return { outcome: 'declined', declineCode: declineCodeOf(error) };
    if (isUnexpectedState(error)) return this.current(request, id);
    if (isTokenFault(error)) return { outcome: 'declined', declineCode: 'invalid_token' };
    return troubleOf(error, request.signal);
  }

  private async current({ amount, signal }: ChargeRequest, id: string): Promise<ChargeResult> {
    const now = await this.client.ask(signal, (api) => api.paymentIntents.retrieve(id, { expand: WITH_FEE }));
    if (now.ok) return chargeResultOf(now.value, amount);
    return { outcome: 'unknown', detail: troubleOf(now.error, signal).detail };
  }

  /**
   * Makes a refusal final. After a failed step at the bank the shopper's browser holds the intent's secret and could confirm it once
   * more, with another card, when the order has long been given up.
   */
  private async decline(
    question: ChargeQuestion,
    intent: Intent,
    declineCode: ReturnType<typeof declineCodeOf>,
  ): Promise<ChargeLookUp> {
    const closed = await this.cancel(intent, question.signal);
    if (closed.outcome === 'voided') return { outcome: 'declined', declineCode };
    // It went on in the meantime: the next question sees how.
    return closed.outcome === 'not_voidable' ? { outcome: 'pending' } : closed;
  }

  private async cancel(intent: Intent, signal: AbortSignal): Promise<VoidResult> {
    if (intent.status === 'canceled') return { outcome: 'voided' };
    const canceled = await this.client.ask(signal, (api) =>
      api.paymentIntents.cancel(intent.id, { cancellation_reason: 'abandoned' }),
    );
    if (canceled.ok) return { outcome: 'voided' };
    if (!isUnexpectedState(canceled.error)) return troubleOf(canceled.error, signal);
    const status = canceled.error.payment_intent?.status;
    if (status === 'canceled') return { outcome: 'voided' };
    return status === 'succeeded'
      ? { outcome: 'not_voidable', detail: 'The money was taken; it can only be refunded.' }
      : { outcome: 'unknown', detail: 'the intent cannot be cancelled now' };
  }

  private async notCaptured(question: ChargeQuestion, error: unknown): Promise<CaptureResult> {
    const trouble = troubleOf(error, question.signal);
    if (isCardError(error)) return { outcome: 'not_capturable', detail: 'The bank refused it.' };
    if (!isInvalidRequest(error)) return trouble;
    // Captured, cancelled or lapsed in the meantime.
    const found = await findIntent(this.client, question);
    if (!found.ok || !found.value) return trouble;
    return captureResultOf(found.value, question) ?? trouble;
  }
}

/** @returns null for what is no token of Stripe's: it goes nowhere */
function meansOf(token: string): Means | null {
  const kind = /^(pm|ctoken)_\w{1,200}$/.exec(token)?.[1];
  if (kind === undefined) return null;
  return kind === 'pm' ? { payment_method: token } : { confirmation_token: token };
}

function notCreated(error: unknown, signal: AbortSignal): ChargeResult {
  if (isAmountLimit(error)) return { outcome: 'declined', declineCode: 'card_declined' };
  const trouble = troubleOf(error, signal);
  // Another request under the key is under way, or was made with other parameters: that one may have gone on to charge.
  if (signal.aborted || (isStripeError(error) && isKeyTrouble(error))) return trouble;
  return { outcome: 'error', detail: trouble.detail };
}

function isKeyTrouble({ type, statusCode }: { type: string; statusCode?: number }): boolean {
  return type === 'StripeIdempotencyError' || statusCode === 409;
}

/** Under this key no intent was made, and none can be as long as Stripe knows the key: the request itself is at fault, or has failed for good. */
function canNeverBe(error: unknown): boolean {
  return isReplayedFault(error) || (isInvalidRequest(error) && error.statusCode === 400);
}

function isReplay(answer: { lastResponse: { headers: Record<string, string> } }): boolean {
  return answer.lastResponse.headers['idempotent-replayed'] === 'true';
}

function chargeResultOf(intent: Intent, amount: ChargeRequest['amount']): ChargeResult | Unknown {
  const state = stateOf(intent, amount);
  switch (state.outcome) {
    case 'declined':
      return { outcome: 'declined', declineCode: state.declineCode };
    case 'voided':
      return CLOSED;
    case 'pending':
    case 'unconfirmed':
      return { outcome: 'unknown', detail: `the intent is ${intent.status}` };
    case 'captured':
    case 'authorized':
    case 'requires_action':
    case 'unknown':
      return state;
  }
}

/** Null when it can be captured. */
function captureResultOf(intent: Intent, { amount }: ChargeQuestion): CaptureResult | null {
  const state = stateOf(intent, amount);
  switch (state.outcome) {
    case 'authorized':
      return null;
    case 'captured':
    case 'unknown':
      return state;
    case 'pending':
      return { outcome: 'unknown', detail: 'the intent is processing' };
    case 'voided':
      return { outcome: 'not_capturable', detail: 'The authorisation was cancelled or has lapsed.' };
    case 'declined':
    case 'unconfirmed':
    case 'requires_action':
      return { outcome: 'not_capturable', detail: 'The charge was never authorised.' };
  }
}
