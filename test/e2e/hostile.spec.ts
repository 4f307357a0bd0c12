import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:net';
import { checkAgainstDocument } from '../support/openapi-check.js';
import { makeCart, makeVariant, orderBody, type OrderJson } from '../support/shop-fixture.js';
import { asAdmin, asCustomer, startTestApp, type TestApp } from '../support/test-app.js';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

interface Schema {
  readonly $ref?: string;
  readonly allOf?: Schema[];
  readonly anyOf?: Schema[];
  readonly type?: string | string[];
  readonly properties?: Record<string, Schema>;
  readonly items?: Schema;
  readonly enum?: Json[];
  readonly example?: Json;
  readonly format?: string;
}
interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
}
interface Operation {
  readonly operationId: string;
  readonly parameters?: Parameter[];
  readonly requestBody?: { content: Record<string, { schema: Schema }> };
}
interface Document {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { schemas: Record<string, Schema> };
}

const document = JSON.parse(readFileSync(join(process.cwd(), 'openapi.json'), 'utf8')) as Document;

const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

const STRINGS = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\u202e\u200b',
  '\r\nSet-Cookie: a=b',
  '💥'.repeat(50),
  'a'.repeat(5_000),
  "' OR 1=1 --",
  '"; DROP TABLE "order"; --',
  '<script>alert(1)</script>',
  '../../../etc/passwd',
  '%00%zz',
  '${7*7}{{7*7}}',
  '& | ! ( ) : * \\',
  '-1',
  '0',
  '1e400',
  '9007199254740993',
  '99999999999999999999999999',
  'NaN',
  'null',
  'true',
  '2026-02-30T25:61:61Z',
  '-271821-04-20T00:00:00Z',
  '+275760-09-13T00:00:00Z',
  '0198c5f0-7b7e-7000-8000-000000000000',
  'WyIiXQ',
  'bnVsbA',
  '__proto__',
  'constructor',
];

/** Those that a client can put into a header. */
const HEADER_STRINGS = STRINGS.filter((one) => /^[\x20-\x7e]+$/.test(one) && one.trim() !== '');

const VALUES: Json[] = [
  ...STRINGS,
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  -2147483649,
  2147483648,
  9007199254740991,
  9007199254740992,
  [],
  [null],
  [[]],
  [[[1]]],
  ['x', 'x'],
  {},
  { a: { b: { c: [] } } },
  { constructor: { prototype: { admin: true } } },
  { length: 1e9 },
  Array.from({ length: 1001 }, () => 'x'),
];

const RAW_BODIES = [
  '',
  '{',
  '{"a":1,}',
  'null',
  '[]',
  '"x"',
  '42',
  '{"__proto__":{"a":1}}',
  '{"a":1e999}',
  deep(50),
  deep(100_000),
  '\ufeff{}',
  '{"a":"\\u0000"}',
  'a=1&b=2',
];

let shop: TestApp;
let tokens: Record<'admin' | 'customer' | 'guest', string | undefined>;
let known: Record<string, string>;

beforeAll(async () => {
  shop = await startTestApp({ PAYMENT_TIMEOUT_MS: '300' });
  const admin = await asAdmin(shop);
  const signIn = async (body: object) =>
    (await shop.guest.post<{ accessToken: string }>('/v1/auth/login', body)).json.accessToken;
  const customer = await asCustomer(shop);
  const victim = await asCustomer(shop);
  const { ADMIN } = await import('../support/test-app.js');
  tokens = {
    admin: await signIn(ADMIN),
    customer: await signIn({ email: customer.email, password: customer.password }),
    guest: undefined,
  };
  const { variantId } = await makeVariant(shop, { stock: 1_000_000 });
  const { variantId: other } = await makeVariant(shop);
  const cart = await makeCart(shop.guest, [{ variantId, quantity: 1 }]);
  const { json: order } = await shop.guest.post<OrderJson>(
    '/v1/orders',
    orderBody((await makeCart(shop.guest, [{ variantId, quantity: 5 }])).id),
  );
  const category = await admin.post<{ id: string }>('/v1/categories', { name: 'Cups' });
  await admin.post('/v1/roles', { name: 'packers', permissions: ['orders:read'] });
  const webhook = await admin.post<{ id: string }>('/v1/webhooks', {
    url: 'https://93.184.216.34/',
    eventTypes: ['*'],
  });
  known = {
    webhookId: webhook.json.id,
    variantId,
    other,
    cartId: cart.id,
    orderId: order.id,
    userId: victim.id,
    categoryId: category.json.id,
  };
});

