import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import type { ApiClient } from '../support/api-client.js';
import type { Cbor } from '../support/cbor.js';
import { asSecuredCustomer, startSibling, TestClock } from '../support/second-factor.js';
import { withDatabase } from '../support/shop-fixture.js';
import { SoftwareAuthenticator, type Bent } from '../support/software-authenticator.js';
import { asCustomer, startTestApp, type SignedInClient, type TestApp } from '../support/test-app.js';

interface Begun<Options> {
  token: string;
  options: Options;
  code: string;
}
interface Passkey {
  id: string;
  name: string;
  createdAt: string;
  lastUsedAt: string | null;
  code: string;
}
interface SignIn {
  accessToken: string;
  user: { id: string };
  code: string;
}

const ORIGIN = 'https://www.shop.example';

let shop: TestApp;
let sibling: { app: NestFastifyApplication; guest: ApiClient };
let clock: TestClock;

beforeAll(async () => {
  const env = { STOREFRONT_URL: ORIGIN, PASSKEY_RP_ID: 'shop.example', CORS_ORIGINS: 'https://partner.example' };
  shop = await startTestApp(env);
  sibling = await startSibling(shop, env);
  clock = new TestClock(shop.app, sibling.app);
});
afterAll(async () => {
  await sibling.app.close();
  await shop.close();
});
beforeEach(() => clock.reset());

const told = ({ status, json }: { status: number; json: { code?: string } | undefined }) => [status, json?.code];

const beginRegistration = async (who: SignedInClient) =>
  (
    await who.client.post<Begun<PublicKeyCredentialCreationOptionsJSON>>(
      '/v1/auth/passkeys/registration',
      { password: who.password },
      { expect: 200 },
    )
  ).json;

async function register(who: SignedInClient, device: SoftwareAuthenticator, bent: Bent = {}, name = 'Phone') {
  const { token, options } = await beginRegistration(who);
  return who.client.post<Passkey>('/v1/auth/passkeys', { token, name, response: device.create(options, bent) });
}

const beginSignIn = async () =>
  (
    await shop.guest.post<Begun<PublicKeyCredentialRequestOptionsJSON>>(
      '/v1/auth/passkeys/sign-in/options',
      undefined,
      {
        expect: 200,
      },
    )
  ).json;

async function signIn(device: SoftwareAuthenticator, bent: Bent = {}) {
  const { token, options } = await beginSignIn();
  return shop.guest.post<SignIn>('/v1/auth/passkeys/sign-in', { token, response: device.get(options, bent) });
}

/** A customer with a passkey. */
async function withPasskey(counts = true) {
  const who = await asCustomer(shop);
  const device = new SoftwareAuthenticator(ORIGIN, counts);
  const { status, json } = await register(who, device);
  expect(status).toBe(201);
  return { who, device, passkey: json };
}

const query = <Row extends object>(text: string, values: unknown[]) =>
  withDatabase(shop, async (client) => (await client.query<Row>(text, values)).rows);
const noticesOf = async (who: SignedInClient) =>
  (
    await query<{ change: string }>(
      `select payload->>'change' as change from outbox_event where type = 'users.security_notice' and subject_id = $1 order by id`,
      [who.id],
    )
  ).map(({ change }) => change);
const actionsOn = async (who: SignedInClient) =>
  (
    await query<{ action: string }>(
      `select action from audit_entry where subject_type = 'user' and subject_id = $1 and action like 'auth.%' order by id`,
      [who.id],
    )
  ).map(({ action }) => action);

