import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sendRaw } from '../support/raw-http.js';
import { makeCart, makeVariant } from '../support/shop-fixture.js';
import { asAdmin, asCustomer, startTestApp, type TestApp } from '../support/test-app.js';

const API_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

const EVERYWHERE: Readonly<Record<string, RegExp>> = {
  'content-security-policy': /default-src 'none'.*frame-ancestors 'none'/,
  'cross-origin-opener-policy': /^same-origin$/,
  'cross-origin-resource-policy': /^(same|cross)-origin$/,
  'permissions-policy': /camera=\(\)/,
  'referrer-policy': /^no-referrer$/,
  'x-content-type-options': /^nosniff$/,
  'x-frame-options': /^DENY$/,
  'x-permitted-cross-domain-policies': /^none$/,
  'cache-control': /\S/,
};

/** What an answer must not tell about how it was made. */
const TALKATIVE = [
  /^\s*at \S+ ?\(/m,
  /\bat (async )?[\w$.<>]+ \(/,
  /node_modules|node:internal|file:\/\//,
  /\/(src|dist|tmp|home|root|usr|var)\//,
  /\.(ts|mjs|cjs|js):\d/,
  /prisma|postgres|graphile|fastify|nestjs|\bpg\b|FST_ERR|HPE_|\bP20\d\d\b/i,
  /\b(SELECT|INSERT INTO|UPDATE|DELETE FROM|WHERE|relation|constraint|violates|syntax error)\b/,
  /\bv?\d+\.\d+\.\d+\b/,
  /TypeError|ReferenceError|SyntaxError|RangeError|stack/,
];

interface Answer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
}

let shop: TestApp;
let token: string;

beforeAll(async () => {
  shop = await startTestApp();
  const { email, password } = await asCustomer(shop);
  const { json } = await shop.guest.post<{ accessToken: string }>(
    '/v1/auth/login',
    { email, password },
    { expect: 200 },
  );
  token = json.accessToken;
});
afterAll(() => shop.close());

async function ask(path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(shop.base + path, { redirect: 'manual', ...init });
  return { status: response.status, headers: new Map(response.headers), text: await response.text() };
}

async function askRaw(text: string): Promise<Answer> {
  const answer = await sendRaw(shop.base, text);
  if (!answer) throw new Error('There was no answer.');
  return {
    status: answer.status,
    headers: new Map(Object.entries(answer.headers)),
    text: answer.body.replace(/^[\da-f]+\r\n(.*)\r\n0\r\n\r\n$/s, '$1'),
  };
}

function expectGuarded({ headers }: Answer): void {
  for (const [name, pattern] of Object.entries(EVERYWHERE))
    expect([name, headers.get(name)]).toEqual([name, expect.stringMatching(pattern)]);
  for (const name of ['server', 'x-powered-by', 'via', 'strict-transport-security'])
    expect(headers.has(name)).toBe(false);
}

const json = { 'content-type': 'application/json' };

/** Every kind of mistake that a client can make, and who answers it. */
const MISTAKES: [string, number, () => Promise<Answer>][] = [
  ['no such route', 404, () => ask('/nothing/here')],
  ['no such file of the documentation page', 404, () => ask('/docs/package.json')],
  ['a method that the route does not take', 405, () => ask('/v1/products', { method: 'PUT' })],
  ['an address that cannot be decoded', 400, () => ask('/v1/products/%zz')],
  ['an address that is too long', 414, () => ask(`/v1/products/${'a'.repeat(600)}`)],
  ['an unknown product', 404, () => ask('/v1/products/none')],
  ['a page that does not exist', 422, () => ask('/v1/products?limit=1000000')],
  ['a cursor that is none', 422, () => ask('/v1/products?cursor=x')],
  ['nobody', 401, () => ask('/v1/users/me')],
  ['a token that is none', 401, () => ask('/v1/users/me', { headers: { authorization: 'Bearer a.b.c' } })],
  ['a customer among staff', 403, () => ask('/v1/users', { headers: { authorization: `Bearer ${token}` } })],
  ['no JSON', 400, () => ask('/v1/auth/login', { method: 'POST', headers: json, body: '{"email":' })],
  ['an empty body', 400, () => ask('/v1/auth/login', { method: 'POST', headers: json, body: '' })],
  [
    'a key to the prototype',
    400,
    () => ask('/v1/auth/login', { method: 'POST', headers: json, body: '{"__proto__":1}' }),
  ],
  ['unknown fields', 422, () => ask('/v1/auth/login', { method: 'POST', headers: json, body: '{"role":"admin"}' })],
  [
    'another kind of body',
    415,
    () => ask('/v1/auth/login', { method: 'POST', headers: { 'content-type': 'text/x' }, body: 'x' }),
  ],
  [
    'a wrong password',
    401,
    () =>
      ask('/v1/auth/login', {
        method: 'POST',
        headers: json,
        body: '{"email":"a@example.com","password":"wrong password"}',
      }),
  ],
  [
    'a body that is too large',
    413,
    () => ask('/v1/auth/login', { method: 'POST', headers: json, body: `"${'x'.repeat(1_100_000)}"` }),
  ],
  ['no HTTP', 400, () => askRaw('hello\r\n\r\n')],
  ['an unknown method', 400, () => askRaw('FOO / HTTP/1.1\r\nHost: x\r\n\r\n')],
  ['endless headers', 431, () => askRaw(`GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`)],
  ['no host', 400, () => askRaw('GET /v1/products HTTP/1.1\r\n\r\n')],
  [
    'a wish that nobody knows',
    417,
    () => askRaw('POST /v1/carts HTTP/1.1\r\nHost: x\r\nExpect: wonders\r\nContent-Length: 0\r\n\r\n'),
  ],
  [
    'two lengths',
    400,
    () =>
      askRaw('POST /v1/carts HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'),
  ],
];

describe('what an answer to a mistake tells', () => {
  it.each(MISTAKES)('%s: %i, with every header, and nothing about the server', async (_, status, provoke) => {
    const answer = await provoke();
    expect(answer.status).toBe(status);
    expectGuarded(answer);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('content-security-policy')).toBe(API_POLICY);
    expect(answer.headers.get('x-request-id')).toMatch(/^[\w.:-]+$/);
    const { instance: _path, requestId: _id, ...said } = JSON.parse(answer.text) as Record<string, unknown>;
    for (const pattern of TALKATIVE) expect(JSON.stringify(said)).not.toMatch(pattern);
    for (const [name, value] of answer.headers)
      for (const pattern of TALKATIVE.slice(0, 5)) expect(`${name}: ${value}`).not.toMatch(pattern);
  });

  it('an HTTP/1.0 request needs no host', async () => {
    expect((await askRaw('GET /health/live HTTP/1.0\r\n\r\n')).status).toBe(200);
  });
});

