import { orderBody, type CartJson, type OrderJson } from '../../support/shop-fixture.js';
import type { PatientClient, PlainAnswer, PlainCall } from '../support/patient-client.js';
import type { Random } from '../support/random.js';

/** What a key was answered in the end. */
export interface Purchase {
  readonly key: string;
  readonly token: string;
  readonly cartId: string;
  readonly lines: readonly { readonly variantId: string; readonly quantity: number }[];
  readonly answer: PlainAnswer;
  /** Where the answer was 201. */
  readonly order: OrderJson | undefined;
  readonly ms: number;
}

/** Mostly approved, and a share of everything else that a provider does. */
const TOKENS: readonly (readonly [token: string, upTo: number])[] = [
  ['tok_declined', 0.05],
  ['tok_timeout_charged', 0.09],
  ['tok_timeout_not_charged', 0.12],
  ['tok_approved', 1],
];

export interface BuyersOptions {
  readonly client: PatientClient;
  readonly random: Random;
  readonly variants: readonly string[];
  readonly orders: number;
  /** How many buy at the same time. */
  readonly atOnce: number;
}

/** Buyers at work. */
export interface Buying {
  /** How many have their answer. */
  readonly done: () => number;
  /** Whether all have, or one has given up. */
  readonly over: () => boolean;
  readonly finished: Promise<readonly Purchase[]>;
}

/** Buyers that do not give up: each fills a cart and orders it under a key, as often as it takes. */
export function buy({ client, random, variants, orders, atOnce }: BuyersOptions): Buying {
  const purchases: Purchase[] = [];
  let next = 0;
  const buyer = async () => {
    while (next < orders) {
      const key = `storm-${String(next++)}-${String(random.seed)}`;
      const draw = random.next();
      const token = TOKENS.find(([, upTo]) => draw < upTo)?.[0] ?? 'tok_approved';
      const lines = random
        .shuffled(variants)
        .slice(0, random.between(1, 3))
        .map((variantId) => ({ variantId, quantity: random.between(1, 2) }));
      purchases.push(await purchase(client, key, token, lines));
    }
  };
  let over = false;
  const finished = Promise.all(Array.from({ length: atOnce }, buyer))
    .then(() => purchases)
    .finally(() => (over = true));
  // Whoever waits for it hears of a failure, if later.
  finished.catch(() => undefined);
  return { done: () => purchases.length, over: () => over, finished };
}

async function purchase(
  client: PatientClient,
  key: string,
  token: string,
  lines: Purchase['lines'],
): Promise<Purchase> {
  const cart = await client.untilFinal({ method: 'POST', path: '/v1/carts', body: { items: lines } });
  if (cart.status !== 201) throw new Error(`A cart was answered with ${cart.status}: ${cart.text}`);
  const { id: cartId } = JSON.parse(cart.text) as CartJson;
  const started = Date.now();
  const answer = await client.untilFinal(orderCall(cartId, token, key));
  const order = answer.status === 201 ? (JSON.parse(answer.text) as OrderJson) : undefined;
  return { key, token, cartId, lines, answer, order, ms: Date.now() - started };
}

/** The same again, word for word. */
export function repeat({ cartId, token, key }: Purchase): PlainCall {
  return orderCall(cartId, token, key);
}

function orderCall(cartId: string, token: string, key: string): PlainCall {
  const headers = { 'idempotency-key': key };
  return { method: 'POST', path: '/v1/orders', body: orderBody(cartId, token), headers };
}