describe('adding a passkey', () => {
  it('asks the browser for a discoverable key that verifies its user, and keeps it', async () => {
    const who = await asCustomer(shop);
    const { options } = await beginRegistration(who);
    expect(options).toMatchObject({
      rp: { id: 'shop.example' },
      user: { name: who.email },
      attestation: 'none',
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    });
    expect(Buffer.from(options.challenge, 'base64url').length).toBeGreaterThanOrEqual(16);
    const device = new SoftwareAuthenticator(ORIGIN);
    const { status, json } = await register(who, device, {}, "  Grace's phone ");
    expect([status, json.name, json.lastUsedAt]).toEqual([201, "Grace's phone", null]);
    const { json: list } = await who.client.get<{ items: Passkey[] }>('/v1/auth/passkeys', { expect: 200 });
    expect(list.items).toEqual([json]);
    expect(await noticesOf(who)).toEqual(['passkey_added']);
    expect(await actionsOn(who)).toEqual(['auth.passkey_added']);
    const again = await beginRegistration(who);
    expect(again.options.excludeCredentials?.map(({ id }) => id)).toEqual([json.id]);
  });

  it('takes a proof of the person', async () => {
    const who = await asCustomer(shop);
    const begin = (proof: object) => who.client.post<Passkey>('/v1/auth/passkeys/registration', proof);
    expect(told(await begin({}))).toEqual([403, 'auth.proof_required']);
    expect(told(await begin({ password: 'not the password' }))).toEqual([422, 'auth.password_wrong']);
  });

  const certificate = Buffer.from('3082', 'hex');
  it.each<[string, Bent]>([
    ['of a page elsewhere', { origin: 'https://evil.example' }],
    ['of a page that may call the API but lies in another domain', { origin: 'https://partner.example' }],
    ['of a page without https', { origin: 'http://www.shop.example' }],
    ['of a page inside another', { crossOrigin: true }],
    ['for another domain', { rpId: 'evil.example' }],
    ['with another challenge', { challenge: randomBytes(32).toString('base64url') }],
    ['with the answer to a sign-in', { type: 'webauthn.get' }],
    ['without the user', { userPresent: false, userVerified: false }],
    ['that has not verified the user', { userVerified: false }],
    [
      'with certificates, which nobody asked for',
      {
        attestation: {
          format: 'packed',
          statement: new Map<string, Cbor>([
            ['alg', -7],
            ['sig', certificate],
            ['x5c', [certificate]],
          ]),
        },
      },
    ],
    [
      'of a format that brings certificates',
      { attestation: { format: 'fido-u2f', statement: new Map<string, Cbor>([['sig', certificate]]) } },
    ],
    ['of a format that nobody knows', { attestation: { format: 'x', statement: new Map<string, Cbor>() } }],
  ])('refuses one %s', async (_, bent) => {
    const who = await asCustomer(shop);
    expect(told(await register(who, new SoftwareAuthenticator(ORIGIN), bent))).toEqual([422, 'auth.passkey_refused']);
    expect((await who.client.get<{ items: unknown[] }>('/v1/auth/passkeys')).json.items).toEqual([]);
  });

  it('takes a challenge once, of its own account, for five minutes', async () => {
    const who = await asCustomer(shop);
    const other = await asCustomer(shop);
    const device = new SoftwareAuthenticator(ORIGIN);
    const add = (client: ApiClient, token: string, options: PublicKeyCredentialCreationOptionsJSON) =>
      client.post<Passkey>('/v1/auth/passkeys', { token, name: 'Phone', response: device.create(options) });

    const first = await beginRegistration(who);
    expect((await add(who.client, first.token, first.options)).status).toBe(201);
    expect(told(await add(who.client, first.token, first.options))).toEqual([422, 'auth.passkey_refused']);

    const stolen = await beginRegistration(who);
    expect(told(await add(other.client, stolen.token, stolen.options))).toEqual([422, 'auth.passkey_refused']);

    const late = await beginRegistration(who);
    clock.advance(300_000);
    expect(told(await add(who.client, late.token, late.options))).toEqual([422, 'auth.passkey_refused']);

    const { token, options } = await beginSignIn();
    const forged = { ...late.options, challenge: options.challenge };
    expect(told(await add(who.client, token, forged))).toEqual([422, 'auth.passkey_refused']);
  });

  it('takes a challenge once of many at a time, over two servers', async () => {
    const who = await asCustomer(shop);
    const device = new SoftwareAuthenticator(ORIGIN);
    const { token, options } = await beginRegistration(who);
    const { json } = await sibling.guest.post<SignIn>('/v1/auth/login', { email: who.email, password: who.password });
    const elsewhere = sibling.guest.as(json.accessToken);
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        (index % 2 ? elsewhere : who.client).post('/v1/auth/passkeys', {
          token,
          name: 'Phone',
          response: device.create(options),
        }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 422, 422, 422, 422, 422]);
  });

  it('refuses a credential that is registered, whoever has it', async () => {
    const { passkey } = await withPasskey();
    const other = await asCustomer(shop);
    const credentialId = Buffer.from(passkey.id, 'base64url');
    expect(told(await register(other, new SoftwareAuthenticator(ORIGIN), { credentialId }))).toEqual([
      409,
      'auth.passkey_known',
    ]);
  });

  it('stops at twenty', async () => {
    const who = await asCustomer(shop);
    await query(
      `insert into passkey (id, user_id, public_key, counter, transports, backed_up, name, created_at)
       select 'key' || n || $1::text, $1::uuid, '\\x00', 0, '{}', false, 'Key', now() from generate_series(1, 20) n`,
      [who.id],
    );
    expect(told(await register(who, new SoftwareAuthenticator(ORIGIN)))).toEqual([409, 'auth.too_many_passkeys']);
  });

  it.each([
    ['nothing', undefined],
    ['a text', 'x'],
    ['a list', []],
    ['an empty object', {}],
    ['no bytes', { clientDataJSON: '!', attestationObject: 'AA' }],
    ['too many bytes', { clientDataJSON: 'A'.repeat(5000), attestationObject: 'AA' }],
    ['a field of another kind', { clientDataJSON: 'AA', attestationObject: 'AA', __proto__x: 1 }],
    ['bytes that say nothing', { clientDataJSON: 'AAAA', attestationObject: 'AAAA' }],
    [
      'lists in lists without end',
      { clientDataJSON: 'e30', attestationObject: Buffer.alloc(12_000, 0x81).toString('base64url') },
    ],
    [
      'a list of countless items',
      { clientDataJSON: 'e30', attestationObject: Buffer.from('9bffffffffffffffff', 'hex').toString('base64url') },
    ],
  ])('answers %s in place of a key with 422', async (_, response) => {
    const who = await asCustomer(shop);
    const { token } = await beginRegistration(who);
    const id = 'mMNq4Lr3x9vVQb2kYzOYdw';
    const key = { id, rawId: id, type: 'public-key', clientExtensionResults: {}, response };
    expect((await who.client.post('/v1/auth/passkeys', { token, name: 'Phone', response: key })).status).toBe(422);
    expect((await who.client.post('/v1/auth/passkeys', { token, name: 'Phone', response })).status).toBe(422);
  });
});

