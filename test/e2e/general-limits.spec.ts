import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { connect } from 'node:net';
import { createApp } from '../../src/app.js';
import { loadConfig } from '../../src/platform/config/index.js';
import { Db } from '../../src/platform/database/index.js';
import { createLogger } from '../../src/platform/observability/logger.js';
import { ApiClient, type Answer } from '../support/api-client.js';
import { eventually } from '../support/shop-fixture.js';
import { ADMIN, asAdmin, startTestApp, type TestApp } from '../support/test-app.js';

interface Problem {
  code: string;
  key: string;
  accessToken: string;
}

/** Reads of a minute; writes are a quarter of it, exports two. */
const READS = 40;
const WRITES = 10;
const REDIS = process.env['TEST_REDIS_URL'];
const ENV = {
  RATE_LIMIT: 'on',
  TRUSTED_PROXIES: '1',
  LIMIT_PER_MINUTE: String(READS),
  // A busy machine is no reason to shed what is to be counted.
  MAX_EVENT_LOOP_DELAY_MS: '60000',
  ...(REDIS === undefined ? {} : { REDIS_URL: REDIS }),
};

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
  const boot = { config, databaseUrl: shop.databaseUrl, logger: createLogger(config), embedded: false, work: false };
  sibling = await createApp(boot);
  await sibling.listen(0, '127.0.0.1');
  const { port } = sibling.getHttpServer().address() as { port: number };
  siblingClient = new ApiClient(`http://127.0.0.1:${port}`);
});
afterAll(async () => {
  await sibling.close();
  await shop.close();
});

let addresses = 0;
const newAddress = () => `198.18.${Math.floor(++addresses / 250)}.${(addresses % 250) + 1}`;
const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });
const read = async (address: string, client = shop.guest) =>
  noted(await client.get<Problem>('/v1/products', from(address)));
const times = <T>(count: number, call: () => Promise<T>) => Promise.all(Array.from({ length: count }, call));

const passed = (answers: Answer<Problem>[]) => answers.filter(({ status }) => status !== 429).length;

/** Seconds to the end of each window, as the answers of a test told it one after the other. */
const told = new Map<string, number[]>();

function noted(answer: Answer<Problem>): Answer<Problem> {
  for (const [, name = '', left] of (answer.headers.get('ratelimit') ?? '').matchAll(/"([\w-]+)";r=\d+;t=(\d+)/g))
    told.set(name, [...(told.get(name) ?? []), Number(left)]);
  return answer;
}

/** Whether a window ended and the next began: then more seconds are left than were. Answers that overtake each other tell a second or two more. */
const aWindowEnded = () =>
  [...told.values()].some((seconds) => seconds.some((left, at) => left > Math.min(...seconds.slice(0, at)) + 5));

/** A test that counts within a window: once more, from elsewhere, where the window ended in between. */
function counting(name: string, test: () => Promise<void>): void {
  it(
    name,
    async () => {
      for (let attempt = 1; ; attempt++) {
        told.clear();
        try {
          return await test();
        } catch (error) {
          if (attempt === 3 || !aWindowEnded()) throw error;
        }
      }
    },
    90_000,
  );
}

/** Longer than the pause between two exchanges with the store. */
const anExchange = () => new Promise((done) => setTimeout(done, 800));

function expectRefusal({ status, json, headers }: Answer<Problem>, limit: string): void {
  expect([status, json.code]).toEqual([429, 'request.rate_limited']);
  const seconds = Number(headers.get('retry-after'));
  expect(seconds).toBeGreaterThan(0);
  expect(seconds).toBeLessThanOrEqual(60);
  expect(headers.get('ratelimit')).toContain(`"${limit}";r=0;t=`);
}

