import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { ApiClient } from '../support/api-client.js';
import { asSecuredCustomer, startSibling, TestClock, wrongCode, type SecuredClient } from '../support/second-factor.js';
import { withDatabase } from '../support/shop-fixture.js';
import { asAdmin, asCustomer, startTestApp, type SignedInClient, type TestApp } from '../support/test-app.js';

interface Step {
  token: string;
  methods: string[];
  expiresIn: number;
}
interface Answer {
  code: string;
  accessToken: string;
  refreshToken: string;
  user: { id: string };
  secondFactor: Step;
  recoveryCodes: string[];
  secret: string;
  uri: string;
}
interface Factors {
  password: boolean;
  totp: { enabled: boolean; enabledAt: string | null };
  recoveryCodesLeft: number;
  passkeys: unknown[];
}

let shop: TestApp;
let sibling: { app: NestFastifyApplication; guest: ApiClient };
let clock: TestClock;

beforeAll(async () => {
  shop = await startTestApp();
  sibling = await startSibling(shop);
  clock = new TestClock(shop.app, sibling.app);
});
afterAll(async () => {
  await sibling.app.close();
  await shop.close();
});
beforeEach(() => clock.reset());

const login = (who: SignedInClient) =>
  shop.guest.post<Answer>('/v1/auth/login', { email: who.email, password: who.password });
const stepOf = async (who: SignedInClient) => (await login(who)).json.secondFactor.token;
const show = (token: string, code: string, client = shop.guest) =>
  client.post<Answer>('/v1/auth/login/second-factor', { token, code });
const factorsOf = async (who: SignedInClient) =>
  (await who.client.get<Factors>('/v1/auth/factors', { expect: 200 })).json;
const told = ({ status, json }: { status: number; json: { code?: string } | undefined }) => [status, json?.code];

/** What the owner was told of. */
const noticesOf = (who: SignedInClient) =>
  withDatabase(shop, async (client) => {
    const { rows } = await client.query<{ change: string }>(
      `select payload->>'change' as change from outbox_event where type = 'users.security_notice' and subject_id = $1 order by id`,
      [who.id],
    );
    return rows.map(({ change }) => change);
  });
const actionsOn = (who: SignedInClient) =>
  withDatabase(shop, async (client) => {
    const { rows } = await client.query<{ action: string }>(
      `select action from audit_entry where subject_type = 'user' and subject_id = $1 and action like 'auth.%' order by id`,
      [who.id],
    );
    return rows.map(({ action }) => action);
  });

