import { expect } from '@jest/globals';
import type { OrderJson } from '../../support/shop-fixture.js';
import { expectMoneyAgrees, expectOnly, keptMoney, paidOrder, submit, withStatus, type Attack } from './answers.js';
import { cancel, NOT_CANCELLABLE, NOT_REFUNDABLE, ofTotal, refund, REFUND_REFUSALS } from './staff-calls.js';

/** The same units are refunded by several people at once: no unit twice. */
export const doubleRefundByLine: Attack = async (shop) => {
  const variantId = await shop.newVariant({ stock: 10, price: 999 });
  const order = await paidOrder(shop, [variantId, 3]);
  const items = [{ itemId: order.items[0]?.id, quantity: 2, restock: true }];
  const answers = await shop.crowd(5, () => refund(shop, order.id, { items }));
  expectOnly(answers, 201, REFUND_REFUSALS);
  expect(withStatus(answers, 201)).toHaveLength(1);
  expect((await shop.order(order.id)).items[0]?.refundedQuantity).toBe(2);
  expect(await shop.stock(variantId)).toMatchObject({ onHand: 9, reserved: 0 });
  await expectMoneyAgrees(shop, order.id);
};

/** Amounts that are too much together: as many as fit into what was captured. */
export const doubleRefundByAmount: Attack = async (shop) => {
  const variantId = await shop.newVariant({ stock: 10, price: 2000 });
  const order = await paidOrder(shop, [variantId, 1]);
  const answers = await shop.crowd(5, () => refund(shop, order.id, ofTotal(order, 40)));
  expectOnly(answers, 201, REFUND_REFUSALS);
  expect(withStatus(answers, 201)).toHaveLength(2);
  await expectMoneyAgrees(shop, order.id);
};

/** Refunds by line and by amount, mixed, until nothing is left: together never more than was captured. */
export const refundsOfBothKinds: Attack = async (shop) => {
  const variantId = await shop.newVariant({ stock: 10, price: 1501 });
  const order = await paidOrder(shop, [variantId, 3]);
  const itemId = order.items[0]?.id;
  const answers = await shop.crowd(8, (index) =>
    refund(shop, order.id, index % 2 === 0 ? { items: [{ itemId, quantity: 1 }] } : ofTotal(order, 30)),
  );
  expectOnly(answers, 201, REFUND_REFUSALS);
  expect(withStatus(answers, 201).length).toBeGreaterThan(0);
  await expectMoneyAgrees(shop, order.id);
};

/** One refund, sent again and again under one key: given back once. */
export const refundUnderOneKey: Attack = async (shop) => {
  const variantId = await shop.newVariant({ stock: 10 });
  const order = await paidOrder(shop, [variantId, 2]);
  const body = ofTotal(order, 20);
  const answers = await shop.crowd(5, () => refund(shop, order.id, body, `refund-${order.id}`));
  expectOnly(answers, 201, ['idempotency.in_progress']);
  const again = await refund(shop, order.id, body, `refund-${order.id}`);
  expect(new Set([again, ...withStatus(answers, 201)].map(({ text }) => text)).size).toBe(1);
  expect((await shop.order(order.id)).refundedTotal.amount).toBe(body.amount.amount);
  await expectMoneyAgrees(shop, order.id);
};

/** Cancelled by several people at once: the money and the stock come back once. */
export const doubleCancel: Attack = async (shop) => {
  const variantId = await shop.newVariant({ stock: 10 });
  const order = await paidOrder(shop, [variantId, 3]);
  const answers = await shop.crowd(5, () => cancel(shop, order.id));
  expectOnly(answers, 200, [NOT_CANCELLABLE]);
  expect(withStatus(answers, 200)).toHaveLength(1);
  await shop.settled();
  expect(await keptMoney(shop, order.id)).toBe(0);
  expect(await shop.stock(variantId)).toMatchObject({ onHand: 10, reserved: 0 });
  await expectMoneyAgrees(shop, order.id);
};

