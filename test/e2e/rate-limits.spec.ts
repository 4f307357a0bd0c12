import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from '../../src/app.js';
import { loadConfig } from '../../src/platform/config/index.js';
import { Db } from '../../src/platform/database/index.js';
import { RateLimits } from '../../src/platform/limits/index.js';
import { createLogger } from '../../src/platform/observability/logger.js';
import { ApiClient, type Answer } from '../support/api-client.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

interface Problem {
  code: string;
  accessToken: string;
}

const PASSWORD = 'correct horse battery staple';
const ENV = { RATE_LIMIT: 'on', TRUSTED_PROXIES: '1', LIMIT_PER_MINUTE: '1200' };

let shop: TestApp;
/** Another process of the same shop. */
let sibling: NestFastifyApplication;
let siblingClient: ApiClient;

beforeAll(async () => {
  shop = await startTestApp(ENV);
  const config = loadConfig({
    NODE_ENV: 'test',
    DATABASE_URL: shop.databaseUrl,
    DATA_DIR: shop.dataDir,
    LOG_LEVEL: 'silent',
    SEED_DEMO: 'false',
    ...ENV,
  });
  sibling = await createApp({
    config,
    databaseUrl: shop.databaseUrl,
    logger: createLogger(config),
    embedded: false,
    work: false,
  });
  await sibling.listen(0, '127.0.0.1');
  const { port } = sibling.getHttpServer().address() as { port: number };
  siblingClient = new ApiClient(`http://127.0.0.1:${port}`);
});
afterAll(async () => {
  await sibling.close();
  await shop.close();
});

let addresses = 0;
const newAddress = () => `198.51.100.${++addresses}`;
let accounts = 0;
const newEmail = () => `limited-${++accounts}@example.com`;

const post = (path: string, body: unknown, from: string, client = shop.guest): Promise<Answer<Problem>> =>
  client.post<Problem>(path, body, { headers: { 'x-forwarded-for': from } });
const login = (email: string, password: string, from = newAddress(), client = shop.guest) =>
  post('/v1/auth/login', { email, password }, from, client);
const register = (from: string, email = newEmail()) =>
  post('/v1/auth/register', { email, password: PASSWORD, name: 'Limited' }, from);
const inTurn = async <T>(times: number, call: () => Promise<T>): Promise<T[]> => {
  const answers: T[] = [];
  for (let time = 0; time < times; time++) answers.push(await call());
  return answers;
};

/** A list of structured-field items (RFC 9651) by name: `"sign-in";r=29;t=60`. */
function itemsOf(field: string | null): Record<string, Record<string, number>> {
  return Object.fromEntries(
    (field ?? '').split(', ').map((item) => {
      const [name = '', ...parameters] = item.split(';');
      expect(name).toMatch(/^"[a-z-]+"$/);
      return [
        name.slice(1, -1),
        Object.fromEntries(
          parameters.map((parameter) => {
            expect(parameter).toMatch(/^[a-z]=\d+$/);
            const [key = '', value] = parameter.split('=');
            return [key, Number(value)];
          }),
        ),
      ];
    }),
  );
}

function expectRefusal({ status, json, headers }: Answer<Problem>, limit: string): void {
  expect([status, json.code]).toEqual([429, 'auth.rate_limited']);
  const seconds = Number(headers.get('retry-after'));
  expect(seconds).toBeGreaterThan(0);
  expect(itemsOf(headers.get('ratelimit'))[limit]).toEqual({ r: 0, t: seconds });
}

