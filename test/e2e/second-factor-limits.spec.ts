import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { ApiClient } from '../support/api-client.js';
import { asSecuredCustomer, startSibling, TestClock, wrongCode, type SecuredClient } from '../support/second-factor.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const ENV = { RATE_LIMIT: 'on', TRUSTED_PROXIES: '1' };

let shop: TestApp;
let sibling: { app: NestFastifyApplication; guest: ApiClient };
let clock: TestClock;

beforeAll(async () => {
  shop = await startTestApp(ENV);
  sibling = await startSibling(shop, ENV);
  clock = new TestClock(shop.app, sibling.app);
});
afterAll(async () => {
  await sibling.app.close();
  await shop.close();
});
beforeEach(() => clock.reset());

interface Answer {
  code: string;
  secondFactor: { token: string };
}

let addresses = 0;
/** From another address each time, so that no limit by address is in the way. */
const post = (path: string, body: object, client = shop.guest) =>
  client.post<Answer>(path, body, { headers: { 'x-forwarded-for': `198.51.100.${++addresses}` } });
const stepOf = async (who: SecuredClient) =>
  (await post('/v1/auth/login', { email: who.email, password: who.password })).json.secondFactor.token;
const show = (token: string, code: string, client?: ApiClient) =>
  post('/v1/auth/login/second-factor', { token, code }, client);

describe('guessing codes with the password in hand', () => {
  it('ends after twenty wrong ones a day, over all sign-ins and servers, and leaves the owner the recovery codes', async () => {
    const who = await asSecuredCustomer(shop, clock);
    const wrong = wrongCode(clock, who.secret);
    const codes: string[] = [];
    for (let sign = 0; sign < 5; sign++) {
      const token = await stepOf(who);
      const answers = await Promise.all(
        Array.from({ length: 5 }, (_, index) => show(token, wrong, index % 2 ? sibling.guest : shop.guest)),
      );
      codes.push(...answers.map(({ status, json }) => `${status} ${json.code}`));
    }
    expect(codes.filter((code) => code === '401 auth.second_factor_wrong')).toHaveLength(20);
    expect(codes.filter((code) => code === '429 auth.rate_limited')).toHaveLength(5);

    const token = await stepOf(who);
    const right = await show(token, clock.nextCode(who.secret));
    expect(right.status).toBe(429);
    expect(Number(right.headers.get('retry-after'))).toBeGreaterThan(3600);
    expect((await show(token, who.recoveryCodes[0] ?? '')).status).toBe(200);
  });

  it('counts no right code', async () => {
    const who = await asSecuredCustomer(shop, clock);
    for (let sign = 0; sign < 22; sign++)
      expect((await show(await stepOf(who), clock.nextCode(who.secret))).status).toBe(200);
  });
});

describe('guessing the password with the session in hand', () => {
  it('is slowed down', async () => {
    const who = await asSecuredCustomer(shop, clock);
    const disable = (password: string) => who.client.post<Answer>('/v1/auth/totp/disable', { password });
    const statuses: number[] = [];
    for (let guess = 0; guess < 11; guess++) statuses.push((await disable(`guess number ${guess}`)).status);
    expect(statuses).toEqual([...Array<number>(10).fill(422), 429]);
    expect((await disable(who.password)).status).toBe(429);
  });
});
