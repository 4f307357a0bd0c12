import type Stripe from 'stripe';
import { isUuid, type PaymentId, type RefundId } from '../../../platform/ids/index.js';
import type { ProviderDelivery, ProviderNews } from '../../domain/payment-provider.js';
import type { StripeClient } from './stripe-client.js';

/**
 * Reads a webhook with Stripe's own verifier: the signature over the bytes as they came, not older than five minutes.
 * @returns null for what is not Stripe's, and for everything as long as there is no secret
 */
export function readStripeNews(
  client: StripeClient,
  secret: string | undefined,
  { body, headers }: ProviderDelivery,
): ProviderNews | null {
  const signature = headers['stripe-signature'];
  if (secret === undefined || typeof signature !== 'string') return null;
  try {
    return newsOf(client.direct.webhooks.constructEvent(body, signature, secret));
  } catch {
    return null;
  }
}

function newsOf(event: Stripe.Event): ProviderNews {
  return {
    eventId: event.id,
    type: event.type,
    occurredAt: new Date(event.created * 1000),
    subject: subjectOf(event),
  };
}

/** By the metadata that this adapter gave it; what has none was made by someone else. */
function subjectOf({ type, data }: Stripe.Event): ProviderNews['subject'] {
  const metadata = 'metadata' in data.object ? data.object.metadata : null;
  // An intent that was only made: the shop has made it itself, and is about to confirm it.
  if (type.startsWith('payment_intent.') && type !== 'payment_intent.created') {
    const key = metadata?.['attempt'];
    return isId(key) ? { kind: 'payment', key: key as PaymentId } : null;
  }
  if (type.startsWith('refund.') || type === 'charge.refund.updated') {
    const key = metadata?.['refund'];
    return isId(key) ? { kind: 'refund', key: key as RefundId } : null;
  }
  return null;
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && isUuid(value);
}
