import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer } from 'node:net';
import { mailAbout } from '../support/mail-box.js';
import { CLIENT, TestOidcProvider, type Person } from '../support/oidc-provider.js';
import { withDatabase } from '../support/shop-fixture.js';
import { asAdmin, asCustomer, startTestApp, type SignedInClient, type TestApp } from '../support/test-app.js';

interface Answer {
  code?: string;
  accessToken: string;
  refreshToken?: string;
  user: { id: string; email: string; name: string; roles: string[] };
}
interface Start {
  url: string;
  token: string;
  code?: string;
}

const PAGE = 'https://shop.example.com/signed-in';
const OTHER_PAGE = 'https://admin.example.com/signed-in';
const WEB = { origin: 'https://shop.example.com', 'x-backroom-client': 'web' };

let shop: TestApp;
let provider: TestOidcProvider;
/** Takes connections and never answers. */
const silent = createServer(() => undefined);
let people = 0;

beforeAll(async () => {
  provider = await TestOidcProvider.start([PAGE, OTHER_PAGE, 'https://evil.example/signed-in']);
  await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done));
  const { port } = silent.address() as { port: number };
  const client = { clientId: CLIENT.id, clientSecret: CLIENT.secret };
  shop = await startTestApp({
    OIDC_PROVIDERS: JSON.stringify([
      { name: 'local', issuer: provider.issuer, ...client },
      { name: 'other', issuer: provider.issuer, ...client },
      { name: 'gone', issuer: 'http://127.0.0.1:1', ...client },
      { name: 'silent', issuer: `http://127.0.0.1:${port}`, ...client },
      { name: 'stranger', issuer: provider.issuer, clientId: CLIENT.id, clientSecret: 'not its secret' },
    ]),
    OIDC_REDIRECT_URIS: `${PAGE},${OTHER_PAGE}`,
    STOREFRONT_URL: 'https://shop.example.com',
  });
});
afterAll(async () => {
  await shop.close();
  await provider.stop();
  silent.close();
});

const newPerson = (more: Partial<Person> = {}): Person => {
  const sub = `person-${++people}`;
  return { sub, email: `${sub}@example.com`, email_verified: true, name: 'Grace Hopper', ...more };
};
const start = (body: object = { redirectUri: PAGE }, name = 'local', headers = {}) =>
  shop.guest.post<Start>(`/v1/auth/oidc/${name}/start`, body, { headers });
const callback = (token: string, callbackUrl: string, name = 'local') =>
  shop.guest.post<Answer>(`/v1/auth/oidc/${name}/callback`, { token, callbackUrl });

/** The whole way, with something changed on it where the test says so. */
async function signIn(
  person: Person | undefined,
  change: { url?: (url: string) => string; back?: (url: string) => string } = {},
) {
  await provider.seat(person);
  const { json } = await start();
  const back = await provider.visit((change.url ?? ((url) => url))(json.url));
  return callback(json.token, (change.back ?? ((url) => url))(back));
}
const withParam = (name: string, value: string) => (text: string) => {
  const url = new URL(text);
  url.searchParams.set(name, value);
  return url.href;
};
const verify = (customer: Pick<SignedInClient, 'id'>) =>
  withDatabase(shop, (client) =>
    client.query('update "user" set email_verified_at = now() where id = $1', [customer.id]),
  );
const statusWith = async (accessToken: string) => (await shop.guest.as(accessToken).get('/v1/users/me')).status;
const outcome = ({ status, json }: { status: number; json: { code?: string } }) => [status, json.code];

describe('GET /v1/auth/oidc', () => {
  it('lists the providers without their secrets', async () => {
    const { json, text } = await shop.guest.get<{ items: { name: string }[] }>('/v1/auth/oidc');
    expect(json.items.map(({ name }) => name)).toEqual(['local', 'other', 'gone', 'silent', 'stranger']);
    expect(text).not.toContain(CLIENT.secret);
  });
});

