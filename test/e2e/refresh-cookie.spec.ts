import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Db } from '../../src/platform/database/index.js';
import { withDatabase } from '../support/shop-fixture.js';
import { asCustomer, startTestApp, type TestApp } from '../support/test-app.js';

interface SignIn {
  accessToken: string;
  refreshToken?: string;
  code?: string;
  user: { id: string };
}

const NAME = '__Host-backroom-refresh';
const STOREFRONT = 'https://shop.example.com';
const ADMIN_PAGES = 'https://admin.example.com';
const PASSWORD = 'correct horse battery staple';
const WEB = { origin: STOREFRONT, 'x-backroom-client': 'web' };

let shop: TestApp;
let people = 0;

beforeAll(async () => {
  shop = await startTestApp({
    CORS_ORIGINS: ADMIN_PAGES,
    STOREFRONT_URL: `${STOREFRONT}/shop/`,
    PUBLIC_URL: 'https://api.example.com',
  });
});
afterAll(() => shop.close());

const post = (path: string, body?: unknown, headers: Record<string, string> = {}) =>
  shop.guest.post<SignIn>(path, body, { headers });

/** As a browser keeps it. */
function cookieOf({ headers }: { headers: Headers }): { token: string; attributes: string[] } {
  const [cookie = '', ...more] = headers.getSetCookie();
  expect(more).toEqual([]);
  const [pair = '', ...attributes] = cookie.split('; ');
  expect(pair.startsWith(`${NAME}=`)).toBe(true);
  return { token: pair.slice(NAME.length + 1), attributes };
}

async function begin() {
  const email = `web-${++people}@example.com`;
  const answer = await post('/v1/auth/register', { email, password: PASSWORD, name: 'Web', cookie: true }, WEB);
  expect(answer.status).toBe(201);
  return { email, ...answer.json, token: cookieOf(answer).token };
}
const refresh = (token: string, headers: Record<string, string> = WEB) =>
  post('/v1/auth/refresh', undefined, { ...headers, cookie: `theme=dark; ${NAME}=${token}` });
const statusWith = async (accessToken: string) => (await shop.guest.as(accessToken).get('/v1/users/me')).status;

describe('a sign-in with cookie: true', () => {
  it('gives the refresh token in a cookie that scripts, other sites and plain HTTP never see', async () => {
    const { email } = await begin();
    const answer = await post('/v1/auth/login', { email, password: PASSWORD, cookie: true }, WEB);
    expect([answer.status, answer.json.refreshToken]).toEqual([200, undefined]);
    const { token, attributes } = cookieOf(answer);
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(attributes.sort()).toEqual(['HttpOnly', 'Max-Age=1209600', 'Path=/', 'SameSite=Strict', 'Secure']);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await statusWith(answer.json.accessToken)).toBe(200);
  });

  it('without it gives none, as ever', async () => {
    const { email } = await begin();
    for (const cookie of [undefined, false]) {
      const answer = await post('/v1/auth/login', { email, password: PASSWORD, cookie }, WEB);
      expect(answer.headers.getSetCookie()).toEqual([]);
      expect(answer.json.refreshToken).toBeDefined();
    }
  });

  it('is refused to the pages of other sites, which could sign a visitor in as somebody else', async () => {
    const { email } = await begin();
    for (const origin of ['https://evil.example', 'null', `${STOREFRONT}.evil.example`]) {
      const answer = await post('/v1/auth/login', { email, password: PASSWORD, cookie: true }, { origin });
      expect([answer.status, answer.json.code, answer.headers.getSetCookie()]).toEqual([403, 'auth.cross_site', []]);
    }
  });

  it.each(['yes', 1, null])('is refused for cookie: %j', async (cookie) => {
    expect((await post('/v1/auth/login', { email: 'a@example.com', password: PASSWORD, cookie })).status).toBe(422);
  });
});

