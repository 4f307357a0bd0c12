import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bodyCases, callerFor, isObject } from '../matrix/bodies.js';
import { operations, pathParameters, resolve, type Operation } from '../matrix/document.js';
import type { Asked } from '../matrix/row.js';
import { rows } from '../matrix/rows/index.js';
import { addressOf, inParallel } from '../matrix/send.js';
import { World } from '../matrix/world.js';

/**
 * SQL injection (Vendure CVE-2026-40887, GHSA-9pp3-53p2-ww9v: a query parameter of the public API reached the text of a
 * statement) and patterns that take for ever (GHSA-jgm3-qmp2-c4p7): every parameter, header and member of a body is given
 * what would make the database sleep, or a badly written pattern search. The answer must come at once.
 */

let world: World;

beforeAll(async () => {
  world = await World.begin({ PAYMENT_TIMEOUT_MS: '300' });
}, 60_000);
afterAll(() => world.end(), 60_000);

const SLEEP_SECONDS = 8;
/** Far below the sleep, far above what a busy machine makes of a quick answer. */
const AT_ONCE_MS = 5_000;

const SLEEPERS = [
  `' || (select pg_sleep(${SLEEP_SECONDS}))::text || '`,
  `'; select pg_sleep(${SLEEP_SECONDS}); --`,
  `1 or 1=(select 1 from pg_sleep(${SLEEP_SECONDS}))`,
  `") or exists(select pg_sleep(${SLEEP_SECONDS}))--`,
  `' THEN (select 1 from pg_sleep(${SLEEP_SECONDS})) WHEN '`,
  `title; select pg_sleep(${SLEEP_SECONDS})`,
  `$$||pg_sleep(${SLEEP_SECONDS})||$$`,
  `\\'; select pg_sleep(${SLEEP_SECONDS}); --`,
];

let turn = 0;

/** So many of them, others at each call: each place gets some, and each of them many places. */
function some(count: number): string[] {
  turn++;
  return Array.from({ length: count }, (_, index) => SLEEPERS[(turn * count + index) % SLEEPERS.length] ?? '');
}

/** Parameters that others have put into their statements, and that we do not have. */
const UNKNOWN = ['languageCode', 'orderBy', 'order', 'sortBy', 'filter', 'where', 'fields', 'include', 'currency'];

const HEADERS = [
  'accept-language',
  'user-agent',
  'x-request-id',
  'idempotency-key',
  'if-match',
  'if-none-match',
  'order-token',
  'x-forwarded-for',
  'cookie',
  'referer',
  'origin',
  'accept',
];

const COMPLAINTS = /syntax error|unterminated|prisma|SQLSTATE|relation "|column "|at character|stack/i;