describe('setting the second factor up', () => {
  it('asks for nothing before a code of the app was shown, and for a code from then on', async () => {
    const customer = await asCustomer(shop);
    expect(await factorsOf(customer)).toEqual({
      password: true,
      totp: { enabled: false, enabledAt: null },
      recoveryCodesLeft: 0,
      passkeys: [],
    });
    const begun = await customer.client.post<Answer>('/v1/auth/totp', { password: customer.password });
    expect(begun.status).toBe(201);
    expect(begun.headers.get('cache-control')).toBe('no-store');
    expect(begun.json.uri).toContain(encodeURIComponent(customer.email));
    expect((await login(customer)).json.accessToken).toBeDefined();

    const confirmed = await customer.client.post<Answer>('/v1/auth/totp/confirm', {
      code: clock.code(begun.json.secret),
    });
    expect(confirmed.status).toBe(200);
    expect(confirmed.headers.get('cache-control')).toBe('no-store');
    expect(new Set(confirmed.json.recoveryCodes).size).toBe(10);
    const { totp, recoveryCodesLeft } = await factorsOf(customer);
    expect([totp.enabled, recoveryCodesLeft]).toEqual([true, 10]);

    const { status, json } = await login(customer);
    expect(status).toBe(200);
    expect(json).toEqual({
      secondFactor: { token: expect.any(String) as unknown, methods: ['totp', 'recovery_code'], expiresIn: 300 },
    });
    expect(await noticesOf(customer)).toEqual(['totp_enabled']);
    expect(await actionsOn(customer)).toEqual(['auth.totp_enabled']);
  });

  it('keeps the secret sealed and the codes as hashes', async () => {
    const who = await asSecuredCustomer(shop, clock);
    const rows = await withDatabase(shop, async (client) =>
      JSON.stringify([
        (await client.query('select * from totp where user_id = $1', [who.id])).rows,
        (await client.query("select encode(hash, 'escape') from recovery_code where user_id = $1", [who.id])).rows,
      ]),
    );
    expect(rows).not.toContain(who.secret);
    for (const code of who.recoveryCodes) expect(rows).not.toContain(code.replaceAll('-', ''));
  });

  it('refuses a wrong code, one without a secret, and one that comes too late', async () => {
    const customer = await asCustomer(shop);
    const confirm = (code: string) => customer.client.post<Answer>('/v1/auth/totp/confirm', { code });
    expect(told(await confirm('123456'))).toEqual([409, 'auth.totp_missing']);
    const { json } = await customer.client.post<Answer>('/v1/auth/totp', { password: customer.password });
    expect(told(await confirm(wrongCode(clock, json.secret)))).toEqual([422, 'auth.code_wrong']);
    expect(told(await confirm(clock.code(json.secret, 3)))).toEqual([422, 'auth.code_wrong']);
    expect(told(await confirm('１２３４５６'))).toEqual([422, 'auth.code_wrong']);
    clock.advance(15 * 60_000);
    expect(told(await confirm(clock.code(json.secret)))).toEqual([409, 'auth.totp_missing']);
    expect((await factorsOf(customer)).totp.enabled).toBe(false);
  });

  it('is confirmed once of several at a time, and not begun anew while it is on', async () => {
    const customer = await asCustomer(shop);
    const { json } = await customer.client.post<Answer>('/v1/auth/totp', { password: customer.password });
    const code = clock.code(json.secret);
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => customer.client.post<Answer>('/v1/auth/totp/confirm', { code })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409]);
    expect(told(await customer.client.post('/v1/auth/totp', { password: customer.password }))).toEqual([
      409,
      'auth.totp_enabled',
    ]);
  });

  it('is for the person alone', async () => {
    const customer = await asCustomer(shop);
    const begin = (proof: object) => customer.client.post<Answer>('/v1/auth/totp', proof);
    expect(told(await begin({}))).toEqual([403, 'auth.proof_required']);
    expect(told(await begin({ password: 'not the password' }))).toEqual([422, 'auth.password_wrong']);
    expect(told(await begin({ code: '123456' }))).toEqual([422, 'auth.code_wrong']);
    expect(told(await begin({ password: null }))).toEqual([422, 'request.invalid']);
    expect(told(await begin({ password: 'x'.repeat(300) }))).toEqual([422, 'request.invalid']);
    for (const [method, path] of [
      ['GET', 'factors'],
      ['POST', 'totp'],
      ['POST', 'totp/confirm'],
      ['POST', 'totp/disable'],
      ['POST', 'recovery-codes'],
    ] as const)
      expect(
        told(await shop.guest.call<Answer>(method, `/v1/auth/${path}`, method === 'GET' ? undefined : {})),
      ).toEqual([401, 'auth.required']);
  });
});