describe('POST /v1/auth/refresh with the cookie', () => {
  it.each([STOREFRONT, ADMIN_PAGES, 'https://api.example.com'])('turns it for a page of %s', async (origin) => {
    const first = await begin();
    const answer = await refresh(first.token, { ...WEB, origin });
    expect([answer.status, answer.json.refreshToken]).toEqual([200, undefined]);
    const next = cookieOf(answer);
    expect(next.token).not.toBe(first.token);
    expect(next.attributes).toContain('HttpOnly');
    expect(await statusWith(answer.json.accessToken)).toBe(200);
    expect((await refresh(next.token)).status).toBe(200);
  });

  it('takes an empty object as well as no body', async () => {
    const { token } = await begin();
    expect((await post('/v1/auth/refresh', {}, { ...WEB, cookie: `${NAME}=${token}` })).status).toBe(200);
  });

  it.each<[string, Record<string, string>]>([
    ['another site', { ...WEB, origin: 'https://evil.example' }],
    ['a look-alike', { ...WEB, origin: 'https://shop.example.com.evil.example' }],
    ['a neighbour', { ...WEB, origin: 'https://blog.shop.example.com' }],
    ['plain HTTP', { ...WEB, origin: 'http://shop.example.com' }],
    ['nowhere', { ...WEB, origin: 'null' }],
    ['somebody who does not say where', { 'x-backroom-client': 'web' }],
    ['a form of the shop, which sends no such field', { origin: STOREFRONT }],
    ['a client of another kind', { ...WEB, 'x-backroom-client': 'app' }],
  ])('is refused to %s, and the token stays unused', async (_, headers) => {
    const { token } = await begin();
    const answer = await refresh(token, headers);
    expect([answer.status, answer.json.code, answer.headers.getSetCookie()]).toEqual([403, 'auth.cross_site', []]);
    expect((await refresh(token)).status).toBe(200);
  });

  it('takes no token of a cookie from the body, and none of a body from the cookie', async () => {
    const web = await begin();
    const inBody = await post('/v1/auth/refresh', { refreshToken: web.token }, WEB);
    expect([inBody.status, inBody.json.code]).toEqual([401, 'auth.refresh_token_invalid']);
    const app = (await post('/v1/auth/login', { email: web.email, password: PASSWORD })).json.refreshToken ?? '';
    const inCookie = await refresh(app);
    expect([inCookie.status, inCookie.json.code]).toEqual([401, 'auth.refresh_token_invalid']);
    // Neither was used by it.
    expect((await refresh(web.token)).status).toBe(200);
    expect((await post('/v1/auth/refresh', { refreshToken: app })).status).toBe(200);
  });

  it('takes the cookie from the browser once it is not good any more', async () => {
    const answer = await refresh('A'.repeat(43));
    expect(answer.status).toBe(401);
    expect(cookieOf(answer)).toMatchObject({ token: '', attributes: expect.arrayContaining(['Max-Age=0']) as unknown });
    const none = await post('/v1/auth/refresh', undefined, WEB);
    expect([none.status, none.json.code]).toEqual([401, 'auth.refresh_token_invalid']);
  });

  it('is asked for the token by whoever comes with neither', async () => {
    expect((await post('/v1/auth/refresh')).status).toBe(422);
    expect((await post('/v1/auth/refresh', {})).status).toBe(422);
  });

  it('ends where the session does', async () => {
    const { token, user } = await begin();
    await shop.app.get(Db).prisma.session.updateMany({
      where: { userId: user.id },
      data: {
        createdAt: new Date(Date.now() - 30 * 86_400_000 + 100_500),
        expiresAt: new Date(Date.now() + 100_500),
      },
    });
    const { attributes } = cookieOf(await refresh(token));
    const age = Number(attributes.find((one) => one.startsWith('Max-Age='))?.slice(8));
    expect(age).toBeGreaterThan(80);
    expect(age).toBeLessThanOrEqual(101);
  });
});

describe('POST /v1/auth/logout', () => {
  const logout = (headers: Record<string, string>) => post('/v1/auth/logout', undefined, headers);

  it('ends the session of the cookie, for a page of the shop alone', async () => {
    const { token, accessToken } = await begin();
    const cookie = `${NAME}=${token}`;
    const foreign: Record<string, string>[] = [
      { cookie },
      { cookie, origin: STOREFRONT },
      { ...WEB, cookie, origin: 'https://evil.example' },
    ];
    for (const headers of foreign)
      expect(await logout(headers)).toMatchObject({ status: 403, json: { code: 'auth.cross_site' } });
    expect(await statusWith(accessToken)).toBe(200);
    const answer = await logout({ ...WEB, cookie });
    expect(answer.status).toBe(204);
    expect(cookieOf(answer).attributes).toContain('Max-Age=0');
    expect(await statusWith(accessToken)).toBe(401);
    expect((await refresh(token)).status).toBe(401);
    expect((await logout({ ...WEB, cookie })).status).toBe(401);
  });

  it('ends it by its access token, and takes the cookie', async () => {
    const { token, accessToken } = await begin();
    const answer = await logout({ authorization: `Bearer ${accessToken}` });
    expect(answer.status).toBe(204);
    expect(cookieOf(answer).token).toBe('');
    expect((await refresh(token)).status).toBe(401);
    const app = await asCustomer(shop);
    expect((await app.client.post('/v1/auth/logout')).headers.getSetCookie()).toEqual([]);
  });
});