describe('signing in with a passkey', () => {
  it('begins a session of two factors, whatever else the account asks for', async () => {
    const secured = await asSecuredCustomer(shop, clock);
    const device = new SoftwareAuthenticator(ORIGIN);
    expect((await register(secured, device)).status).toBe(201);
    const { status, json, headers } = await signIn(device);
    expect([status, json.user.id]).toEqual([200, secured.id]);
    expect(headers.get('cache-control')).toBe('no-store');
    expect((await shop.guest.as(json.accessToken).get('/v1/users/me')).status).toBe(200);
    const [session] = await query(
      'select method, second_factor from session where user_id = $1 order by created_at desc, id desc limit 1',
      [secured.id],
    );
    expect(session).toEqual({ method: 'passkey', second_factor: true });
    expect((await signIn(device)).status).toBe(200);
  });

  it('asks everybody the same', async () => {
    const { options } = await beginSignIn();
    expect(options).toEqual({
      challenge: expect.any(String) as unknown,
      rpId: 'shop.example',
      timeout: 300_000,
      userVerification: 'required',
    });
    expect((await beginSignIn()).options.challenge).not.toBe(options.challenge);
  });

  it.each<[string, Bent]>([
    ['on a page elsewhere', { origin: 'https://evil.example' }],
    ['on a page of another domain', { origin: 'https://partner.example' }],
    ['on a page inside another', { crossOrigin: true }],
    ['for another domain', { rpId: 'evil.example' }],
    ['with another challenge', { challenge: randomBytes(32).toString('base64url') }],
    ['with the answer to a registration', { type: 'webauthn.create' }],
    ['without the user', { userPresent: false, userVerified: false }],
    ['that has not verified the user', { userVerified: false }],
    ['signed by another key', { key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey }],
    ['that does not say whose it is', { userHandle: null }],
    ["that says it is somebody else's", { userHandle: randomBytes(16).toString('base64url') }],
    ['that nobody has registered', { credentialId: randomBytes(16) }],
  ])('refuses one %s', async (_, bent) => {
    const { device } = await withPasskey();
    expect(told(await signIn(device, bent))).toEqual([401, 'auth.passkey_invalid']);
    expect((await signIn(device)).status).toBe(200);
  });

  it("refuses one account's signature for another's credential", async () => {
    const mine = await withPasskey();
    const theirs = await withPasskey();
    const { token, options } = await beginSignIn();
    const answer = mine.device.get(options);
    const claimed = {
      ...answer,
      id: theirs.passkey.id,
      rawId: theirs.passkey.id,
      response: { ...answer.response, userHandle: theirs.device.credentials[0]?.userHandle },
    };
    expect(told(await shop.guest.post<SignIn>('/v1/auth/passkeys/sign-in', { token, response: claimed }))).toEqual([
      401,
      'auth.passkey_invalid',
    ]);
  });

  it('takes an answer once, of many at a time and over two servers', async () => {
    const { device } = await withPasskey();
    const { token, options } = await beginSignIn();
    const response = device.get(options);
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        (index % 2 ? sibling.guest : shop.guest).post('/v1/auth/passkeys/sign-in', { token, response }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(7).fill(401)]);
    const another = await beginSignIn();
    expect(
      told(await shop.guest.post<SignIn>('/v1/auth/passkeys/sign-in', { token: another.token, response })),
    ).toEqual([401, 'auth.passkey_invalid']);
  });

  it('ends its question after five minutes, and with the first answer, be it wrong', async () => {
    const { device } = await withPasskey();
    const late = await beginSignIn();
    clock.advance(300_000);
    const send = (token: string, response: unknown) =>
      shop.guest.post('/v1/auth/passkeys/sign-in', { token, response });
    expect((await send(late.token, device.get(late.options))).status).toBe(401);
    const { token, options } = await beginSignIn();
    expect((await send(token, device.get(options, { origin: 'https://evil.example' }))).status).toBe(401);
    expect((await send(token, device.get(options))).status).toBe(401);
  });

  it('refuses a counter that does not go on, keeps the record of it, and lets one that never counts be', async () => {
    const { who, device } = await withPasskey();
    expect((await signIn(device, { counter: 7 })).status).toBe(200);
    for (const counter of [7, 6, 1, 0])
      expect(told(await signIn(device, { counter }))).toEqual([401, 'auth.passkey_invalid']);
    expect((await actionsOn(who)).filter((action) => action === 'auth.passkey_counter_refused')).toHaveLength(4);
    expect((await signIn(device, { counter: 8 })).status).toBe(200);

    const synced = await withPasskey(false);
    for (const counter of [0, 0, 0]) expect((await signIn(synced.device, { counter })).status).toBe(200);
  });

  it('takes one of two sign-ins with the same counter', async () => {
    const { device } = await withPasskey();
    const answers = await Promise.all([1, 2, 3, 4].map(() => signIn(device, { counter: 50 })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401]);
  });

  it('refuses a disabled account like any other', async () => {
    const { who, device } = await withPasskey();
    await query('update "user" set disabled_at = now() where id = $1', [who.id]);
    expect(told(await signIn(device))).toEqual([401, 'auth.passkey_invalid']);
  });

  it.each([
    [{}, 422],
    [{ token: 'x' }, 422],
    [{ token: 'x', response: null }, 422],
    [
      { token: 'x', response: { id: 'a', rawId: 'a', type: 'public-key', clientExtensionResults: {}, response: {} } },
      422,
    ],
    [
      {
        token: 'x',
        response: {
          ...{ id: 'a', rawId: 'a', type: 'public-key', clientExtensionResults: {}, authenticatorAttachment: null },
          response: { clientDataJSON: 'AA', authenticatorData: 'AA', signature: 'AA', userHandle: null },
        },
      },
      401,
    ],
  ])('answers %j with %i', async (body, status) => {
    expect((await shop.guest.post('/v1/auth/passkeys/sign-in', body)).status).toBe(status);
  });
});

