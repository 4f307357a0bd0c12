import type Stripe from 'stripe';
import type { ChargeQuestion } from '../../domain/payment-provider.js';
import type { Reply, StripeClient } from './stripe-client.js';
import { WITH_FEE } from './stripe-intents.js';

/** How far Stripe's clock may be behind the shop's. */
const BEFORE_SECONDS = 5 * 60;
/** How long after its attempt an intent may have been made, by a process that stood still in between. */
const AFTER_SECONDS = 60 * 60;
const PAGE = 100;
/** More would not come within the time for an answer either. The newest come first, and what is asked after is seldom old. */
const MAX_INTENTS = 5_000;

/**
 * The attempt's intent: by its name where it is known, else among those made around the time of the attempt, by its metadata. The list
 * and not Stripe's search, which lags behind by up to a minute. Null when there is none.
 */
export function findIntent(
  client: StripeClient,
  { key, reference, createdAt, signal }: ChargeQuestion,
): Promise<Reply<Stripe.PaymentIntent | null>> {
  return client.ask<Stripe.PaymentIntent | null>(signal, async (api) => {
    if (reference) return api.paymentIntents.retrieve(reference, { expand: WITH_FEE });
    const seconds = Math.floor(createdAt.getTime() / 1000);
    const list = api.paymentIntents.list({
      created: { gte: seconds - BEFORE_SECONDS, lte: seconds + AFTER_SECONDS },
      limit: PAGE,
      expand: WITH_FEE.map((field) => `data.${field}`),
    });
    const found = await firstOf(list, ({ metadata }) => metadata['attempt'] === key);
    return found;
  });
}

/**
 * The first item that fits, over as many pages as it takes.
 * @throws Error when there are more items than can be looked through
 */
export async function firstOf<T>(items: AsyncIterable<T>, fits: (item: T) => boolean): Promise<T | null> {
  let count = 0;
  for await (const item of items) {
    if (fits(item)) return item;
    if (++count >= MAX_INTENTS) throw new Error('too many entries to look through');
  }
  return null;
}
