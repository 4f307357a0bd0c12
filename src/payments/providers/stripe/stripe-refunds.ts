import type Stripe from 'stripe';
import type { RefundLookUp, RefundQuestion, RefundRequest, RefundResult } from '../../domain/payment-provider.js';
import { toStripeAmount } from './stripe-amounts.js';
import type { StripeClient } from './stripe-client.js';
import { isCardError, isInvalidRequest, troubleOf } from './stripe-errors.js';
import { firstOf } from './stripe-search.js';

/** Gives money back. Stripe, too, refuses what exceeds the charge, whatever the shop's own books say. */
export class StripeRefunds {
  constructor(private readonly client: StripeClient) {}

  async refund({ key, chargeKey, chargeReference, amount, signal }: RefundRequest): Promise<RefundResult> {
    const asked = toStripeAmount(amount);
    if (!asked.ok) return { outcome: 'failed', detail: sentence(asked.detail) };
    const made = await this.client.ask(signal, (api) =>
      api.refunds.create(
        { payment_intent: chargeReference, amount: asked.amount, metadata: { refund: key, attempt: chargeKey } },
        { idempotencyKey: key },
      ),
    );
    if (!made.ok) return refusedOr(made.error, signal);
    const result = resultOf(made.value);
    return result.outcome === 'pending' ? { outcome: 'unknown', detail: 'Stripe is still at work' } : result;
  }

  async lookUpRefund({ key, chargeReference, signal }: RefundQuestion): Promise<RefundLookUp> {
    const found = await this.client.ask(signal, (api) =>
      firstOf(
        api.refunds.list({ payment_intent: chargeReference, limit: 100 }),
        ({ metadata }) => metadata?.['refund'] === key,
      ),
    );
    if (!found.ok) return troubleOf(found.error, signal);
    return found.value ? resultOf(found.value) : { outcome: 'not_found' };
  }
}

function resultOf({
  id,
  status,
  failure_reason,
}: Stripe.Refund): Exclude<RefundResult, { outcome: 'error' }> | { outcome: 'pending' } {
  if (status === 'succeeded') return { outcome: 'succeeded', reference: id };
  if (status === 'failed' || status === 'canceled')
    return { outcome: 'failed', detail: sentence(`Stripe could not give it back (${failure_reason ?? status})`) };
  return { outcome: 'pending' };
}

/** What Stripe refuses as it stands is final: more than is left of the charge, a charge in dispute, a balance that does not suffice. */
function refusedOr(error: unknown, signal: AbortSignal): RefundResult {
  if (isInvalidRequest(error) || isCardError(error))
    return { outcome: 'failed', detail: sentence(error.message || (error.code ?? 'Stripe refused it')) };
  return troubleOf(error, signal);
}

function sentence(text: string): string {
  const trimmed = text.slice(0, 500).trim();
  return trimmed.endsWith('.') ? trimmed : `${trimmed}.`;
}