afterAll(() => shop.close());

/** A value of the schema that a server may well accept, so that one bad field is all that is wrong with the request. */
function sample(schema: Schema | undefined, depth = 0): Json {
  if (!schema || depth > 6) return null;
  if (schema.$ref) return sample(document.components.schemas[schema.$ref.split('/').at(-1) ?? ''], depth + 1);
  if (schema.allOf) return sample(schema.allOf[0], depth + 1);
  if (schema.anyOf) return sample(schema.anyOf[0], depth + 1);
  if (schema.example !== undefined) return schema.example;
  if (schema.enum) return schema.enum[0] ?? null;
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (schema.properties)
    return Object.fromEntries(
      Object.entries(schema.properties).map(([name, child]) => [name, sample(child, depth + 1)]),
    );
  if (type === 'array') return [sample(schema.items, depth + 1)];
  if (type === 'integer' || type === 'number') return 1;
  if (type === 'boolean') return true;
  if (type === 'object') return {};
  return 'text';
}

/** Ids that exist, so that a request gets past the look-up. */
function real(json: Json, path: string): Json {
  if (json === null || typeof json !== 'object' || Array.isArray(json)) return json;
  const ids: Record<string, Json> = {
    variantId: known['variantId'] ?? '',
    cartId: known['cartId'] ?? '',
    email: `h${Math.random()}@example.com`,
  };
  const copy = Object.fromEntries(Object.entries(json).map(([name, value]) => [name, ids[name] ?? real(value, path)]));
  if (path.endsWith('/refunds')) delete copy['items'];
  if (path.endsWith('/adjustments')) delete copy['onHand'];
  if (path === '/v1/orders') delete copy['expectedTotal'];
  if (Array.isArray(copy['items'])) copy['items'] = copy['items'].map((item) => real(item, path));
  return copy;
}

let turn = 0;

/** Every so many-th, another share at each call: what is checked by one piece of code everywhere needs not be tried whole everywhere. */
function share<T>(all: readonly T[], every: number): T[] {
  turn++;
  return all.filter((_, index) => (index + turn) % every === 0);
}

/** The body with one value, anywhere in it, replaced by each hostile one; the deeper in it, by the smaller a share of them. */
function* mutations(body: Json, values: readonly Json[], path: (string | number)[] = []): Generator<Json> {
  for (const value of path.length === 0 ? values : share(values, path.length === 1 ? 3 : 10)) yield value;
  if (body === null || typeof body !== 'object' || path.length > 3) return;
  if (!Array.isArray(body)) yield { ...body, unknown: 1 };
  for (const [key, child] of Object.entries(body))
    for (const changed of mutations(child, values, [...path, key])) {
      if (Array.isArray(body)) yield body.map((item, index) => (String(index) === key ? changed : item));
      else yield { ...body, [key]: changed };
    }
}

function address(template: string, replace: (name: string) => string): string {
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(safe(replace(name))));
}

/** encodeURIComponent refuses lone surrogates, which a URL cannot carry. */
const safe = (text: string) => text.toWellFormed();