describe('a sign-in with a provider', () => {
  it('asks for a code with PKCE, state and nonce', async () => {
    const { status, json, headers } = await start();
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
    const query = Object.fromEntries(new URL(json.url).searchParams);
    expect(query).toMatchObject({
      response_type: 'code',
      client_id: CLIENT.id,
      redirect_uri: PAGE,
      code_challenge_method: 'S256',
      scope: 'openid email profile',
    });
    for (const name of ['state', 'nonce', 'code_challenge']) expect(query[name]).toMatch(/^[\w-]{43}$/);
    expect(json.url).not.toContain(CLIENT.secret);
  });

  it('makes a customer of whom it does not know, and knows them the next time, whatever their address is by then', async () => {
    const person = newPerson();
    const first = await signIn(person);
    expect(first.status).toBe(200);
    expect(first.json.user).toMatchObject({ email: person.email, name: 'Grace Hopper', roles: ['customer'] });
    expect(await statusWith(first.json.accessToken)).toBe(200);
    const again = await signIn({ ...person, email: 'elsewhere@example.com', email_verified: false });
    expect([again.status, again.json.user.id]).toEqual([200, first.json.user.id]);
    const rows = await withDatabase(shop, async (client) => ({
      user: (
        await client.query(
          'select password_hash, email_verified_at is not null as verified from "user" where id = $1',
          [first.json.user.id],
        )
      ).rows[0] as unknown,
      methods: (await client.query('select distinct method from session where user_id = $1', [first.json.user.id]))
        .rows as unknown[],
    }));
    expect(rows).toEqual({ user: { password_hash: null, verified: true }, methods: [{ method: 'oidc:local' }] });
    // Without a password nobody signs in with one.
    expect((await shop.guest.post('/v1/auth/login', { email: person.email, password: 'null' })).status).toBe(401);
  });

  it('keeps the refresh token in a cookie where that was asked for', async () => {
    await provider.seat(newPerson());
    const { json } = await start({ redirectUri: PAGE, cookie: true }, 'local', WEB);
    const answer = await callback(json.token, await provider.visit(json.url));
    expect([answer.status, answer.json.refreshToken]).toEqual([200, undefined]);
    expect(answer.headers.getSetCookie()[0]).toMatch(/^__Host-backroom-refresh=[\w-]{43}; .*HttpOnly/);
  });

  it('links an account whose address both sides have verified, tells its owner, and is on record', async () => {
    const customer = await asCustomer(shop);
    await verify(customer);
    const { status, json } = await signIn(newPerson({ email: customer.email.toUpperCase() }));
    expect([status, json.user.id]).toEqual([200, customer.id]);
    const [entry] = await withDatabase(
      shop,
      async (client) =>
        (
          await client.query(
            "select action, after from audit_entry where subject_id = $1 and action = 'auth.identity_linked'",
            [customer.id],
          )
        ).rows as unknown[],
    );
    expect(entry).toEqual({ action: 'auth.identity_linked', after: { provider: 'local' } });
    const notice = await mailAbout(shop, customer.email, 'Another way to sign in was added');
    expect(notice.text).toContain('Concerns: local');
  });

  it('links none that was registered with an address nobody has confirmed: somebody may wait in it', async () => {
    const customer = await asCustomer(shop);
    expect(outcome(await signIn(newPerson({ email: customer.email })))).toEqual([409, 'auth.identity_not_linked']);
  });

  it.each([false, undefined, 'true' as unknown as boolean])(
    'links none by an address whose verification is %j, and makes none',
    async (email_verified) => {
      const customer = await asCustomer(shop);
      await verify(customer);
      const claims = email_verified === undefined ? {} : { email_verified };
      const { email, ...person } = newPerson();
      delete (person as { email_verified?: boolean }).email_verified;
      expect(outcome(await signIn({ ...person, ...claims, email: customer.email }))).toEqual([
        409,
        'auth.identity_not_linked',
      ]);
      expect(outcome(await signIn({ ...person, ...claims, ...(email ? { email } : {}) }))).toEqual([
        409,
        'auth.provider_email_unverified',
      ]);
    },
  );

  it('makes one account of many at once', async () => {
    await provider.seat(newPerson());
    const ways = await Promise.all(
      [1, 2, 3].map(async () => {
        const { json } = await start();
        return { token: json.token, back: await provider.visit(json.url) };
      }),
    );
    const answers = await Promise.all(ways.map(({ token, back }) => callback(token, back)));
    const good = answers.filter(({ status }) => status === 200);
    expect(good.length).toBeGreaterThan(0);
    expect(new Set(good.map(({ json }) => json.user.id)).size).toBe(1);
    for (const { status } of answers) expect([200, 409]).toContain(status);
  });

  it('asks an account with a second factor for it', async () => {
    const person = newPerson();
    const { json } = await signIn(person);
    await withDatabase(shop, (client) =>
      client.query(
        "insert into totp (user_id, sealed_secret, confirmed_at, created_at) values ($1, 'x', now(), now())",
        [json.user.id],
      ),
    );
    const second = await signIn(person);
    expect(second.status).toBe(200);
    expect(second.json).toMatchObject({ secondFactor: { methods: ['totp'] } });
    expect(second.json.accessToken).toBeUndefined();
  });

  it('lets a disabled account in no more than elsewhere', async () => {
    const person = newPerson();
    const { json } = await signIn(person);
    await (await asAdmin(shop)).patch(`/v1/users/${json.user.id}`, { disabled: true }, { expect: 200 });
    expect(outcome(await signIn(person))).toEqual([401, 'auth.provider_refused']);
    const verified = await asCustomer(shop);
    await verify(verified);
    await (await asAdmin(shop)).patch(`/v1/users/${verified.id}`, { disabled: true }, { expect: 200 });
    expect(outcome(await signIn(newPerson({ email: verified.email })))).toEqual([409, 'auth.identity_not_linked']);
  });
});

