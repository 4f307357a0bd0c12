import type Stripe from 'stripe';
import type { ProviderRecord } from '../../domain/payment-provider.js';
import { fromStripeAmount } from './stripe-amounts.js';
import type { StripeClient } from './stripe-client.js';
import { describe } from './stripe-errors.js';
import { chargeOf, feeOf, stateOf } from './stripe-intents.js';

const PAGE = 100;

/**
 * What Stripe holds of the shop's charges. Intents that the shop did not make are left out, and those that were made and never
 * confirmed, which are no charges yet.
 * @throws Error when Stripe cannot be asked, or says an amount that is none of its currency
 */
export async function* recordsOf(client: StripeClient, from: Date, to: Date): AsyncGenerator<ProviderRecord> {
  try {
    const list = client.direct.paymentIntents.list({
      created: { gte: Math.floor(from.getTime() / 1000), lt: Math.ceil(to.getTime() / 1000) },
      limit: PAGE,
      expand: ['data.latest_charge.balance_transaction', 'data.latest_charge.refunds'],
    });
    for await (const intent of list) {
      const key = intent.metadata['attempt'];
      const record = key === undefined ? null : await recordOf(client, intent, key);
      if (record) yield record;
    }
  } catch (error) {
    throw new Error(`Stripe’s record cannot be read: ${describe(error)}`);
  }
}

async function recordOf(
  client: StripeClient,
  intent: Stripe.PaymentIntent,
  key: string,
): Promise<ProviderRecord | null> {
  const currency = intent.currency.toUpperCase();
  const amount = { amount: exact(intent.amount, intent), currency };
  const { outcome } = stateOf(intent, amount);
  if (outcome === 'unconfirmed') return null;
  const isCaptured = intent.status === 'succeeded';
  return {
    key,
    reference: intent.id,
    status: isCaptured ? 'captured' : outcome === 'unknown' ? 'pending' : outcome,
    amount,
    captured: isCaptured ? exact(intent.amount_received, intent) : 0n,
    fee: isCaptured ? feeOf(intent) : null,
    refunds: isCaptured ? await refundsOf(client, intent) : [],
  };
}

/** What was given back or is about to be. A refund made elsewhere, as by hand at Stripe, goes by Stripe's name for it. */
async function refundsOf(client: StripeClient, intent: Stripe.PaymentIntent): Promise<ProviderRecord['refunds']> {
  const known = chargeOf(intent)?.refunds;
  if (known?.data.length === 0 && !known.has_more) return [];
  const refunds: Stripe.Refund[] = [];
  if (known && !known.has_more) refunds.push(...known.data);
  else
    for await (const refund of client.direct.refunds.list({ payment_intent: intent.id, limit: PAGE }))
      refunds.push(refund);
  return refunds
    .filter(({ status }) => status !== 'failed' && status !== 'canceled')
    .map((refund) => ({ key: refund.metadata?.['refund'] ?? refund.id, amount: exact(refund.amount, intent) }));
}

function exact(amount: number, { id, currency }: Stripe.PaymentIntent): bigint {
  const converted = fromStripeAmount(amount, currency);
  if (converted === null) throw new RangeError(`${id} has an amount that is none of ${currency}`);
  return converted;
}