interface Shot {
  readonly operation: Operation;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** Fires them all and gives what was slow, broke, or answered as a database would. */
async function fire(shots: readonly Shot[]): Promise<string[]> {
  const faults: string[] = [];
  await inParallel(shots, 8, async ({ operation, path, body, headers = {} }) => {
    const { bearer } = callerFor(world, operation);
    const begin = performance.now();
    const response = await fetch(world.shop.base + path, {
      method: operation.method,
      headers: {
        authorization: `Bearer ${bearer}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const took = performance.now() - begin;
    const broke =
      response.status === 500 ||
      (response.status >= 400 && COMPLAINTS.test(text.replaceAll(/"instance":"[^"]*"/g, '')));
    if (took > AT_ONCE_MS || broke)
      faults.push(
        `${operation.id} ${path.slice(0, 120)} ${Math.round(took)} ms ${response.status} ${text.slice(0, 200)}`,
      );
  });
  return faults;
}

const prepared = new Map<string, Asked>();
async function prepare(operation: Operation): Promise<Asked> {
  const row = rows[operation.id];
  if (!row) return {};
  const asked = prepared.get(operation.id) ?? (await row.ask(world, callerFor(world, operation)));
  prepared.set(operation.id, asked);
  return asked;
}

describe('no parameter reaches the text of a statement', () => {
  it('in any query', async () => {
    const shots: Shot[] = [];
    for (const operation of operations.filter(({ method }) => method === 'GET')) {
      const path = addressOf(operation, await prepare(operation)).split('?', 1)[0] ?? '';
      const names = operation.parameters.filter((one) => one.in === 'query').map(({ name }) => name);
      for (const name of [...names, ...UNKNOWN])
        for (const text of some(3))
          shots.push({ operation, path: `${path}?${new URLSearchParams({ [name]: text }).toString()}` });
    }
    expect(shots.length).toBeGreaterThan(1_000);
    expect(await fire(shots)).toEqual([]);
  }, 120_000);

  it('in any path', async () => {
    const shots = operations.flatMap((operation) =>
      pathParameters(operation.path).flatMap((name) =>
        SLEEPERS.map((text) => ({
          operation,
          path: operation.path.replaceAll(/\{(\w+)\}/g, (_, other: string) =>
            encodeURIComponent(other === name ? text : (prepared.get(operation.id)?.params?.[other] ?? 'x')),
          ),
          ...(operation.method === 'GET' || operation.method === 'DELETE'
            ? {}
            : { body: prepared.get(operation.id)?.body ?? {} }),
        })),
      ),
    );
    expect(await fire(shots)).toEqual([]);
  }, 120_000);

  it('in any header', async () => {
    const shots: Shot[] = [];
    for (const operation of operations.filter(({ method }) => method === 'GET')) {
      const path = addressOf(operation, await prepare(operation));
      for (const name of HEADERS)
        for (const text of some(1)) shots.push({ operation, path, headers: { [name]: text } });
    }
    expect(await fire(shots)).toEqual([]);
  }, 120_000);

  it('in any member of a body', async () => {
    const shots: Shot[] = [];
    for (const [, one] of bodyCases) {
      const asked = await prepare(one.operation);
      const path = addressOf(one.operation, asked);
      for (const [name, child] of Object.entries(one.schema.properties ?? {}))
        for (const text of some(2)) {
          const value = resolve(child).type === 'array' ? [text] : text;
          shots.push({ operation: one.operation, path, body: { ...(asked.body as object), [name]: value } });
        }
    }
    expect(await fire(shots)).toEqual([]);
  }, 120_000);

  it('so that a filter means what it says, to the letter', async () => {
    const always = `x' or '1'='1`;
    for (const path of [
      `/v1/users?email=${encodeURIComponent(always)}`,
      `/v1/users?role=${encodeURIComponent(always)}`,
      `/v1/orders?email=${encodeURIComponent(always)}`,
      `/v1/orders?number=${encodeURIComponent(always)}`,
      `/v1/mails?recipient=${encodeURIComponent(always)}`,
      `/v1/products?vendor=${encodeURIComponent(always)}`,
      `/v1/products?tag=${encodeURIComponent(always)}`,
      `/v1/products?category=${encodeURIComponent(always)}`,
    ]) {
      const { status, json } = await world.admin.get<{ items?: unknown[] }>(path);
      expect([path, status === 422 ? [] : json.items]).toEqual([path, []]);
    }
    for (const sort of ['price;drop table "order"', 'price desc', 'password_hash', '(select 1)', '__proto__'])
      expect((await world.shop.guest.get(`/v1/products?sort=${encodeURIComponent(sort)}`)).status).toBe(422);
  });

  it('and operators of a database are no values: {"$ne": null} signs nobody in', async () => {
    for (const value of [{ $ne: null }, { $gt: '' }, { not: null }, ['admin@example.com'], true, 0, null]) {
      const answers = [
        await world.shop.guest.post('/v1/auth/login', { email: value, password: value }),
        await world.shop.guest.post('/v1/auth/login', { email: world.caller('owner').email, password: value }),
        await world.shop.guest.post('/v1/auth/refresh', { refreshToken: value }),
      ];
      expect(answers.map(({ status }) => status)).toEqual([422, 422, 422]);
    }
  });
});

describe('no text keeps a pattern searching', () => {
  const LONG = 50_000;
  const EVIL = [
    'a'.repeat(LONG) + '!',
    '0'.repeat(LONG) + 'x',
    ' '.repeat(LONG) + 'x',
    'a@'.repeat(LONG / 2),
    'a.'.repeat(LONG / 2) + '@',
    '-'.repeat(LONG) + '_',
    '/'.repeat(LONG) + '\\',
    '<'.repeat(LONG),
    '<a '.repeat(LONG / 3),
    '\t'.repeat(LONG) + '"',
    '1:'.repeat(LONG / 2),
    '%41'.repeat(LONG / 3),
  ];

  it('in any member of a body', async () => {
    const shots: Shot[] = [];
    for (const [, one] of bodyCases) {
      const asked = await prepare(one.operation);
      const path = addressOf(one.operation, asked);
      for (const [name, child] of Object.entries(one.schema.properties ?? {}))
        for (const text of EVIL) {
          const { type, items } = resolve(child);
          if (type !== 'string' && !(type === 'array' && items && resolve(items).type === 'string')) continue;
          const value = type === 'array' ? [text] : text;
          shots.push({
            operation: one.operation,
            path,
            body: isObject(asked.body) ? { ...asked.body, [name]: value } : {},
          });
        }
    }
    expect(shots.length).toBeGreaterThan(500);
    expect(await fire(shots)).toEqual([]);
  }, 180_000);

  it('in any query or header', async () => {
    const shots: Shot[] = [];
    const short = EVIL.map((text) => text.slice(0, 6_000) + text.slice(-1));
    for (const operation of operations.filter(({ method }) => method === 'GET')) {
      const path = addressOf(operation, await prepare(operation));
      const join = path.includes('?') ? '&' : '?';
      for (const { name } of operation.parameters.filter((one) => one.in === 'query'))
        for (const text of short.slice(0, 6))
          shots.push({ operation, path: `${path}${join}${new URLSearchParams({ [name]: text }).toString()}` });
    }
    const [list] = operations.filter(({ id }) => id === 'listProducts');
    if (!list) throw new Error('There is no list of products');
    for (const name of [...HEADERS, 'authorization', 'range', 'content-type', 'accept-encoding', 'connection-x'])
      for (const text of [
        ...short,
        `Bearer ${'a.'.repeat(3_000)}`,
        `${'"a",'.repeat(1_500)}x`,
        `${'"'.repeat(6_000)}x`,
      ]) {
        const printable = text.replaceAll(/[^\x20-\x7e]/g, '').trim();
        shots.push({ operation: list, path: '/v1/products', headers: { [name]: printable } });
      }
    expect(await fire(shots)).toEqual([]);
  }, 120_000);
});