describe('sign-in', () => {
  it('tells each limit and what is left of it', async () => {
    const from = newAddress();
    const email = newEmail();
    const first = await login(email, 'wrong password', from);
    expect(first.status).toBe(401);
    expect(itemsOf(first.headers.get('ratelimit-policy'))).toEqual({
      writes: { q: 300, w: 60 },
      'sign-in': { q: 30, w: 60 },
      'wrong-passwords': { q: 10, w: 60 },
      'wrong-passwords-hour': { q: 30, w: 3600 },
    });
    expect(itemsOf(first.headers.get('ratelimit'))).toMatchObject({
      'sign-in': { r: 29 },
      'wrong-passwords': { r: 9 },
    });
    const second = await login(email.toUpperCase(), 'wrong password', from);
    expect(itemsOf(second.headers.get('ratelimit'))).toMatchObject({
      'sign-in': { r: 28 },
      'wrong-passwords': { r: 8 },
    });
  });

  it('takes ten wrong passwords of an account a minute, from wherever and by whichever process', async () => {
    const email = newEmail();
    await register(newAddress(), email);
    for (const client of [shop.guest, siblingClient])
      for (const answer of await inTurn(5, () => login(email, 'wrong password', newAddress(), client)))
        expect(answer.status).toBe(401);
    for (const client of [shop.guest, siblingClient])
      expectRefusal(await login(email, PASSWORD, newAddress(), client), 'wrong-passwords');
    // The owner waits a minute at most, and nobody else waits at all.
    const refused = await login(email, PASSWORD);
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(60);
    expect((await login(newEmail(), PASSWORD)).status).toBe(401);
    await shop.app.get(Db).prisma.rateLimit.updateMany({ data: { expire: BigInt(Date.now() - 1) } });
    expect((await login(email, PASSWORD)).status).toBe(200);
  });

  it('lets no more than ten through of many at once', async () => {
    const email = newEmail();
    const answers = await Promise.all(Array.from({ length: 25 }, () => login(email, 'wrong password')));
    expect(answers.map(({ status }) => status).sort()).toEqual([
      ...Array<number>(10).fill(401),
      ...Array<number>(15).fill(429),
    ]);
  });

  it('does not count right passwords', async () => {
    const email = newEmail();
    await register(newAddress(), email);
    for (const { status, headers } of await inTurn(12, () => login(email, PASSWORD))) {
      expect(status).toBe(200);
      expect(itemsOf(headers.get('ratelimit'))['wrong-passwords']?.['r']).toBe(10);
    }
    // A right one in between does not start the count of wrong ones anew.
    const mixed = await inTurn(11, async () => {
      const wrong = await login(email, 'wrong password');
      await login(email, PASSWORD);
      return wrong;
    });
    expect(mixed.map(({ status }) => status)).toEqual([...Array<number>(10).fill(401), 429]);
  });

  it('takes thirty of an address a minute, whatever they ask', async () => {
    const from = newAddress();
    const answers = await inTurn(30, () => post('/v1/auth/login', { nonsense: 1 }, from));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([422]));
    expectRefusal(await login(newEmail(), PASSWORD, from), 'sign-in');
    expectRefusal(await post('/v1/auth/login', { nonsense: 1 }, from, siblingClient), 'sign-in');
    expect((await login(newEmail(), PASSWORD)).status).toBe(401);
  });

  it('counts an IPv6 network as one address', async () => {
    const hosts = Array.from({ length: 30 }, (_, index) => `2001:db8:1:2::${(index + 1).toString(16)}`);
    for (const from of hosts) await post('/v1/auth/login', {}, from);
    expectRefusal(await post('/v1/auth/login', {}, '2001:db8:1:2:ffff::1'), 'sign-in');
    expect((await post('/v1/auth/login', {}, '2001:db8:1:3::1')).status).toBe(422);
  });
});

describe("guessing an account's password", () => {
  /** As if a minute had passed; what is counted by the hour stays. */
  const passMinute = () =>
    shop.app.get(Db).prisma.rateLimit.deleteMany({ where: { key: { startsWith: 'wrong-passwords:' } } });

  it('from many addresses keeps its owner out of no place where they have signed in before', async () => {
    const [email, home, away] = [newEmail(), newAddress(), newAddress()];
    await register(home, email);
    const attack = await Promise.all(Array.from({ length: 40 }, () => login(email, 'wrong password')));
    expect(attack.filter(({ status }) => status === 401)).toHaveLength(10);
    expectRefusal(await login(email, PASSWORD, away), 'wrong-passwords');
    for (const client of [shop.guest, siblingClient])
      expect((await login(email, PASSWORD, home, client)).status).toBe(200);
    // What the owner mistypes at home counts there, and there alone.
    for (const { status } of await inTurn(10, () => login(email, 'wrong password', home))) expect(status).toBe(401);
    expectRefusal(await login(email, PASSWORD, home), 'wrong-passwords');
    await passMinute();
    expect((await login(email, PASSWORD, away)).status).toBe(200);
    await inTurn(10, () => login(email, 'wrong password'));
    expect((await login(email, PASSWORD, away)).status).toBe(200);
  });

  it('knows a network of IPv6 as one place, and forgets one whose session was ended as stolen', async () => {
    const [email, home] = [newEmail(), '2001:db8:77:1::5'];
    await register(home, email);
    await inTurn(10, () => login(email, 'wrong password'));
    expect((await login(email, PASSWORD, '2001:db8:77:1:aaaa::1')).status).toBe(200);
    expectRefusal(await login(email, PASSWORD, '2001:db8:77:2::1'), 'wrong-passwords');
    await shop.app.get(Db).prisma.session.updateMany({
      where: { user: { email } },
      data: { revokedAt: new Date(), revokeReason: 'refresh_token_reused' },
    });
    expectRefusal(await login(email, PASSWORD, home), 'wrong-passwords');
  });

  it('takes longer the longer it goes on', async () => {
    const email = newEmail();
    await register(newAddress(), email);
    for (let minute = 0; minute < 3; minute++) {
      const answers = await inTurn(11, () => login(email, 'wrong password'));
      expect(answers.map(({ status }) => status)).toEqual([...Array<number>(10).fill(401), 429]);
      expect(Number(answers[10]?.headers.get('retry-after'))).toBeLessThanOrEqual(60);
      await passMinute();
    }
    const refused = await login(email, 'wrong password');
    expectRefusal(refused, 'wrong-passwords-hour');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3000);
  });

  it('is no way to tell accounts that are there from those that are not', async () => {
    const known = newEmail();
    await register(newAddress(), known);
    const series = (email: string) => inTurn(12, () => login(email, 'wrong password'));
    const facts = (answers: Answer<Problem>[]) =>
      answers.map(({ status, json, headers }) => [status, json.code, headers.get('ratelimit-policy')]);
    expect(facts(await series(known))).toEqual(facts(await series(newEmail())));
  });
});

