import { expect } from '@jest/globals';
import type { ProofShop } from '../support/proof-shop.js';
import { expectMoneyAgrees, expectOnly, keptMoney, paidOrder, withStatus, type Attack } from './answers.js';
import { askFor, cancel, NOT_CANCELLABLE, refund, REFUND_REFUSALS, type SentOrderJson } from './staff-calls.js';

const SENT_OR_GONE = ['orders.not_fulfillable', 'orders.fulfil_quantity'];

const read = async (shop: ProofShop, id: string) => (await shop.order(id)) as SentOrderJson;

/** The same goods are sent by several people at once: one parcel. */
export const doubleParcel: Attack = async (shop) => {
  const variantId = await shop.newVariant({ stock: 10 });
  const order = await paidOrder(shop, [variantId, 3]);
  const answers = await shop.crowd(5, () => askFor(shop, order.id, 'fulfilments', {}));
  expectOnly(answers, 201, SENT_OR_GONE);
  expect(withStatus(answers, 201)).toHaveLength(1);
  expect((await read(shop, order.id)).items[0]?.fulfilledQuantity).toBe(3);
  expect(await shop.stock(variantId)).toMatchObject({ onHand: 7, reserved: 0 });
};

/** Parcels of a part each, more than there is: never more units than were bought. */
export const parcelsOfParts: Attack = async (shop) => {
  const variantId = await shop.newVariant({ stock: 10 });
  const order = await paidOrder(shop, [variantId, 5]);
  const items = [{ itemId: order.items[0]?.id, quantity: 2 }];
  const answers = await shop.crowd(5, () => askFor(shop, order.id, 'fulfilments', { items }));
  expectOnly(answers, 201, SENT_OR_GONE);
  expect(withStatus(answers, 201)).toHaveLength(2);
  expect((await read(shop, order.id)).items[0]?.fulfilledQuantity).toBe(4);
};

/** Sent and cancelled at once: either the goods are gone and paid for, or they are here and the money is back. */
export const cancelAgainstParcel: Attack = async (shop) => {
  const variantId = await shop.newVariant({ stock: 10 });
  const order = await paidOrder(shop, [variantId, 3]);
  const [cancelled, sent] = await shop.race(
    () => cancel(shop, order.id),
    () => askFor(shop, order.id, 'fulfilments', {}),
  );
  expectOnly([cancelled], 200, [NOT_CANCELLABLE]);
  expectOnly([sent], 201, SENT_OR_GONE);
  expect([cancelled.status, sent.status].filter((status) => status < 300)).toHaveLength(1);
  await shop.settled();
  const gone = sent.status === 201;
  expect(await keptMoney(shop, order.id)).toBe(gone ? order.total.amount : 0);
  expect(await shop.stock(variantId)).toMatchObject({ onHand: gone ? 7 : 10, reserved: 0 });
  expect((await read(shop, order.id)).status).toBe(gone ? 'paid' : 'cancelled');
};

/** Units are refunded while they are sent: each is either sent or given up, and refunded once. */
export const refundAgainstParcel: Attack = async (shop) => {
  const variantId = await shop.newVariant({ stock: 10, price: 777 });
  const order = await paidOrder(shop, [variantId, 4]);
  const items = [{ itemId: order.items[0]?.id, quantity: 3 }];
  const [refunded, sent] = await shop.race(
    () => refund(shop, order.id, { items }),
    () => askFor(shop, order.id, 'fulfilments', { items }),
  );
  expectOnly([refunded], 201, REFUND_REFUSALS);
  expectOnly([sent], 201, SENT_OR_GONE);
  const [line] = (await read(shop, order.id)).items;
  expect((line?.fulfilledQuantity ?? 0) + (line?.cancelledQuantity ?? 0)).toBeLessThanOrEqual(4);
  expect(line?.refundedQuantity).toBe(refunded.status === 201 ? 3 : 0);
  await expectMoneyAgrees(shop, order.id);
};

/** More returns are asked for at once than units were sent. */
export const returnsOfTheSame: Attack = async (shop) => {
  const variantId = await shop.newVariant({ stock: 10 });
  const order = await paidOrder(shop, [variantId, 2]);
  await askFor(shop, order.id, 'fulfilments', {});
  const items = [{ itemId: order.items[0]?.id, quantity: 1 }];
  const answers = await shop.crowd(5, () => askFor(shop, order.id, 'returns', { items }));
  expectOnly(answers, 201, ['orders.return_quantity', 'orders.too_many_returns']);
  expect(withStatus(answers, 201)).toHaveLength(2);
};

/** One return is received, and paid back, by several people at once: once. */
export const doubleReceipt: Attack = async (shop) => {
  const variantId = await shop.newVariant({ stock: 10, price: 888 });
  const order = await paidOrder(shop, [variantId, 2]);
  await askFor(shop, order.id, 'fulfilments', {});
  const asked = await askFor(shop, order.id, 'returns', { items: [{ itemId: order.items[0]?.id, quantity: 2 }] });
  const step = `returns/${asked.json.returns[0]?.id ?? ''}`;
  await askFor(shop, order.id, `${step}/approve`, {});
  const answers = await shop.crowd(5, () => askFor(shop, order.id, `${step}/receive`, { refund: true }));
  expectOnly(answers, 200, ['orders.return_state']);
  expect(withStatus(answers, 200)).toHaveLength(1);
  expect((await read(shop, order.id)).items[0]).toMatchObject({ returnedQuantity: 2, refundedQuantity: 2 });
  expect(await shop.stock(variantId)).toMatchObject({ onHand: 10, reserved: 0 });
  await expectMoneyAgrees(shop, order.id);
};