describe('looking after passkeys', () => {
  it('renames and removes them, for their owner alone', async () => {
    const { who, device, passkey } = await withPasskey();
    const other = await asCustomer(shop);
    const path = `/v1/auth/passkeys/${passkey.id}`;
    expect((await who.client.patch<Passkey>(path, { name: 'Old phone' })).json.name).toBe('Old phone');
    expect(told(await other.client.patch<Passkey>(path, { name: 'Mine' }))).toEqual([404, 'passkey.not_found']);
    expect((await who.client.patch(path, { name: '' })).status).toBe(422);
    const remove = (client: ApiClient, proof: object) => client.post<Passkey>(`${path}/remove`, proof);
    expect(told(await remove(other.client, { password: other.password }))).toEqual([404, 'passkey.not_found']);
    expect(told(await remove(who.client, {}))).toEqual([403, 'auth.proof_required']);
    expect((await remove(who.client, { password: who.password })).status).toBe(204);
    expect(told(await remove(who.client, { password: who.password }))).toEqual([404, 'passkey.not_found']);
    expect(told(await signIn(device))).toEqual([401, 'auth.passkey_invalid']);
    expect(await noticesOf(who)).toEqual(['passkey_added', 'passkey_removed']);
    expect(await actionsOn(who)).toEqual(['auth.passkey_added', 'auth.passkey_renamed', 'auth.passkey_removed']);
  });

  it('keeps the last way of signing in, also of two that go at once', async () => {
    const { who, device, passkey } = await withPasskey();
    const second = new SoftwareAuthenticator(ORIGIN);
    const { json: other } = await register(who, second);
    await query('update "user" set password_hash = null where id = $1', [who.id]);
    // Without a password the session is the proof, as long as it is young.
    const remove = (id: string) => who.client.post<Passkey>(`/v1/auth/passkeys/${id}/remove`, {});
    clock.advance(11 * 60_000);
    expect(told(await remove(passkey.id))).toEqual([403, 'auth.proof_required']);
    clock.reset();
    const answers = await Promise.all([remove(passkey.id), remove(other.id)]);
    expect(answers.map(told).sort()).toEqual([
      [204, undefined],
      [409, 'auth.last_sign_in_method'],
    ]);
    const left = answers[0].status === 204 ? second : device;
    expect((await signIn(left)).status).toBe(200);
  });
});