describe('what is changed on the way', () => {
  const refused = [401, 'auth.provider_refused'];

  it.each<[string, Parameters<typeof signIn>[1]]>([
    ['another state', { back: withParam('state', 'x'.repeat(43)) }],
    ['another nonce', { url: withParam('nonce', 'x'.repeat(43)) }],
    [
      'another PKCE challenge: a code that somebody else has begun',
      { url: withParam('code_challenge', 'x'.repeat(43)) },
    ],
    ['another code', { back: withParam('code', 'x'.repeat(43)) }],
    ['another issuer (RFC 9207): a mix-up', { back: withParam('iss', 'https://evil.example') }],
    ['no issuer', { back: (text) => text.replace(/&iss=[^&]*/, '') }],
    ['a token instead of a code', { back: (text) => `${text.replace(/code=[^&]*/, 'id_token=x')}` }],
    ['everything twice', { back: (text) => `${text}&${new URL(text).searchParams.toString()}` }],
    ['nothing at all', { back: () => PAGE }],
  ])('%s is refused', async (_, change) => {
    expect(outcome(await signIn(newPerson(), change))).toEqual(refused);
  });

  it('a person who does not want to is refused', async () => {
    expect(outcome(await signIn(undefined))).toEqual(refused);
  });

  it('a callback that comes twice is good once', async () => {
    await provider.seat(newPerson());
    const { json } = await start();
    const back = await provider.visit(json.url);
    const answers = await Promise.all([1, 2, 3].map(() => callback(json.token, back)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401]);
    expect(outcome(await callback(json.token, back))).toEqual([401, 'auth.sign_in_step_invalid']);
  });

  it("a callback with another page's token, or at another provider, is refused", async () => {
    await provider.seat(newPerson());
    const [mine, theirs] = [(await start()).json, (await start()).json];
    const back = await provider.visit(theirs.url);
    expect(outcome(await callback(mine.token, back))).toEqual(refused);
    expect(outcome(await callback(theirs.token, back, 'other'))).toEqual([401, 'auth.sign_in_step_invalid']);
    expect(outcome(await callback('x'.repeat(43), back))).toEqual([401, 'auth.sign_in_step_invalid']);
  });

  it('a callback that comes too late is refused', async () => {
    await provider.seat(newPerson());
    const { json } = await start();
    const back = await provider.visit(json.url);
    await withDatabase(shop, (client) =>
      client.query(
        "update sign_in_step set created_at = now() - interval '11 minutes', expires_at = now() - interval '1 second' where kind = 'oidc'",
      ),
    );
    expect(outcome(await callback(json.token, back))).toEqual([401, 'auth.sign_in_step_invalid']);
  });

  it.each([
    'https://evil.example/signed-in',
    `${PAGE}/`,
    `${PAGE}?next=1`,
    `${PAGE}#x`,
    'https://SHOP.example.com/signed-in',
    'https://shop.example.com:443/signed-in',
    'http://shop.example.com/signed-in',
    '',
  ])('the redirect %j is none that is configured', async (redirectUri) => {
    expect(outcome(await start({ redirectUri }))).toEqual([422, 'auth.redirect_not_allowed']);
  });

  it('a callback at another address than the one that was begun with is refused', async () => {
    const toOther = (text: string) => text.replace(PAGE, OTHER_PAGE);
    expect(outcome(await signIn(newPerson(), { back: toOther }))).toEqual([422, 'auth.redirect_not_allowed']);
  });

  it.each(['nobody', 'LOCAL', '__proto__', '%00', 'x'.repeat(100)])('the provider %j is none', async (name) => {
    expect((await start({ redirectUri: PAGE }, name)).status).toBeGreaterThanOrEqual(404);
    expect((await start({ redirectUri: PAGE }, name)).status).toBeLessThan(500);
  });
});

