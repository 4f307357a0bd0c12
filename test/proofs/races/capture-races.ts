import { expect } from '@jest/globals';
import type { ProofShop } from '../support/proof-shop.js';
import { chargesOf, expectOnly, keptMoney, paidOrder, withStatus, type Attack } from './answers.js';
import { askFor, cancel } from './staff-calls.js';

const CAPTURE_REFUSALS = ['orders.not_capturable', 'orders.capture_pending'];

function capture(shop: ProofShop, orderId: string, key?: string) {
  return askFor(shop, orderId, 'capture', undefined, key);
}

/** Money that was set aside is taken by several people at once: once. */
export const doubleCapture: Attack = async (shop) => {
  const variantId = await shop.newVariant({ stock: 10 });
  const order = await paidOrder(shop, [variantId, 2]);
  expect(order.status).toBe('authorized');
  const answers = await shop.crowd(5, () => capture(shop, order.id));
  expectOnly(answers, 200, CAPTURE_REFUSALS);
  expect(withStatus(answers, 200)).toHaveLength(1);
  expect(await chargesOf(shop, order.id)).toMatchObject([{ status: 'captured', amount: order.total.amount }]);
  expect(await shop.stock(variantId)).toMatchObject({ onHand: 8, reserved: 0 });
};

/** One capture, sent again and again under one key: every final answer is word for word the same. */
export const captureUnderOneKey: Attack = async (shop) => {
  const variantId = await shop.newVariant({ stock: 10 });
  const order = await paidOrder(shop, [variantId, 2]);
  const answers = await shop.crowd(5, () => capture(shop, order.id, `capture-${order.id}`));
  expectOnly(answers, 200, ['idempotency.in_progress']);
  const again = await capture(shop, order.id, `capture-${order.id}`);
  expect(new Set([again, ...withStatus(answers, 200)].map(({ text }) => text)).size).toBe(1);
};

/** Taken and given up at once: the money is here and the goods are sold, or neither. */
export const captureAgainstCancel: Attack = async (shop) => {
  const variantId = await shop.newVariant({ stock: 10 });
  const order = await paidOrder(shop, [variantId, 2]);
  const [captured, cancelled] = await shop.race(
    () => capture(shop, order.id),
    () => cancel(shop, order.id),
  );
  expectOnly([captured], 200, CAPTURE_REFUSALS);
  expectOnly([cancelled], 200, ['orders.not_cancellable', 'orders.capture_pending']);
  await shop.settled();
  const { status } = await shop.order(order.id);
  expect(status).toBe(cancelled.status === 200 ? 'cancelled' : 'paid');
  expect(await keptMoney(shop, order.id)).toBe(status === 'paid' ? order.total.amount : 0);
  expect(await shop.stock(variantId)).toMatchObject({ onHand: status === 'paid' ? 8 : 10, reserved: 0 });
};

/** Nothing is sent of an order whose money is not there yet, however close the capture is. */
export const captureAgainstParcel: Attack = async (shop) => {
  const variantId = await shop.newVariant({ stock: 10 });
  const order = await paidOrder(shop, [variantId, 2]);
  const [captured, sent] = await shop.race(
    () => capture(shop, order.id),
    () => askFor(shop, order.id, 'fulfilments', {}),
  );
  expectOnly([captured], 200, []);
  expectOnly([sent], 201, ['orders.not_fulfillable']);
  expect(await keptMoney(shop, order.id)).toBe(order.total.amount);
  expect(await shop.stock(variantId)).toMatchObject({ onHand: 8, reserved: 0 });
};
