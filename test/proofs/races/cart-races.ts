import { expect } from '@jest/globals';
import type { Answer, CallOptions } from '../../support/api-client.js';
import type { CartJson, OrderJson } from '../../support/shop-fixture.js';
import type { ProofShop } from '../support/proof-shop.js';
import { chargesOf, expectOnly, submit, withStatus, type Attack } from './answers.js';

const TAKEN = 'cart.already_ordered';
const RUNNING = 'idempotency.in_progress';

/** One cart, submitted many times with one key, to different processes: one order, and every final answer word for word the same. */
export const oneCartOneKey: Attack = async (shop) => {
  const variantId = await shop.newVariant({ stock: 5 });
  const cart = await shop.cartOf([variantId, 1]);
  const answers = await shop.crowd(6, () => submit(shop, cart.id, `key-${cart.id}`));
  expectOnly(answers, 201, [RUNNING]);
  const again = await submit(shop, cart.id, `key-${cart.id}`);
  expect(again.status).toBe(201);
  expect(new Set([again, ...withStatus(answers, 201)].map(({ text }) => text)).size).toBe(1);
  await expectOneOrder(shop, cart.id, variantId, 4);
};

/** The same without keys, or each with its own: one order, and the others are told which. */
export const oneCartManyKeys: Attack = async (shop) => {
  const variantId = await shop.newVariant({ stock: 5 });
  const cart = await shop.cartOf([variantId, 1]);
  const answers = await shop.crowd(6, (index) =>
    submit(shop, cart.id, index % 2 === 0 ? undefined : `key-${cart.id}-${index}`),
  );
  expectOnly(answers, 201, [TAKEN]);
  const placed = withStatus(answers, 201);
  expect(placed).toHaveLength(1);
  const told = withStatus(answers, 409).map(({ json }) => (json as unknown as { orderId: string }).orderId);
  expect(told).toEqual(told.map(() => placed[0]?.json.id));
  await expectOneOrder(shop, cart.id, variantId, 4);
};

type Change = (cart: CartJson, other: string) => (client: ReturnType<ProofShop['guest']>) => Promise<Answer<CartJson>>;

const CHANGES: Readonly<Record<string, Change>> = {
  add: (cart, other) => (client) =>
    client.post<CartJson>(`/v1/carts/${cart.id}/items`, { variantId: other, quantity: 2 }),
  raise: (cart) => (client) =>
    client.patch<CartJson>(`/v1/carts/${cart.id}/items/${cart.items[0]?.id ?? ''}`, { quantity: 3 }),
  remove: (cart) => (client) => client.delete<CartJson>(`/v1/carts/${cart.id}/items/${cart.items[0]?.id ?? ''}`),
};

/** The cart is changed while it is ordered: what was charged is what was ordered, and a change that was granted is in the order. */
export const cartChangedDuringCheckout: Attack = async (shop) => {
  const [first, second, other] = await Promise.all([
    shop.newVariant({ stock: 50, price: 1100 }),
    shop.newVariant({ stock: 50, price: 700 }),
    shop.newVariant({ stock: 50, price: 300 }),
  ]);
  const cart = await shop.cartOf([first, 1], [second, 1]);
  const change = CHANGES[shop.random.pick(Object.keys(CHANGES))];
  if (!change) throw new Error('There is no such change.');
  const [placed, changed] = await shop.race(
    () => submit(shop, cart.id),
    () => change(cart, other)(shop.guest()),
  );
  expectOnly([placed], 201, []);
  expectOnly([changed], 200, [TAKEN]);
  const agreed = changed.status === 200 ? changed.json : cart;
  expect(linesOf(placed.json)).toEqual(linesOf(agreed));
  expect(placed.json.subtotal).toEqual(agreed.subtotal);
  expect(await chargesOf(shop, placed.json.id)).toMatchObject([
    { status: 'captured', amount: placed.json.total.amount },
  ]);
};

/** The price changes while the cart is ordered at an expected total: that total is charged, or nothing is. */
export const priceAgainstExpectedTotal: Attack = async (shop) => {
  const variantId = await shop.newVariant({ stock: 50, price: 1000 });
  const cart = await shop.cartOf([variantId, 2]);
  const query = `/v1/carts/${cart.id}`;
  const expectedTotal = (await quote(shop, variantId)) ?? cart.total;
  const [placed] = await shop.race(
    () => submit(shop, cart.id, undefined, { expectedTotal }),
    () => shop.admin().patch(`/v1/variants/${variantId}`, { price: { amount: 1500, currency: 'GBP' } }, OK),
  );
  expectOnly([placed], 201, ['order.total_changed']);
  if (placed.status === 201) {
    expect(placed.json.total).toEqual(expectedTotal);
    expect(await chargesOf(shop, placed.json.id)).toMatchObject([{ amount: expectedTotal.amount }]);
    return;
  }
  expect((await shop.guest().get<CartJson>(query)).json.status).toBe('active');
  expect(await ordersOf(shop, cart.id)).toEqual([]);
};

