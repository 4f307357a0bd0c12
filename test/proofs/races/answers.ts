import { expect } from '@jest/globals';
import type { Answer } from '../../support/api-client.js';
import { orderBody, type OrderJson } from '../../support/shop-fixture.js';
import type { ProofShop } from '../support/proof-shop.js';

/** One attack: repeatable on the same shop, with things of its own. Fails by throwing. */
export type Attack = (shop: ProofShop) => Promise<void>;

interface Charged {
  readonly status: string;
  readonly amount: number;
  readonly refunded: number;
}

export function withStatus<T>(answers: readonly Answer<T>[], status: number): Answer<T>[] {
  return answers.filter((answer) => answer.status === status);
}

export function codeOf(answer: Answer<unknown>): string {
  return (answer.json as { code?: string } | undefined)?.code ?? '';
}

/** Every answer has the one status, or one of the problems. */
export function expectOnly(answers: readonly Answer<unknown>[], success: number, problems: readonly string[]): void {
  const strange = answers.filter(({ status, ...answer }) => {
    return status !== success && !problems.includes(codeOf({ status, ...answer }));
  });
  expect(strange.map(({ status, text }) => `${status} ${text.slice(0, 300)}`)).toEqual([]);
}

/** Submits a guest's cart at some process. */
export function submit(shop: ProofShop, cartId: string, key?: string, more: object = {}, token = 'tok_approved') {
  return shop
    .guest()
    .post<OrderJson>('/v1/orders', orderBody(cartId, token, more), key ? { headers: { 'idempotency-key': key } } : {});
}

/** A paid order of a guest. */
export async function paidOrder(
  shop: ProofShop,
  ...items: readonly (readonly [variantId: string, quantity: number])[]
): Promise<OrderJson> {
  const cart = await shop.cartOf(...items);
  const { status, json, text } = await submit(shop, cart.id);
  if (status !== 201) throw new Error(`The order was not placed: ${text}`);
  return json;
}

/** What the provider says that it took and gave back for the order. */
export async function chargesOf(shop: ProofShop, orderId: string): Promise<Charged[]> {
  return shop.sql<Charged & Record<string, unknown>>(
    `select c.status, c.amount::int as amount, c.refunded::int as refunded
     from test_provider_charge c join payment_attempt p on p.id::text = c.key where p.order_id = $1`,
    [orderId],
  );
}

/** What is left with the provider of the order's money, by its own record. */
export async function keptMoney(shop: ProofShop, orderId: string): Promise<number> {
  const charges = await chargesOf(shop, orderId);
  return charges
    .filter(({ status }) => status === 'captured')
    .reduce((sum, { amount, refunded }) => sum + amount - refunded, 0);
}

/** Not more was given back than was taken, and the order says the same as the provider. */
export async function expectMoneyAgrees(shop: ProofShop, orderId: string): Promise<void> {
  const order = await shop.order(orderId);
  const captured = (await chargesOf(shop, orderId)).filter(({ status }) => status === 'captured');
  const taken = captured.reduce((sum, { amount }) => sum + amount, 0);
  const back = captured.reduce((sum, { refunded }) => sum + refunded, 0);
  expect(back).toBeLessThanOrEqual(taken);
  expect(order.refundedTotal.amount).toBe(back);
  if (taken > 0) expect(taken).toBe(order.total.amount);
}