function realPath(template: string): string {
  const id = template.startsWith('/v1/carts')
    ? known['cartId']
    : template.startsWith('/v1/orders')
      ? known['orderId']
      : template.startsWith('/v1/users')
        ? known['userId']
        : template.startsWith('/v1/categories')
          ? known['categoryId']
          : template.startsWith('/v1/variants')
            ? known['other']
            : template.startsWith('/v1/webhooks')
              ? known['webhookId']
              : '0198c5f0-7b7e-7000-8000-000000000000';
  return address(
    template,
    (name) =>
      (name === 'variantId'
        ? known['variantId']
        : name === 'name'
          ? 'packers'
          : name === 'itemId'
            ? '0198c5f0-7b7e-7000-8000-000000000000'
            : id) ?? '',
  );
}

interface Call {
  readonly method: string;
  readonly path: string;
  readonly body?: string;
  readonly headers?: Record<string, string>;
  readonly as?: keyof typeof tokens;
}

/** Sends it, and holds what comes back against the two promises: no 500, and every refusal a described problem. */
async function probe(call: Call): Promise<string | undefined> {
  const token = tokens[call.as ?? 'admin'];
  const headers: Record<string, string> = {
    ...(token ? { authorization: `Bearer ${token}` } : {}),
    ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
    ...call.headers,
  };
  let response: Response;
  try {
    response = await fetch(shop.base + call.path, {
      method: call.method,
      headers,
      redirect: 'manual',
      ...(call.body === undefined ? {} : { body: call.body }),
    });
  } catch (error) {
    // What cannot be put into a request at all is refused by the client itself.
    return error instanceof TypeError &&
      /header|ByteString|parse/i.test(error.cause instanceof Error ? error.cause.message : error.message)
      ? undefined
      : `${call.method} ${call.path}: ${String(error)}`;
  }
  const text = await response.text();
  const where = `${call.method} ${call.path.slice(0, 100)} ${(call.body ?? '').slice(0, 200)} -> ${response.status} ${text.slice(0, 200)}`;
  if (response.status >= 500 && response.status !== 503) return where;
  if (/at .*\.(js|ts):\d+|node_modules|Prisma|SELECT |syntax error/i.test(text) && response.status >= 400)
    return `leaks: ${where}`;
  if (response.status >= 400) {
    if (!/^application\/problem\+json/.test(response.headers.get('content-type') ?? ''))
      return `no problem document: ${where}`;
    const problem = JSON.parse(text) as Record<string, unknown>;
    if (!problem['code'] || !problem['requestId'] || problem['status'] !== response.status)
      return `incomplete problem: ${where}`;
  }
  try {
    if (/json/.test(response.headers.get('content-type') ?? '') && text)
      checkAgainstDocument(call.method, call.path, response.status, JSON.parse(text));
  } catch (error) {
    return `${String(error).slice(0, 500)}: ${where}`;
  }
  return undefined;
}

async function expectSound(calls: Iterable<Call>): Promise<void> {
  const faults = new Set<string>();
  const queue = [...calls];
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (let call = queue.pop(); call; call = queue.pop()) {
        const fault = await probe(call);
        if (fault && faults.size < 10) faults.add(fault);
      }
    }),
  );
  expect([...faults]).toEqual([]);
}

/** What would end the test's own sessions is asked with tokens of nobody. */
const ENDS_SESSIONS = new Set(['logout']);
const KEEPS_FIXTURES = (method: string) => method !== 'delete';

const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation, name: operation.operationId })),
);

