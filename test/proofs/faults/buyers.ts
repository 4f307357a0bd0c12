import { randomUUID } from 'node:crypto';
import { orderBody, type CartJson } from '../../support/shop-fixture.js';
import type { PatientClient, PlainAnswer } from '../support/patient-client.js';

export interface Buyers {
  readonly client: PatientClient;
  readonly variantId: string;
  /** How many buy at the same time; each orders one unit. */
  readonly count: number;
  readonly token?: string;
}

let keys = 0;

/** Buyers at the same time, each with a key and the patience to send it until the answer is final. @returns the final answers */
export function buyAtOnce({ client, variantId, count, token = 'tok_approved' }: Buyers): Promise<PlainAnswer[]> {
  const buy = async (): Promise<PlainAnswer> => {
    const items = [{ variantId, quantity: 1 }];
    const cart = await client.untilFinal({ method: 'POST', path: '/v1/carts', body: { items } });
    if (cart.status !== 201) throw new Error(`A cart was answered with ${cart.status}: ${cart.text}`);
    return client.untilFinal({
      method: 'POST',
      path: '/v1/orders',
      body: orderBody((JSON.parse(cart.text) as CartJson).id, token),
      headers: { 'idempotency-key': `fault-${++keys}-${process.pid}` },
    });
  };
  return Promise.all(Array.from({ length: count }, buy));
}

/**
 * `once` again and again, by so many at the same time, until `over` says so. Nothing of it needs to succeed. Each has a key, and with it a
 * transaction of its own: without one they would share a statement, and its connection.
 */
export async function knock(
  client: PatientClient,
  variantId: string,
  count: number,
  over: () => boolean,
): Promise<PlainAnswer[]> {
  const answers: PlainAnswer[] = [];
  const knocker = async (): Promise<void> => {
    while (!over()) {
      const body = { items: [{ variantId, quantity: 1 }] };
      const headers = { 'idempotency-key': `"${randomUUID()}"` };
      const answer = await client.once({ method: 'POST', path: '/v1/carts', body, headers });
      if (answer) answers.push(answer);
      await new Promise((done) => setTimeout(done, 50));
    }
  };
  await Promise.all(Array.from({ length: count }, knocker));
  return answers;
}