describe('the pages of docs/accounts.md', () => {
  interface Page {
    addPasskey(accessToken: string, password: string, name: string): Promise<Passkey>;
    signInWithPasskey(): Promise<SignIn>;
  }

  /** The documented script, in a browser that has this device and nothing else. */
  function pageWith(device: SoftwareAuthenticator): Page {
    const blocks = readFileSync('docs/accounts.md', 'utf8').matchAll(/```js\n([\s\S]*?)```/g);
    const script = [...blocks].map(([, text = '']) => text).find((text) => text.includes('function addPasskey')) ?? '';
    const asItIs = (options: unknown) => options;
    return runInNewContext(`${script}; ({ addPasskey, signInWithPasskey })`, {
      api: shop.base,
      fetch,
      PublicKeyCredential: { parseCreationOptionsFromJSON: asItIs, parseRequestOptionsFromJSON: asItIs },
      navigator: {
        credentials: {
          create: ({ publicKey }: { publicKey: PublicKeyCredentialCreationOptionsJSON }) =>
            Promise.resolve({ toJSON: () => device.create(publicKey) }),
          get: ({ publicKey }: { publicKey: PublicKeyCredentialRequestOptionsJSON }) =>
            Promise.resolve({ toJSON: () => device.get(publicKey) }),
        },
      },
    }) as Page;
  }

  it('add a passkey and sign in with it', async () => {
    const who = await asCustomer(shop);
    const { json } = await shop.guest.post<SignIn>('/v1/auth/login', { email: who.email, password: who.password });
    const page = pageWith(new SoftwareAuthenticator(ORIGIN));
    expect((await page.addPasskey(json.accessToken, who.password, 'Laptop')).name).toBe('Laptop');
    expect((await page.signInWithPasskey()).user.id).toBe(who.id);
    await expect(
      pageWith(new SoftwareAuthenticator('https://evil.example')).addPasskey(json.accessToken, 'wrong', 'x'),
    ).rejects.toThrow('auth.password_wrong');
  });
});