describe('the limit of an address', () => {
  counting('is told, applies to each class of routes by itself, and to nobody else', async () => {
    const address = newAddress();
    const first = await read(address);
    expect(first.status).toBe(200);
    expect(first.headers.get('ratelimit-policy')).toBe(`"reads";q=${READS};w=60`);
    expect(first.headers.get('ratelimit')).toMatch(/^"reads";r=39;t=\d+$/);
    expect(passed(await times(60, () => read(address)))).toBe(READS - 1);
    expectRefusal(await read(address), 'reads');
    expect((await fetch(`${shop.base}/no/such/route`, from(address))).status).toBe(429);
    const write = await shop.guest.post<Problem>('/v1/carts', {}, from(address));
    expect(write.headers.get('ratelimit')).toMatch(/^"writes";r=9;t=\d+$/);
    expect((await read(newAddress())).status).toBe(200);
  });

  counting('counts all of an IPv6 network', async () => {
    const network = `2001:db8:9:${++addresses}`;
    const hosts = Array.from({ length: READS }, (_, index) => `${network}::${(index + 1).toString(16)}`);
    expect(passed(await Promise.all(hosts.map((host) => read(host))))).toBe(READS);
    expectRefusal(await read(`${network}:ffff::1`), 'reads');
    expect((await read('2001:db8:a::1')).status).toBe(200);
  });

  counting('refuses before any of the body is read', async () => {
    const address = newAddress();
    const { headers } = from(address);
    const send = async (body: object | string) =>
      noted(
        await shop.guest.post<Problem>('/v1/carts', body, {
          headers: { ...headers, ...(typeof body === 'string' ? { 'content-type': 'application/json' } : {}) },
        }),
      );
    expect(passed(await times(WRITES, () => send({})))).toBe(WRITES);
    expectRefusal(await send('{"not JSON'), 'writes');
    const head = `POST /v1/carts HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: ${address}\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n`;
    expect(await firstLine(head)).toBe('HTTP/1.1 429 Too Many Requests');
  });

  counting('is shared by all processes, but for what they had not told each other yet', async () => {
    const address = newAddress();
    expect(passed(await times(READS, () => read(address)))).toBe(READS);
    await anExchange();
    // The other one learns of it with the first that it tells.
    const there = passed(await times(5, () => read(address, siblingClient)));
    expect(there).toBeLessThanOrEqual(5);
    await anExchange();
    expectRefusal(await read(address, siblingClient), 'reads');
    expectRefusal(await read(address), 'reads');
  });

  counting('costs no statement for those who ask for little', async () => {
    if (REDIS !== undefined) return;
    await anExchange();
    const { prisma } = shop.app.get(Db);
    const wide = await startTestApp({ ...ENV, LIMIT_PER_MINUTE: '1200' });
    try {
      const address = newAddress();
      for (const count of [10, 13]) expect(passed(await times(count, () => read(address, wide.guest)))).toBe(count);
      await anExchange();
      expect(await wide.app.get(Db).prisma.rateLimit.count()).toBe(0);
      expect(passed([await read(address, wide.guest)])).toBe(1);
      await eventually(
        () => wide.app.get(Db).prisma.rateLimit.findMany(),
        (rows) => rows[0]?.points === 24,
      );
    } finally {
      await wide.close();
    }
    expect(await prisma.rateLimit.count()).toBeGreaterThan(0);
  });

  it('does not touch what watches the process', async () => {
    const address = newAddress();
    const answers = await times(READS * 2, () => shop.guest.get<Problem>('/health/live', from(address)));
    expect(passed(answers)).toBe(READS * 2);
    expect(answers[0]?.headers.get('ratelimit')).toBeNull();
  });

  it('is none with RATE_LIMIT=off', async () => {
    const unlimited = await startTestApp({ ...ENV, RATE_LIMIT: 'off' });
    try {
      const answers = await times(READS * 2, () => read('203.0.113.251', unlimited.guest));
      expect(passed(answers)).toBe(READS * 2);
      expect(answers[0]?.headers.get('ratelimit')).toBeNull();
    } finally {
      await unlimited.close();
    }
  });
});