describe('a provider that cannot be asked', () => {
  it.each(['gone', 'silent'])('and is %s gives 503, and harms nothing else', async (name) => {
    const asked = start({ redirectUri: PAGE }, name);
    expect((await signIn(newPerson())).status).toBe(200);
    const { status, json, headers } = await asked;
    expect([status, json.code]).toEqual([503, 'auth.provider_unavailable']);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('because it does not know the shop by that secret gives 503 as well', async () => {
    await provider.seat(newPerson());
    const { json } = await start({ redirectUri: PAGE }, 'stranger');
    const answer = await callback(json.token, await provider.visit(json.url), 'stranger');
    expect(outcome(answer)).toEqual([503, 'auth.provider_unavailable']);
  });
});

describe('linking while signed in', () => {
  const begin = (customer: SignedInClient, body: object = { password: customer.password }, name = 'local') =>
    customer.client.post<Start>(`/v1/auth/oidc/${name}/link`, { redirectUri: PAGE, ...body });
  const finish = (customer: SignedInClient, token: string, callbackUrl: string, name = 'local') =>
    customer.client.post<Answer>(`/v1/auth/oidc/${name}/link/callback`, { token, callbackUrl });
  const identities = async (customer: SignedInClient) =>
    (await customer.client.get<{ items: { provider: string }[] }>('/v1/auth/identities')).json.items.map(
      ({ provider: name }) => name,
    );
  async function link(customer: SignedInClient, person: Person, name = 'local') {
    await provider.seat(person);
    const { json } = await begin(customer, undefined, name);
    return finish(customer, json.token, await provider.visit(json.url), name);
  }

  it('makes the provider a way to sign in, whatever address it has, and unlinking takes it away', async () => {
    const customer = await asCustomer(shop);
    const person = newPerson({ email: 'quite@another.example', email_verified: false });
    expect((await link(customer, person)).status).toBe(200);
    expect(await identities(customer)).toEqual(['local']);
    expect((await signIn(person)).json.user.id).toBe(customer.id);
    const remove = (body: object) => customer.client.post<Answer>('/v1/auth/identities/local/remove', body);
    expect(outcome(await remove({}))).toEqual([403, 'auth.proof_required']);
    expect((await remove({ password: customer.password })).status).toBe(204);
    expect(await identities(customer)).toEqual([]);
    await mailAbout(shop, customer.email, 'A way to sign in was removed');
    expect((await remove({ password: customer.password })).status).toBe(404);
    expect((await signIn(person)).status).toBe(409);
  });

  it('takes a proof of the person, and uses none up for a page that is not configured', async () => {
    const customer = await asCustomer(shop);
    expect(outcome(await begin(customer, {}))).toEqual([403, 'auth.proof_required']);
    expect(outcome(await begin(customer, { password: 'not this one' }))).toEqual([422, 'auth.password_wrong']);
    const elsewhere = { password: customer.password, redirectUri: 'https://evil.example/signed-in' };
    expect(outcome(await begin(customer, elsewhere))).toEqual([422, 'auth.redirect_not_allowed']);
  });

  it("links nobody to an account that is another's: not by the token, not by the way of signing in", async () => {
    const [victim, attacker] = [await asCustomer(shop), await asCustomer(shop)];
    await provider.seat(newPerson());
    const { json } = await begin(attacker);
    const back = await provider.visit(json.url);
    expect(outcome(await finish(victim, json.token, back))).toEqual([401, 'auth.sign_in_step_invalid']);
    const second = (await begin(attacker)).json;
    expect(outcome(await callback(second.token, await provider.visit(second.url)))).toEqual([
      401,
      'auth.sign_in_step_invalid',
    ]);
    const third = (await start()).json;
    expect(outcome(await finish(attacker, third.token, await provider.visit(third.url)))).toEqual([
      401,
      'auth.sign_in_step_invalid',
    ]);
    expect([await identities(victim), await identities(attacker)]).toEqual([[], []]);
  });

  it('gives a person to one account, and an account one person of each provider', async () => {
    const [one, two] = [await asCustomer(shop), await asCustomer(shop)];
    const person = newPerson();
    expect((await link(one, person)).status).toBe(200);
    expect(outcome(await link(two, person))).toEqual([409, 'auth.identity_taken']);
    expect(outcome(await link(one, newPerson()))).toEqual([409, 'auth.identity_taken']);
    expect((await link(one, person, 'other')).status).toBe(200);
    expect(await identities(one)).toEqual(['local', 'other']);
  });

  it('leaves the last way of signing in', async () => {
    const { json } = await signIn(newPerson());
    const client = shop.guest.as(json.accessToken);
    const answer = await client.post<Answer>('/v1/auth/identities/local/remove', {});
    expect(outcome(answer)).toEqual([409, 'auth.last_sign_in_method']);
    expect((await client.get<{ items: unknown[] }>('/v1/auth/identities')).json.items).toHaveLength(1);
  });
});