/** One cancellation, sent again and again under one key: every final answer is word for word the same. */
export const cancelUnderOneKey: Attack = async (shop) => {
  const variantId = await shop.newVariant({ stock: 10 });
  const order = await paidOrder(shop, [variantId, 3]);
  const answers = await shop.crowd(5, () => cancel(shop, order.id, `cancel-${order.id}`));
  expectOnly(answers, 200, ['idempotency.in_progress']);
  const again = await cancel(shop, order.id, `cancel-${order.id}`);
  expect(new Set([again, ...withStatus(answers, 200)].map(({ text }) => text)).size).toBe(1);
  expect(await keptMoney(shop, order.id)).toBe(0);
};

/** Refunded and cancelled at once: everything goes back, and nothing twice. */
export const cancelAgainstRefund: Attack = async (shop) => {
  const variantId = await shop.newVariant({ stock: 10, price: 1234 });
  const order = await paidOrder(shop, [variantId, 3]);
  const items = [{ itemId: order.items[0]?.id, quantity: 1, restock: true }];
  const [cancelled, ...refunded] = await shop.race(
    () => cancel(shop, order.id),
    () => refund(shop, order.id, { items }),
    () => refund(shop, order.id, ofTotal(order, 50)),
  );
  expectOnly([cancelled], 200, []);
  expectOnly(refunded, 201, [...REFUND_REFUSALS, NOT_REFUNDABLE]);
  await shop.settled();
  expect(await shop.order(order.id)).toMatchObject({ status: 'cancelled' });
  expect(await keptMoney(shop, order.id)).toBe(0);
  expect(await shop.stock(variantId)).toMatchObject({ onHand: 10, reserved: 0 });
  await expectMoneyAgrees(shop, order.id);
};

/** The shopper takes the bank's step while the order is cancelled: no money is kept for it, and the stock is back. */
export const stepAgainstCancel: Attack = async (shop) => {
  const variantId = await shop.newVariant({ stock: 10 });
  const cart = await shop.cartOf([variantId, 2]);
  const { json: order } = await submit(shop, cart.id, undefined, {}, 'tok_requires_action');
  const complete = stepOf(order);
  const [cancelled, ...steps] = await shop.race(
    () => cancel(shop, order.id),
    () => shop.guest().post(complete, { outcome: 'approved' }),
    () => shop.guest().post(complete, { outcome: 'approved' }),
  );
  expectOnly([cancelled], 200, []);
  for (const { status } of steps) expect([200, 404, 409]).toContain(status);
  await shop.settled();
  expect(await shop.order(order.id)).toMatchObject({ status: 'cancelled' });
  expect(await keptMoney(shop, order.id)).toBe(0);
  expect(await shop.stock(variantId)).toMatchObject({ onHand: 10, reserved: 0 });
};

/** The step is taken both ways at once: the order ends as the provider's record says. */
export const stepBothWays: Attack = async (shop) => {
  const variantId = await shop.newVariant({ stock: 10 });
  const cart = await shop.cartOf([variantId, 2]);
  const { json: order } = await submit(shop, cart.id, undefined, {}, 'tok_requires_action');
  const outcomes = ['approved', 'declined', 'approved', 'declined'];
  const steps = await shop.crowd(4, (index) => shop.guest().post(stepOf(order), { outcome: outcomes[index] }));
  for (const { status } of steps) expect([200, 409]).toContain(status);
  await shop.settled();
  const paid = (await keptMoney(shop, order.id)) > 0;
  expect((await shop.order(order.id)).status).toBe(paid ? 'paid' : 'payment_failed');
  expect(await shop.stock(variantId)).toMatchObject({ onHand: paid ? 8 : 10, reserved: 0 });
};

function stepOf(order: OrderJson): string {
  const path = new URL(order.nextAction?.url ?? 'http://none').pathname;
  return `${path}/complete`;
}