describe('two refreshes with one token', () => {
  const app = async () => {
    const email = `app-${++people}@example.com`;
    const { json } = await post('/v1/auth/register', { email, password: PASSWORD, name: 'App' });
    return { email, userId: json.user.id, accessToken: json.accessToken, token: json.refreshToken ?? '' };
  };
  const turn = (refreshToken: string) => post('/v1/auth/refresh', { refreshToken });

  it('get one and the same next token also where the first is done between the look and the lock of the second', async () => {
    const { token } = await app();
    const first = await turn(token);
    const db = shop.app.get(Db, { strict: false });
    const { sessionId, hash } = await db.prisma.refreshToken.findFirstOrThrow({
      where: { usedAt: { not: null } },
      orderBy: { createdAt: 'desc' },
    });
    const createdAt = new Date(Date.now() - 60_000);
    await db.prisma.session.update({ where: { id: sessionId }, data: { createdAt } });
    // As it was before the first: there is one unused token, this one.
    const next = await db.prisma.refreshToken.findFirstOrThrow({ where: { sessionId, usedAt: null } });
    await db.prisma.refreshToken.delete({ where: { hash: next.hash } });
    await db.prisma.refreshToken.update({ where: { hash }, data: { usedAt: null, createdAt } });
    // The look is at the token, the lock on its session: whoever keeps the table stands between them.
    const second = await db.transaction(async (tx) => {
      await tx.$executeRaw`lock table session in access exclusive mode`;
      const answer = turn(token);
      for (;;) {
        const [row] = await tx.$queryRaw<{ n: number }[]>`
          select count(*)::int as n from pg_locks where not granted and relation = 'session'::regclass`;
        if (row?.n === 1) break;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      // As if by a clock that is behind, or before the second was heard.
      await tx.refreshToken.update({ where: { hash }, data: { usedAt: new Date(createdAt.getTime() + 1000) } });
      await tx.refreshToken.create({ data: next });
      return { answer };
    });
    const { status, json } = await second.answer;
    expect([status, json.refreshToken]).toEqual([200, first.json.refreshToken]);
    // Who comes when all is over has a token that was used.
    expect((await turn(token)).status).toBe(401);
  });

  it('at the same moment get one and the same next token', async () => {
    const { token } = await app();
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => turn(token)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    const next = new Set(answers.map(({ json }) => json.refreshToken));
    expect(next.size).toBe(1);
    for (const { json } of answers) expect(await statusWith(json.accessToken)).toBe(200);
    expect((await turn([...next][0] ?? '')).status).toBe(200);
  });

  it('in two tabs leave the browser with one cookie', async () => {
    const { token } = await begin();
    const [a, b] = await Promise.all([refresh(token), refresh(token)]);
    expect([a.status, b.status]).toEqual([200, 200]);
    expect(cookieOf(a).token).toBe(cookieOf(b).token);
  });

  it('later end the session, tell its owner, and are on record', async () => {
    const { token, userId, accessToken } = await app();
    const next = (await turn(token)).json;
    expect(await turn(token)).toMatchObject({ status: 401, json: { code: 'auth.refresh_token_invalid' } });
    expect((await turn(next.refreshToken ?? '')).status).toBe(401);
    expect([await statusWith(accessToken), await statusWith(next.accessToken)]).toEqual([401, 401]);
    // Once, however often it comes again.
    await turn(token);
    const rows = await withDatabase(shop, async (client) => ({
      audit: (
        await client.query(
          `select actor_kind from audit_entry where action = 'auth.refresh_token_reused'
              and subject_id in (select id::text from session where user_id = $1)`,
          [userId],
        )
      ).rows as unknown[],
      session: (await client.query('select revoke_reason from session where user_id = $1', [userId])).rows as unknown[],
    }));
    expect(rows).toEqual({ audit: [{ actor_kind: 'guest' }], session: [{ revoke_reason: 'refresh_token_reused' }] });
  });

  it('end it at once where the next token was used: somebody is behind, and nobody knows who', async () => {
    const { token } = await app();
    const second = (await turn(token)).json.refreshToken ?? '';
    const third = (await turn(second)).json.refreshToken ?? '';
    expect((await turn(token)).status).toBe(401);
    expect((await turn(third)).status).toBe(401);
  });

  it('of a thief who meets the owner, end with the first who comes after the other', async () => {
    const { token } = await app();
    const [owner, thief] = (await Promise.all([turn(token), turn(token)])).map(({ json }) => json.refreshToken ?? '');
    expect(thief).toBe(owner);
    expect((await turn(thief ?? '')).status).toBe(200);
    expect((await turn(owner ?? '')).status).toBe(401);
  });

  it('give a token that tells nothing of those before and after it', async () => {
    const { token } = await app();
    const second = (await turn(token)).json.refreshToken ?? '';
    expect(second).toMatch(/^[\w-]{43}$/);
    expect(second).not.toBe(token);
    const dump = await withDatabase(shop, async (client) =>
      JSON.stringify((await client.query("select encode(hash, 'base64') from refresh_token")).rows),
    );
    expect(dump).not.toContain(second);
  });
});
