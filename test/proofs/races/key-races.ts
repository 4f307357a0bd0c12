import { expect } from '@jest/globals';
import type { Stock } from '../../support/shop-fixture.js';
import { codeOf, expectOnly, submit, withStatus, type Attack } from './answers.js';

/** One key for two different orders at once: one is placed, the other is refused, and neither gets the other's answer. */
export const oneKeyTwoBodies: Attack = async (shop) => {
  const variantId = await shop.newVariant({ stock: 10 });
  const cart = await shop.cartOf([variantId, 1]);
  const key = `reused-${cart.id}`;
  const mails = ['one@example.com', 'two@example.com'];
  const answers = await shop.crowd(6, (index) => submit(shop, cart.id, key, { email: mails[index % 2] }));
  expectOnly(answers, 201, ['idempotency.in_progress', 'idempotency.key_reused']);
  const repeats = await Promise.all(mails.map((email) => submit(shop, cart.id, key, { email })));
  expect(repeats.map(({ status }) => status).sort()).toEqual([201, 422]);
  const winner = repeats.findIndex(({ status }) => status === 201);
  for (const [index, answer] of answers.entries()) {
    if (answer.status === 201) expect(index % 2).toBe(winner);
    if (codeOf(answer) === 'idempotency.key_reused') expect(index % 2).not.toBe(winner);
  }
  expect(await shop.stock(variantId)).toMatchObject({ onHand: 9, reserved: 0 });
};

/** One correction of the stock, sent again and again under one key: made once, and answered the same each time. */
export const adjustmentUnderOneKey: Attack = async (shop) => {
  const variantId = await shop.newVariant({ stock: 10 });
  const adjust = () =>
    shop
      .admin()
      .post<Stock>(
        `/v1/inventory/${variantId}/adjustments`,
        { delta: 5, reason: 'Delivery' },
        { headers: { 'idempotency-key': `delivery-${variantId}` } },
      );
  const answers = await shop.crowd(6, adjust);
  expectOnly(answers, 201, ['idempotency.in_progress']);
  expect(new Set([await adjust(), ...withStatus(answers, 201)].map(({ text }) => text)).size).toBe(1);
  expect(await shop.stock(variantId)).toMatchObject({ onHand: 15 });
};

interface Session {
  readonly accessToken: string;
  readonly refreshToken: string;
}

/**
 * One refresh token, used by several at once: those who meet get one and the same successor, so that the family has one end. Whoever comes when
 * the others are through ends the session for all.
 */
export const refreshInParallel: Attack = async (shop) => {
  const { refreshToken } = await shop.newCustomer();
  const answers = await shop.crowd(5, () => shop.guest().post<Session>('/v1/auth/refresh', { refreshToken }));
  for (const { status } of answers) expect([200, 401]).toContain(status);
  const good = withStatus(answers, 200);
  const [next = '', ...others] = new Set(good.map(({ json }) => json.refreshToken));
  expect([next === '', others]).toEqual([false, []]);
  const expected = good.length === answers.length ? 200 : 401;
  for (const { json } of good)
    expect((await shop.guest().as(json.accessToken).get('/v1/users/me')).status).toBe(expected);
  expect((await shop.guest().post('/v1/auth/refresh', { refreshToken: next })).status).toBe(expected);
  expect((await shop.guest().post('/v1/auth/refresh', { refreshToken })).status).toBe(401);
};