const OK: CallOptions = { expect: 200 };

/** What two units cost with their shipping, from an order of the same, placed before. */
async function quote(shop: ProofShop, variantId: string): Promise<OrderJson['total'] | undefined> {
  const cart = await shop.cartOf([variantId, 2]);
  return (await submit(shop, cart.id)).json.total;
}

/** A guest's cart is claimed while the guest orders it: the goods are in the order or in the customer's cart, never in both. */
export const claimAgainstCheckout: Attack = async (shop) => {
  const variantId = await shop.newVariant({ stock: 5 });
  const [customer, cart] = await Promise.all([shop.newCustomer(), shop.cartOf([variantId, 1])]);
  const withOwnCart = shop.random.next() < 0.5;
  if (withOwnCart) await customer.at().post('/v1/carts', { items: [{ variantId, quantity: 1 }] }, { expect: 201 });
  const [placed, claimed] = await shop.race(
    () => submit(shop, cart.id),
    () => customer.at().post<CartJson>(`/v1/carts/${cart.id}/claim`, {}),
  );
  expectOnly([placed], 201, ['cart.not_found', TAKEN]);
  expectOnly([claimed], 200, [TAKEN, 'cart.not_found']);
  expect([placed.status, claimed.status].filter((status) => status < 300)).toHaveLength(1);
  const mine = await customer.at().get<CartJson>('/v1/users/me/cart');
  const units = mine.status === 200 ? mine.json.items.reduce((sum, { quantity }) => sum + quantity, 0) : 0;
  expect(units + (placed.status === 201 ? 1 : 0)).toBe(withOwnCart ? 2 : 1);
};

/** Two customers claim one guest's cart: it becomes the cart of one. */
export const twoClaimants: Attack = async (shop) => {
  const variantId = await shop.newVariant({ stock: 5 });
  const [ada, grace, cart] = await Promise.all([shop.newCustomer(), shop.newCustomer(), shop.cartOf([variantId, 2])]);
  const claims = await shop.each([ada, grace], (who) => who.at().post<CartJson>(`/v1/carts/${cart.id}/claim`, {}));
  expectOnly(claims, 200, ['cart.not_found']);
  expect(withStatus(claims, 200)).toHaveLength(1);
  const carts = await Promise.all([ada, grace].map((who) => who.at().get<CartJson>('/v1/users/me/cart')));
  expect(withStatus(carts, 200).flatMap(({ json }) => json.items.map(({ quantity }) => quantity))).toEqual([2]);
};

/** One customer claims two carts at once, on two devices: one active cart, with the lines of both. */
export const claimOfTwoCarts: Attack = async (shop) => {
  const variants = await Promise.all([shop.newVariant({ stock: 5 }), shop.newVariant({ stock: 5 })]);
  const [customer, ...carts] = await Promise.all([
    shop.newCustomer(),
    ...variants.map((variantId) => shop.cartOf([variantId, 1])),
  ]);
  const claims = await shop.each(carts, ({ id }) => customer.at().post<CartJson>(`/v1/carts/${id}/claim`, {}));
  expectOnly(claims, 200, []);
  const mine = await customer.at().get<CartJson>('/v1/users/me/cart', OK);
  expect(mine.json.items.map((item) => item.variantId).sort()).toEqual([...variants].sort());
  const active = await shop.sql(`select 1 from cart where customer_id = $1 and status = 'active'`, [customer.id]);
  expect(active).toHaveLength(1);
};

async function expectOneOrder(shop: ProofShop, cartId: string, variantId: string, left: number): Promise<void> {
  const orders = await ordersOf(shop, cartId);
  expect(orders).toMatchObject([{ status: 'paid' }]);
  expect(await chargesOf(shop, orders[0]?.id ?? '')).toHaveLength(1);
  expect(await shop.stock(variantId)).toMatchObject({ onHand: left, reserved: 0 });
}

function ordersOf(shop: ProofShop, cartId: string): Promise<{ id: string; status: string }[]> {
  return shop.sql(`select id::text as id, status::text as status from "order" where cart_id = $1`, [cartId]);
}

function linesOf({ items }: Pick<CartJson | OrderJson, 'items'>): string[] {
  return items.map(({ variantId, quantity, lineTotal }) => `${variantId} ${quantity} ${lineTotal.amount}`).sort();
}