describe('registration, refresh and change of password', () => {
  it('registers twenty times for an address in ten minutes', async () => {
    const from = newAddress();
    const answers = await inTurn(20, () => register(from));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(itemsOf(answers[19]?.headers.get('ratelimit-policy') ?? null)).toEqual({
      writes: { q: 300, w: 60 },
      registration: { q: 20, w: 600 },
      'registration-account': { q: 10, w: 600 },
    });
    expectRefusal(await register(from), 'registration');
    expect((await register(newAddress())).status).toBe(201);
  });

  it('tries to register one address ten times in ten minutes, from wherever', async () => {
    const email = newEmail();
    const answers = await inTurn(10, () => register(newAddress(), email));
    expect(answers.map(({ status }) => status)).toEqual([201, ...Array<number>(9).fill(409)]);
    expectRefusal(await register(newAddress(), email.toUpperCase()), 'registration-account');
    expect((await register(newAddress())).status).toBe(201);
  });

  it('refreshes sixty times for an address in a minute', async () => {
    const from = newAddress();
    await Promise.all(Array.from({ length: 60 }, () => post('/v1/auth/refresh', { refreshToken: 'x' }, from)));
    expectRefusal(await post('/v1/auth/refresh', { refreshToken: 'x' }, from), 'refresh');
  });

  it('takes ten wrong present passwords a minute', async () => {
    const { accessToken } = (await register(newAddress())).json;
    const change = () =>
      shop.guest
        .as(accessToken)
        .post<Problem>('/v1/auth/password', { currentPassword: 'wrong', newPassword: 'seventeen purple elephants' });
    const answers = await inTurn(10, change);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([422]));
    expectRefusal(await change(), 'wrong-passwords');
  });
});

describe('what is counted', () => {
  it('holds nobody in the clear, and is swept when its time is over', async () => {
    const email = newEmail();
    const from = newAddress();
    await login(email, 'wrong password', from);
    const { prisma } = shop.app.get(Db);
    const rows = await prisma.rateLimit.findMany();
    expect(rows.length).toBeGreaterThan(1);
    for (const { key } of rows) {
      expect(key).toMatch(/^[a-z-]+:[\w-]{43}$/);
      expect(key).not.toContain(from);
    }
    const limits = shop.app.get(RateLimits, { strict: false });
    // What is exchanged now and then is there by now.
    await new Promise((done) => setTimeout(done, 1_000));
    await limits.sweep();
    await login(email, 'wrong password', from);
    const [first] = await prisma.rateLimit.findMany({ take: 1 });
    await prisma.rateLimit.updateMany({ where: { key: first?.key ?? '' }, data: { expire: BigInt(Date.now() - 1) } });
    const before = await prisma.rateLimit.count();
    expect(await limits.sweep()).toBe(1);
    expect(await prisma.rateLimit.count()).toBe(before - 1);
  });

  it('is nothing where no limit applies', async () => {
    const { headers } = await shop.guest.get('/health/live');
    expect([headers.get('ratelimit'), headers.get('ratelimit-policy')]).toEqual([null, null]);
  });

  it('is nothing at all when RATE_LIMIT is off', async () => {
    const unlimited = await startTestApp({ RATE_LIMIT: 'off' });
    try {
      const answers = await inTurn(35, () => unlimited.guest.post('/v1/auth/login', { nonsense: 1 }));
      for (const { status, headers } of answers) expect([status, headers.get('ratelimit')]).toEqual([422, null]);
      expect(await unlimited.app.get(Db).prisma.rateLimit.count()).toBe(0);
    } finally {
      await unlimited.close();
    }
  });
});
