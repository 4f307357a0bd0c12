import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CartBatches } from '../../src/cart/data/cart-batches.js';
import type { CartLineRow, CartRow, CartWrite } from '../../src/cart/data/cart-rows.js';
import { Db } from '../../src/platform/database/index.js';
import { newCapability, newId } from '../../src/platform/ids/index.js';
import { makeVariant } from '../support/shop-fixture.js';
import { asCustomer, startTestApp, type TestApp } from '../support/test-app.js';

let shop: TestApp;
let db: Db;
let carts: CartBatches;
let variants: string[];

beforeAll(async () => {
  shop = await startTestApp();
  db = shop.app.get(Db, { strict: false });
  carts = shop.app.get(CartBatches, { strict: false });
  variants = [(await makeVariant(shop)).variantId, (await makeVariant(shop)).variantId];
});
afterAll(() => shop.close());

const NOW = new Date('2026-06-01T10:00:00Z');
const LATER = new Date('2026-06-02T10:00:00Z');
const EXPIRES = new Date('2099-01-01T00:00:00Z');

const lineOf = (variant: number, quantity: number): CartLineRow => ({
  id: newId(),
  variantId: variants[variant] ?? '',
  quantity,
});
function newCart(lines: readonly CartLineRow[], change: Partial<CartRow> = {}): CartWrite {
  const cart: CartRow = {
    ...{ id: newCapability(), customerId: null, status: 'active', currency: 'GBP', mergedIntoId: null, orderId: null },
    ...{ version: 1, expiresAt: EXPIRES, ...change },
  };
  return { cart, lines, now: NOW, expiresAt: EXPIRES };
}
const changeOf = ({ cart }: CartWrite, lines: readonly CartLineRow[]): CartWrite => ({
  ...{ cart, lines, now: LATER, expiresAt: EXPIRES },
});
const linesOf = async (id: string) =>
  (await carts.find(id))?.lines.map(({ variantId, quantity }) => [variants.indexOf(variantId), quantity]);
const created = async (write: CartWrite) => {
  await carts.create(write);
  return write;
};

describe('carts that many shoppers use at the same moment', () => {
  it('are made with the lines of each', async () => {
    const made = [newCart([lineOf(0, 1), lineOf(1, 2)]), newCart([]), newCart([lineOf(1, 7)])];
    await Promise.all(made.map((cart) => carts.create(cart)));
    expect(await Promise.all(made.map(({ cart }) => linesOf(cart.id)))).toEqual([
      [
        [0, 1],
        [1, 2],
      ],
      [],
      [[1, 7]],
    ]);
    expect(await carts.find(made[0]?.cart.id ?? '')).toMatchObject(made[0]?.cart ?? {});
  });

  it('are made though one of them cannot be', async () => {
    const good = newCart([lineOf(0, 1)]);
    const bad = newCart([{ ...lineOf(0, 1), variantId: newId() }]);
    const [first, second] = await Promise.allSettled([carts.create(bad), carts.create(good)]);
    expect(first).toMatchObject({ status: 'rejected', reason: { code: '23503' } });
    expect(second.status).toBe('fulfilled');
    expect(await linesOf(good.cart.id)).toEqual([[0, 1]]);
    expect(await carts.find(bad.cart.id)).toBeUndefined();
  });

  it('change each by its own', async () => {
    const [one, two] = [await created(newCart([lineOf(0, 1)])), await created(newCart([lineOf(0, 5)]))];
    const done = await Promise.all([
      carts.change(changeOf(one, [{ ...(one.lines[0] as CartLineRow), quantity: 3 }])),
      carts.change(changeOf(two, [lineOf(1, 9)])),
    ]);
    expect(done).toEqual([true, true]);
    expect([await linesOf(one.cart.id), await linesOf(two.cart.id)]).toEqual([
      [[0, 3]],
      [
        [0, 5],
        [1, 9],
      ],
    ]);
    const row = await db.prisma.cart.findUniqueOrThrow({ where: { id: one.cart.id } });
    expect(row).toMatchObject({ version: 2, updatedAt: LATER, expiresAt: EXPIRES });
  });

  it('change once of two changes at the same moment', async () => {
    const cart = await created(newCart([]));
    const done = await Promise.all([
      carts.change(changeOf(cart, [lineOf(0, 1)])),
      carts.change(changeOf(cart, [lineOf(1, 1)])),
    ]);
    expect(done).toEqual([true, false]);
    expect(await linesOf(cart.cart.id)).toEqual([[0, 1]]);
  });

  it('stay as they are when they are not what was read', async () => {
    const customer = await asCustomer(shop);
    const changed = await created(newCart([]));
    await db.prisma.cart.update({ where: { id: changed.cart.id }, data: { version: 2 } });
    const claimed = await created(newCart([]));
    await db.prisma.cart.update({ where: { id: claimed.cart.id }, data: { customerId: customer.id } });
    const merged = await created(newCart([]));
    await db.prisma.cart.update({
      where: { id: merged.cart.id },
      data: { status: 'merged', customerId: customer.id, mergedIntoId: changed.cart.id },
    });
    const asMerged = { ...merged, cart: { ...merged.cart, customerId: customer.id } };
    const missing = newCart([]);
    const all = [changed, claimed, asMerged, missing];
    expect(await Promise.all(all.map((cart) => carts.change(changeOf(cart, [lineOf(0, 1)]))))).toEqual(
      all.map(() => false),
    );
    expect(await Promise.all(all.map(({ cart }) => linesOf(cart.id)))).toEqual([[], [], [], undefined]);
    const own = { ...claimed, cart: { ...claimed.cart, customerId: customer.id } };
    expect(await carts.change(changeOf(own, [lineOf(0, 1)]))).toBe(true);
  });

  it('do not wait for one that is locked', async () => {
    const [locked, free] = [await created(newCart([])), await created(newCart([]))];
    const holder = await db.pool.connect();
    try {
      await holder.query('begin');
      await holder.query('select from cart where id = $1 for update', [locked.cart.id]);
      const done = [locked, free].map((cart) => carts.change(changeOf(cart, [lineOf(0, 1)])));
      expect(await Promise.all(done)).toEqual([false, true]);
    } finally {
      await holder.query('rollback');
      holder.release();
    }
    expect(await linesOf(locked.cart.id)).toEqual([]);
  });
});
