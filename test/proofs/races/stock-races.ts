import { expect } from '@jest/globals';
import type { OrderJson, Stock } from '../../support/shop-fixture.js';
import type { ProofShop } from '../support/proof-shop.js';
import { expectOnly, submit, withStatus, type Attack } from './answers.js';

const SHORT = 'inventory.insufficient_stock';

/** The last units of a variant are in many carts: as many orders as units, and every other one is refused for the stock. */
export const lastUnit: Attack = async (shop) => {
  const units = shop.random.between(1, 2);
  const variantId = await shop.newVariant({ stock: units });
  const carts = await Promise.all(Array.from({ length: 6 }, () => shop.cartOf([variantId, 1])));
  const answers = await shop.each(carts, ({ id }) => submit(shop, id));
  expectOnly(answers, 201, [SHORT]);
  const sold = withStatus(answers, 201);
  expect(sold).toHaveLength(units);
  expect(sold.map(({ json }) => json.status)).toEqual(sold.map(() => 'paid'));
  expect(await shop.stock(variantId)).toMatchObject({ onHand: 0, reserved: 0 });
};

/** Two lines of one cart ask for one variant's last units, and more than there are: never both. */
export const lastUnitAgainstTwice: Attack = async (shop) => {
  const variantId = await shop.newVariant({ stock: 3 });
  const carts = await Promise.all([
    shop.cartOf([variantId, 2], [variantId, 1]),
    shop.cartOf([variantId, 2]),
    shop.cartOf([variantId, 2]),
  ]);
  const answers = await shop.each(carts, ({ id }) => submit(shop, id));
  expectOnly(answers, 201, [SHORT]);
  expect(withStatus(answers, 201)).toHaveLength(1);
  const sold = unitsOf(
    withStatus(answers, 201).map(({ json }) => json),
    variantId,
  );
  expect(await shop.stock(variantId)).toMatchObject({ onHand: 3 - sold, reserved: 0 });
};

/** Carts hold the same variants in different orders: no deadlock comes through, and what was sold is what is gone. */
export const oppositeOrders: Attack = async (shop) => {
  const stock = 4;
  const variants = await Promise.all(Array.from({ length: 4 }, () => shop.newVariant({ stock })));
  const carts = await Promise.all(
    Array.from({ length: 6 }, () => {
      const items = shop.random.shuffled(variants).slice(0, 3);
      return shop.cartOf(...items.map((id) => [id, shop.random.between(1, 2)] as const));
    }),
  );
  const answers = await shop.each(carts, ({ id }) => submit(shop, id));
  expectOnly(answers, 201, [SHORT]);
  const orders = withStatus(answers, 201).map(({ json }) => json);
  for (const variantId of variants) {
    expect(await shop.stock(variantId)).toMatchObject({ onHand: stock - unitsOf(orders, variantId), reserved: 0 });
  }
};

/** Staff correct the stock while it is sold: no change of either side is lost. */
export const adjustAgainstSale: Attack = async (shop) => {
  const variantId = await shop.newVariant({ stock: 6 });
  const carts = await Promise.all(Array.from({ length: 4 }, () => shop.cartOf([variantId, 2])));
  const deltas = [-1, 3, -4];
  const [sales, changes] = await Promise.all([
    shop.each(carts, ({ id }) => submit(shop, id)),
    shop.each(deltas, (delta) => adjust(shop, variantId, { delta })),
  ]);
  expectOnly(sales, 201, [SHORT]);
  expectOnly(changes, 201, ['inventory.below_reserved']);
  const net = changes.reduce((sum, { status }, index) => sum + (status === 201 ? (deltas[index] ?? 0) : 0), 0);
  const sold = 2 * withStatus(sales, 201).length;
  expect(await shop.stock(variantId)).toMatchObject({ onHand: 6 + net - sold, reserved: 0 });
};

/** Staff set the stock to a count while it is sold: what is sold before the count is in it, what is sold after comes off. */
export const countAgainstSale: Attack = async (shop) => {
  const variantId = await shop.newVariant({ stock: 4 });
  const carts = await Promise.all(Array.from({ length: 4 }, () => shop.cartOf([variantId, 1])));
  // Above all that can be on hand, so that the count always changes something.
  const count = shop.random.between(5, 8);
  const [counted, sales] = await Promise.all([
    shop.race(() => adjust(shop, variantId, { onHand: count })).then(([answer]) => answer),
    shop.each(carts, ({ id }) => submit(shop, id)),
  ]);
  expectOnly([counted], 201, []);
  expectOnly(sales, 201, []);
  const [later] = await shop.sql<{ units: number }>(
    `select coalesce(-sum(delta), 0)::int as units from stock_movement where variant_id = $1 and kind = 'sale'
       and id > (select id from stock_movement where variant_id = $1 and kind = 'adjustment')`,
    [variantId],
  );
  expect(await shop.stock(variantId)).toMatchObject({ onHand: count - (later?.units ?? NaN), reserved: 0 });
};

function adjust(shop: ProofShop, variantId: string, change: object) {
  return shop.admin().post<Stock>(`/v1/inventory/${variantId}/adjustments`, { ...change, reason: 'Proof' });
}

function unitsOf(orders: readonly OrderJson[], variantId: string): number {
  return orders
    .flatMap(({ items }) => items)
    .filter((item) => item.variantId === variantId)
    .reduce((sum, { quantity }) => sum + quantity, 0);
}