describe('no input makes a 500', () => {
  it.each(operations.map(({ name, ...rest }) => [name, rest] as const))(
    '%s',
    async (name, { path, method, operation }) => {
      const calls: Call[] = [];
      const base = {
        method: method.toUpperCase(),
        as: ENDS_SESSIONS.has(name) ? ('guest' as const) : ('admin' as const),
      };
      const parameters = operation.parameters ?? [];
      if (path.includes('{'))
        for (const text of STRINGS)
          if (text !== '')
            calls.push({
              ...base,
              path: address(path, () => text),
              ...(method === 'get' || method === 'delete' ? {} : { body: '{}' }),
            });
      const target = KEEPS_FIXTURES(method)
        ? realPath(path)
        : address(path, () => '0198c5f0-7b7e-7000-8000-00000000ffff');
      for (const { name: query } of parameters.filter((one) => one.in === 'query'))
        for (const text of share(STRINGS, 2))
          calls.push(
            { ...base, path: `${target}?${encodeURIComponent(query)}=${encodeURIComponent(safe(text))}` },
            { ...base, path: `${target}?${query}=1&${query}=${encodeURIComponent(safe(text))}` },
            { ...base, path: `${target}?${query}[a]=${encodeURIComponent(safe(text))}` },
          );
      for (const header of [
        'if-match',
        'if-none-match',
        'idempotency-key',
        'order-token',
        'x-request-id',
        'authorization',
        'accept',
        'range',
      ])
        for (const text of share(HEADER_STRINGS, 12))
          calls.push({
            ...base,
            path: target,
            headers: { [header]: text },
            ...(method === 'get' || method === 'delete' ? {} : { body: '{}' }),
          });
      const schema = Object.values(operation.requestBody?.content ?? {})[0]?.schema;
      if (schema && operation.requestBody?.content['application/json']) {
        const body = real(sample(schema), path);
        for (const changed of mutations(body, VALUES))
          calls.push({ ...base, path: target, body: JSON.stringify(changed) });
        for (const raw of RAW_BODIES) calls.push({ ...base, path: target, body: raw });
        for (const type of [
          'text/plain',
          'application/xml',
          'application/json; charset=utf-16',
          'multipart/form-data',
          ';;',
          'application/x-www-form-urlencoded',
        ])
          calls.push({ ...base, path: target, body: '{}', headers: { 'content-type': type } });
        calls.push({ ...base, path: target, body: `"${'x'.repeat(1_100_000)}"` });
      }
      for (const as of ['customer', 'guest'] as const)
        calls.push(
          ...calls.filter((_, index) => index % 17 === 0 && !ENDS_SESSIONS.has(name)).map((call) => ({ ...call, as })),
        );
      await expectSound(calls);
    },
    120_000,
  );
});

describe('what no route sees', () => {
  const paths = [
    '/',
    '//',
    '/v1',
    '/v1/',
    '/%zz',
    '/v1/products/%ff',
    `/v1/products/${'x'.repeat(2000)}`,
    '/v1/orders/..%2f..',
    '/docs/../package.json',
    '/docs/%2e%2e/package.json',
    '/v1/users/me/',
    '/V1/products',
    '/v1/products;a=b',
    '/v1/unknown?token=secret',
  ];
  it.each(paths)('GET %s is a problem or an answer', async (path) => {
    expect(await probe({ method: 'GET', path, as: 'guest' })).toBeUndefined();
  });

  it('a wrong method names the right ones', async () => {
    const response = await fetch(`${shop.base}/v1/products`, { method: 'PUT' });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, HEAD, POST');
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  });

  const raw = (text: string) =>
    new Promise<string>((resolve, reject) => {
      const { port } = new URL(shop.base);
      const socket = connect(Number(port), '127.0.0.1', () => socket.write(text));
      let answer = '';
      socket.on('data', (chunk) => (answer += chunk.toString()));
      socket.on('close', () => resolve(answer));
      socket.on('error', reject);
      socket.setTimeout(5_000, () => socket.destroy());
    });

  it.each([
    ['no HTTP', 'hello\r\n\r\n', 400],
    ['an unknown method', 'FOO / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 400],
    ['a method that nobody takes', 'PROPFIND /v1/products HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 405],
    ['headers without end', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
    [
      'two lengths',
      'POST /v1/carts HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
  ])('%s', async (_, text, status) => {
    const answer = await raw(text);
    expect(answer.split('\r\n', 1)[0]).toContain(` ${status} `);
    expect(answer.toLowerCase()).toContain('content-type: application/problem+json');
  });
});