describe('who may keep an answer', () => {
  it('nobody, where it belongs to someone', async () => {
    const admin = await asAdmin(shop);
    const { client } = await asCustomer(shop);
    const { variantId } = await makeVariant(shop);
    const cart = await makeCart(shop.guest, [{ variantId, quantity: 1 }]);
    for (const answer of [
      await client.get('/v1/users/me'),
      await client.get('/v1/orders'),
      await admin.get('/v1/users'),
      await shop.guest.get(`/v1/carts/${cart.id}`),
    ]) {
      expect(answer.status).toBe(200);
      expect(answer.headers.get('cache-control')).toBe('no-store');
    }
  });

  it('a client that kept its tag is still told that nothing has changed', async () => {
    const { client } = await asCustomer(shop);
    const tag = (await client.get('/v1/users/me')).headers.get('etag') ?? '';
    expect(tag).not.toBe('');
    expect((await client.get('/v1/users/me', { headers: { 'if-none-match': tag } })).status).toBe(304);
  });

  it('everyone, where it is public, and asks again', async () => {
    const first = await ask('/v1/products');
    expect(first.headers.get('cache-control')).toBe('public, max-age=0, must-revalidate');
    const again = await ask('/v1/products', { headers: { 'if-none-match': first.headers.get('etag') ?? '' } });
    expect(again.status).toBe(304);
    expect(again.headers.get('cache-control')).toBe('public, max-age=0, must-revalidate');
    expectGuarded(again);
  });
});

describe('pages and pictures', () => {
  it('a picture may be shown by any page, and is none itself', async () => {
    const picture = await ask('/media/demo/enamel-mug.svg');
    expect(picture.status).toBe(200);
    expectGuarded(picture);
    expect(picture.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
    expect(picture.headers.get('content-security-policy')).toContain('sandbox');
    expect((await ask('/v1/products')).headers.get('cross-origin-resource-policy')).toBe('same-origin');
  });

  it('the documentation page runs and loads what this server serves, and nothing inline', async () => {
    const page = await ask('/docs');
    expectGuarded(page);
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/script-src 'self';/);
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect(page.text).not.toMatch(/<script>|<style|style=|https?:\/\//);
    for (const [, file = ''] of page.text.matchAll(/(?:src|href)="([^"]+)"/g)) {
      const asset = await ask(file);
      expect(asset.status).toBe(200);
      expectGuarded(asset);
    }
    expectGuarded(await ask('/docs-json'));
  });
});

describe('Strict-Transport-Security', () => {
  it('is there as soon as clients come by HTTPS, also on what no route answers', async () => {
    const behindProxy = await startTestApp({ PUBLIC_URL: 'https://api.example.com' });
    try {
      const answers = [
        (await fetch(`${behindProxy.base}/v1/products`)).headers.get('strict-transport-security'),
        (await fetch(`${behindProxy.base}/v1/products/%zz`)).headers.get('strict-transport-security'),
        (await sendRaw(behindProxy.base, 'hello\r\n\r\n'))?.headers['strict-transport-security'],
      ];
      for (const answer of answers) expect(answer).toBe('max-age=63072000; includeSubDomains');
    } finally {
      await behindProxy.close();
    }
  });
});