describe('X-Forwarded-For', () => {
  counting('is believed for its last entry alone where one proxy is trusted', async () => {
    const real = newAddress();
    const forged = (n: number) => `10.9.8.${n}, unknown, [::1], ${'1.2.3.4, '.repeat(n)}${real}`;
    const answers = await Promise.all(Array.from({ length: READS }, (_, n) => read(forged(n))));
    expect(passed(answers)).toBe(READS);
    expectRefusal(await read(forged(7)), 'reads');
    expectRefusal(await read(`${real}:4711`), 'reads');
    expect((await read(`${real}, ${newAddress()}`)).status).toBe(200);
  });

  counting('makes garbage one client: the proxy', async () => {
    const answers = await Promise.all(Array.from({ length: READS + 5 }, (_, n) => read(`garbage-${n}`)));
    expect(passed(answers)).toBeLessThanOrEqual(READS);
    expectRefusal(await shop.guest.get('/v1/products'), 'reads');
  });

  counting('is not believed at all where none is trusted', async () => {
    const direct = await startTestApp({ ...ENV, TRUSTED_PROXIES: '0' });
    try {
      const answers = await Promise.all(
        Array.from({ length: READS + 5 }, (_, n) => read(`198.51.100.${n}`, direct.guest)),
      );
      expect(passed(answers)).toBeLessThanOrEqual(READS);
    } finally {
      await direct.close();
    }
  });
});

describe('the limits of accounts and keys', () => {
  counting('follow an account from address to address', async () => {
    const body = {
      email: `roaming-${++addresses}@example.com`,
      password: 'correct horse battery staple',
      name: 'Roaming',
    };
    const { accessToken } = (await shop.guest.post<Problem>('/v1/auth/register', body, from(newAddress()))).json;
    const me = async () => noted(await shop.guest.as(accessToken).get<Problem>('/v1/users/me', from(newAddress())));
    const first = await me();
    expect(first.headers.get('ratelimit')).toMatch(/^"reads";r=39;t=\d+, "account-reads";r=39;t=\d+$/);
    expect(passed(await times(60, me))).toBe(READS - 1);
    expectRefusal(await me(), 'account-reads');
    expect((await shop.guest.get('/v1/products', from(newAddress()))).status).toBe(200);
  });

  counting('count a key by itself, and not to the address or the account', async () => {
    const admin = await asAdmin(shop);
    const make = () =>
      admin.post<Problem>(
        '/v1/api-keys',
        { name: 'Shop front', permissions: ['orders:read'], password: ADMIN.password },
        { ...from(newAddress()), expect: 201 },
      );
    const [one, other] = [(await make()).json.key, (await make()).json.key];
    const address = newAddress();
    const withKey = (key: string) => read(address, shop.guest.as(key));
    const first = await withKey(one);
    expect(first.headers.get('ratelimit')).toMatch(/^"key-reads";r=39;t=\d+$/);
    expect(passed(await times(60, () => withKey(one)))).toBe(READS - 1);
    expectRefusal(await withKey(one), 'key-reads');
    expect(passed(await times(READS, () => withKey(other)))).toBe(READS);
    expect((await read(address)).status).toBe(200);
    expect((await admin.get('/v1/users/me', from(newAddress()))).status).toBe(200);
  });
});

describe('a store that is away', () => {
  counting('leaves the shop open, each process counting by itself, and sign-in closed', async () => {
    const lost = await startTestApp({ ...ENV, REDIS_URL: 'redis://127.0.0.1:1' });
    try {
      const address = newAddress();
      expect(passed(await times(READS + 10, () => read(address, lost.guest)))).toBe(READS);
      await anExchange();
      expect((await read('203.0.113.253', lost.guest)).status).toBe(200);
      const signIn = await lost.guest.post<Problem>('/v1/auth/login', ADMIN, from('203.0.113.254'));
      expect([signIn.status, signIn.json.code]).toEqual([503, 'limits.unavailable']);
      expect(Number(signIn.headers.get('retry-after'))).toBeGreaterThan(0);
    } finally {
      await lost.close();
    }
  });
});

/** The first line of the answer to what is sent, which may be less than a whole request. */
async function firstLine(text: string): Promise<string> {
  const { hostname, port } = new URL(shop.base);
  const socket = connect(Number(port), hostname);
  try {
    socket.write(text);
    const answer = await new Promise<Buffer>((resolve, reject) => {
      socket.once('data', resolve).once('error', reject).once('close', reject);
      setTimeout(() => reject(new Error('no answer')), 5_000).unref();
    });
    return String(answer).split('\r\n')[0] ?? '';
  } finally {
    socket.destroy();
  }
}