describe('the second step of a sign-in', () => {
  it('takes a code of the app and begins a session that says so', async () => {
    const who = await asSecuredCustomer(shop, clock);
    const token = await stepOf(who);
    const { status, json, headers } = await show(token, clock.nextCode(who.secret));
    expect([status, json.user.id]).toEqual([200, who.id]);
    expect(headers.get('cache-control')).toBe('no-store');
    expect((await shop.guest.as(json.accessToken).get('/v1/users/me')).status).toBe(200);
    const [session] = await withDatabase(
      shop,
      async (client) =>
        (
          await client.query<{ method: string; second_factor: boolean }>(
            'select method, second_factor from session where user_id = $1 order by created_at desc limit 1',
            [who.id],
          )
        ).rows,
    );
    expect(session).toEqual({ method: 'password', second_factor: true });
    expect(told(await show(token, clock.nextCode(who.secret)))).toEqual([401, 'auth.sign_in_step_invalid']);
  });

  it('takes the code of the step before and after, and none further off', async () => {
    const who = await asSecuredCustomer(shop, clock);
    clock.advance(300_000);
    for (const [steps, status] of [
      [-2, 401],
      [2, 401],
      [-1, 200],
      [1, 200],
    ] as const)
      expect((await show(await stepOf(who), clock.code(who.secret, steps))).status).toBe(status);
  });

  it('takes no code twice, nor one before the last', async () => {
    const who = await asSecuredCustomer(shop, clock);
    const code = clock.nextCode(who.secret);
    expect((await show(await stepOf(who), code)).status).toBe(200);
    const token = await stepOf(who);
    expect(told(await show(token, code))).toEqual([401, 'auth.second_factor_wrong']);
    expect(told(await show(token, clock.code(who.secret, -1)))).toEqual([401, 'auth.second_factor_wrong']);
    expect((await show(token, clock.code(who.secret, 1))).status).toBe(200);
  });

  it('takes a code once of many at a time, over two servers', async () => {
    const who = await asSecuredCustomer(shop, clock);
    const tokens = await Promise.all(Array.from({ length: 8 }, () => stepOf(who)));
    const code = clock.nextCode(who.secret);
    const answers = await Promise.all(
      tokens.map((token, index) => show(token, code, index % 2 ? sibling.guest : shop.guest)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(7).fill(401)]);
  });

  it('takes a token once of many at a time, over two servers', async () => {
    const who = await asSecuredCustomer(shop, clock);
    const token = await stepOf(who);
    clock.advance(60_000);
    const codes = [-1, 0, 1].map((steps) => clock.code(who.secret, steps)).concat(who.recoveryCodes.slice(0, 5));
    const answers = await Promise.all(
      codes.map((code, index) => show(token, code, index % 2 ? sibling.guest : shop.guest)),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('takes a recovery code once, however it is typed, and tells the owner', async () => {
    const who = await asSecuredCustomer(shop, clock);
    const [code = ''] = who.recoveryCodes;
    expect((await show(await stepOf(who), ` ${code.toUpperCase().replaceAll('-', ' ')}`)).status).toBe(200);
    expect(told(await show(await stepOf(who), code))).toEqual([401, 'auth.second_factor_wrong']);
    expect((await factorsOf(who)).recoveryCodesLeft).toBe(9);
    expect(await noticesOf(who)).toEqual(['totp_enabled', 'recovery_code_used']);
    expect(await actionsOn(who)).toEqual(['auth.totp_enabled', 'auth.recovery_code_used', 'auth.sign_in_failed']);
  });

  it('takes a recovery code once of many at a time, over two servers', async () => {
    const who = await asSecuredCustomer(shop, clock);
    const [code = ''] = who.recoveryCodes;
    const tokens = await Promise.all(Array.from({ length: 8 }, () => stepOf(who)));
    const answers = await Promise.all(
      tokens.map((token, index) => show(token, code, index % 2 ? sibling.guest : shop.guest)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(7).fill(401)]);
    expect((await factorsOf(who)).recoveryCodesLeft).toBe(9);
  });

  it("takes no other account's code or recovery code", async () => {
    const who = await asSecuredCustomer(shop, clock);
    const other = await asSecuredCustomer(shop, clock);
    const token = await stepOf(who);
    for (const code of [clock.nextCode(other.secret), other.recoveryCodes[0] ?? ''])
      expect(told(await show(token, code))).toEqual([401, 'auth.second_factor_wrong']);
  });

  it('ends with the fifth wrong code, also of many at a time, and tells the owner', async () => {
    const who = await asSecuredCustomer(shop, clock);
    const wrong = wrongCode(clock, who.secret);
    const token = await stepOf(who);
    const answers = await Promise.all(
      Array.from({ length: 9 }, (_, index) => show(token, wrong, index % 2 ? sibling.guest : shop.guest)),
    );
    expect(answers.map(({ json }) => json.code).sort()).toEqual(
      [
        ...Array<string>(5).fill('auth.second_factor_wrong'),
        ...Array<string>(4).fill('auth.sign_in_step_invalid'),
      ].sort(),
    );
    expect(told(await show(token, clock.nextCode(who.secret)))).toEqual([401, 'auth.sign_in_step_invalid']);
    expect(await noticesOf(who)).toEqual(['totp_enabled', 'second_factor_failed']);
    expect(await actionsOn(who)).toEqual(['auth.totp_enabled', ...Array<string>(5).fill('auth.sign_in_failed')]);
    expect((await show(await stepOf(who), clock.code(who.secret))).status).toBe(200);
  });

  it('ends after five minutes', async () => {
    const who = await asSecuredCustomer(shop, clock);
    const token = await stepOf(who);
    clock.advance(300_000);
    expect(told(await show(token, clock.code(who.secret)))).toEqual([401, 'auth.sign_in_step_invalid']);
  });

  it('ends when the password is changed or the account disabled', async () => {
    const who = await asSecuredCustomer(shop, clock);
    const before = await stepOf(who);
    const changed = { currentPassword: who.password, newPassword: 'seventeen purple elephants' };
    expect((await who.client.post('/v1/auth/password', changed)).status).toBe(204);
    expect(told(await show(before, clock.nextCode(who.secret)))).toEqual([401, 'auth.sign_in_step_invalid']);

    const token = await stepOf({ ...who, password: changed.newPassword });
    const admin = await asAdmin(shop);
    await admin.patch(`/v1/users/${who.id}`, { disabled: true }, { expect: 200 });
    expect(told(await show(token, clock.nextCode(who.secret)))).toEqual([401, 'auth.sign_in_step_invalid']);
    await admin.patch(`/v1/users/${who.id}`, { disabled: false }, { expect: 200 });
    expect(told(await show(token, clock.nextCode(who.secret)))).toEqual([401, 'auth.sign_in_step_invalid']);
  });

  it('says nothing of a second factor to whoever lacks the password', async () => {
    const plain = await asCustomer(shop);
    const secured = await asSecuredCustomer(shop, clock);
    const strip = ({ status, json }: { status: number; json: unknown }) => ({
      status,
      json: { ...(json as object), requestId: '', instance: '' },
    });
    const answers = await Promise.all(
      [plain.email, secured.email, 'nobody@example.com'].map((email) =>
        shop.guest.post('/v1/auth/login', { email, password: 'not the password' }),
      ),
    );
    expect(answers.map(strip)).toEqual(Array(3).fill(strip(answers[0] ?? { status: 0, json: {} })));
  });

  it.each([
    [{}, 422],
    [{ token: 'x' }, 422],
    [{ token: 7, code: '123456' }, 422],
    [{ token: 'x', code: 'y'.repeat(51) }, 422],
    [{ token: 'x'.repeat(201), code: '1' }, 422],
    [{ token: 'x', code: '\u0000' }, 422],
    [{ token: 'x', code: '123456', user: 'y' }, 422],
    [{ token: '', code: '' }, 401],
    [{ token: "' or 1=1 --", code: '123456' }, 401],
  ])('answers %j with %i', async (body, status) => {
    expect((await shop.guest.post('/v1/auth/login/second-factor', body)).status).toBe(status);
  });
});

describe('new recovery codes', () => {
  it('take the place of the old, for whoever proves to be the owner', async () => {
    const who = await asSecuredCustomer(shop, clock);
    const renew = (proof: object) => who.client.post<Answer>('/v1/auth/recovery-codes', proof);
    expect(told(await renew({}))).toEqual([403, 'auth.proof_required']);
    const { status, json } = await renew({ code: clock.nextCode(who.secret) });
    expect([status, json.recoveryCodes.length]).toEqual([200, 10]);
    expect((await show(await stepOf(who), who.recoveryCodes[0] ?? '')).status).toBe(401);
    expect((await show(await stepOf(who), json.recoveryCodes[0] ?? '')).status).toBe(200);
    expect(await noticesOf(who)).toEqual(['totp_enabled', 'recovery_codes_made', 'recovery_code_used']);
  });

  it('are for accounts with a second factor', async () => {
    const plain = await asCustomer(shop);
    expect(told(await plain.client.post('/v1/auth/recovery-codes', { password: plain.password }))).toEqual([
      409,
      'auth.totp_missing',
    ]);
  });
});

describe('switching the second factor off', () => {
  const disable = (who: SecuredClient, proof: object) => who.client.post<Answer>('/v1/auth/totp/disable', proof);

  it('takes a proof that whoever found the session open does not have', async () => {
    const who = await asSecuredCustomer(shop, clock);
    expect(told(await disable(who, {}))).toEqual([403, 'auth.proof_required']);
    expect(told(await disable(who, { password: 'not the password' }))).toEqual([422, 'auth.password_wrong']);
    expect(told(await disable(who, { code: wrongCode(clock, who.secret) }))).toEqual([422, 'auth.code_wrong']);
    expect((await factorsOf(who)).totp.enabled).toBe(true);
  });

  it.each(['password', 'code', 'recovery code'])('goes by %s', async (kind) => {
    const who = await asSecuredCustomer(shop, clock);
    const proofs: Record<string, object> = {
      password: { password: who.password },
      code: { code: clock.nextCode(who.secret) },
      'recovery code': { code: who.recoveryCodes[3] },
    };
    const waiting = await stepOf(who);
    expect((await disable(who, proofs[kind] ?? {})).status).toBe(204);
    expect((await login(who)).json.accessToken).toBeDefined();
    expect(told(await show(waiting, clock.nextCode(who.secret)))).toEqual([401, 'auth.sign_in_step_invalid']);
    expect(await factorsOf(who)).toMatchObject({ totp: { enabled: false }, recoveryCodesLeft: 0 });
    expect((await noticesOf(who)).at(-1)).toBe('totp_disabled');
    expect((await actionsOn(who)).at(-1)).toBe('auth.totp_disabled');
    expect(told(await disable(who, { password: who.password }))).toEqual([409, 'auth.totp_missing']);
  });
});
