import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { TestClock } from '../support/second-factor.js';
import { ADMIN, asAdmin, asCustomer, startTestApp, type TestApp } from '../support/test-app.js';

/** What OWASP ASVS 5.0 asks and no other test shows; docs/security/asvs.md names each by its id. */
let shop: TestApp;
const log: string[] = [];

beforeAll(async () => {
  shop = await startTestApp({ LOG_LEVEL: 'info', SHOP_NAME: 'Kettle House' }, { write: (line) => void log.push(line) });
});
afterAll(() => shop.close());

interface Line {
  readonly time: number;
  readonly msg: string;
  readonly reqId: string;
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly user?: string;
  readonly code?: string;
}

/** The request's line; it is written a moment after the answer. */
async function lineOf(requestId: string | null): Promise<Line> {
  for (let tries = 0; tries < 100; tries++) {
    const found = log.map((line) => JSON.parse(line) as Line).find((line) => line.reqId === requestId);
    if (found) return found;
    await new Promise((done) => setTimeout(done, 10));
  }
  throw new Error(`the log has no line of ${requestId}`);
}

describe('the log (V16)', () => {
  it('tells when, who, what and how it ended, and why it was refused', async () => {
    const customer = await asCustomer(shop);
    const before = Date.now();
    const { headers } = await customer.client.get('/v1/users', { expect: 403 });
    const line = await lineOf(headers.get('x-request-id'));
    expect(line).toMatchObject({
      msg: 'request',
      method: 'GET',
      url: '/v1/users',
      status: 403,
      user: customer.id,
      code: 'auth.permission_missing',
    });
    expect(line.time).toBeGreaterThanOrEqual(before - 1000);
    expect(line.time).toBeLessThanOrEqual(Date.now());
  });

  it.each([
    [
      'a sign-in',
      'POST',
      '/v1/auth/login',
      { email: ADMIN.email, password: 'not the password' },
      'auth.credentials_invalid',
    ],
    ['a body that breaks a rule', 'POST', '/v1/carts', { items: 'all' }, 'request.invalid'],
    ['a route that is not there', 'GET', '/wp-login.php', undefined, 'request.route_not_found'],
    ['an address that cannot be read', 'GET', '/v1/%zz', undefined, 'request.malformed_url'],
  ])('tells of %s that is refused, by the code of the refusal', async (_, method, path, body, code) => {
    const { headers, status } = await shop.guest.call(method, path, body);
    expect(await lineOf(headers.get('x-request-id'))).toMatchObject({ status, code });
  });

  it('tells of a bearer that is not good', async () => {
    const { headers } = await shop.guest.as('not.a.token').get('/v1/users/me', { expect: 401 });
    expect(await lineOf(headers.get('x-request-id'))).toMatchObject({ status: 401, code: 'auth.token_invalid' });
  });

  it('holds no password, token, name or address of a person', async () => {
    const customer = await asCustomer(shop);
    const { json } = await shop.guest.post<{ accessToken: string; refreshToken: string }>('/v1/auth/login', {
      email: customer.email,
      password: customer.password,
    });
    const admin = await asAdmin(shop);
    const { headers } = await admin.get(`/v1/orders?email=${encodeURIComponent(customer.email)}`, { expect: 200 });
    await lineOf(headers.get('x-request-id'));
    const text = log.join('');
    for (const secret of [customer.email, encodeURIComponent(customer.email), customer.password, 'Grace Hopper'])
      expect(text).not.toContain(secret);
    for (const token of [json.accessToken, json.refreshToken]) expect(text).not.toContain(token);
  });

  it('keeps to one line of JSON whatever is sent', async () => {
    const answer = await fetch(`${shop.base}/v1/products/%0d%0a%7b%22level%22:60%7d%1b[31m?q=%0aforged`, {
      headers: { 'user-agent': '{"level":60}', 'x-request-id': 'an id\twith "quotes"' },
    });
    const line = await lineOf(answer.headers.get('x-request-id'));
    expect(line.msg).toBe('request');
    for (const entry of log) expect(entry.trimEnd()).toMatch(/^\{[\x20-\x7e\u0080-\uffff]*\}$/);
  });
});

/** Sends bytes as they are, and gives the status lines of all answers until the server ends the connection. */
async function raw(request: string): Promise<string[]> {
  const { port } = new URL(shop.base);
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(request));
    socket.setTimeout(2_000, () => socket.destroy());
    socket.setEncoding('latin1').on('data', (part: string) => (text += part));
    socket.on('error', reject);
    socket.on('close', () => resolve(text.match(/^HTTP\/1\.1 \d{3}/gm) ?? []));
  });
}

describe('messages (V4)', () => {
  const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n';
  const post = (headers: string, body: string) =>
    `POST /v1/carts HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n${headers}\r\n\r\n${body}`;

  it.each([
    ['two ways to tell its length', 'Content-Length: 4\r\nTransfer-Encoding: chunked', `0\r\n\r\n${SMUGGLED}`],
    ['two lengths', 'Content-Length: 2\r\nContent-Length: 40', `{}${SMUGGLED}`],
    ['a length that is no number', 'Content-Length: 2, 2', `{}${SMUGGLED}`],
    ['a coding before the last that is not chunked', 'Transfer-Encoding: chunked, identity', `0\r\n\r\n${SMUGGLED}`],
    ['a space before the colon', 'Transfer-Encoding : chunked', `0\r\n\r\n${SMUGGLED}`],
    ['a bare line feed in a chunk', 'Transfer-Encoding: chunked', `1\nx\n0\n\n${SMUGGLED}`],
  ])('with %s is refused, and what follows it is no request', async (_, headers, body) => {
    expect(await raw(post(headers, body))).toEqual(['HTTP/1.1 400']);
  });

  it.each(['TRACE', 'TRACK', 'DEBUG', 'PROPFIND'])('of the method %s are not served', async (method) => {
    const answers = await raw(`${method} /v1/products HTTP/1.1\r\nHost: a\r\nX-Secret: s\r\nConnection: close\r\n\r\n`);
    expect(answers).toHaveLength(1);
    expect(answers[0]).toMatch(/ (400|404|405)$/);
  });

  it.each(['limit=1&limit=2', 'cursor=a&cursor=b', 'sort=price&sort=title'])(
    'that name a parameter twice are refused: %s',
    async (query) => {
      const { status } = await shop.guest.get(`/v1/products?${query}`);
      expect([400, 422]).toContain(status);
    },
  );

  it.each([
    '/docs',
    '/docs/init.js',
    '/docs/swagger-ui.css',
    '/metrics',
    '/docs-json',
    '/docs-yaml',
    '/v1/products',
    '/no',
  ])('that answer %s say their type, and the charset of a text', async (path) => {
    const type = (await fetch(shop.base + path)).headers.get('content-type');
    expect(type).toMatch(/^(text\/[a-z]+|application\/([a-z]+\+)?(json|yaml))(; version=[\d.]+)?; charset=utf-8$/);
  });
});

describe('addresses and methods (V1, V3)', () => {
  it('are decoded once', async () => {
    const admin = await asAdmin(shop);
    await admin.post('/v1/products', { title: 'Sale', slug: 'sale' }, { expect: 201 });
    expect((await shop.guest.get('/v1/products/%73ale')).status).toBe(200);
    expect((await shop.guest.get('/v1/products/%2573ale')).status).toBe(404);
    const [once, twice] = await Promise.all(
      ['sal%65', 'sal%2565'].map((q) => shop.guest.get<{ items: unknown[] }>(`/v1/products?q=${q}`)),
    );
    expect(once?.json.items).toHaveLength(1);
    expect(twice?.json.items).toHaveLength(0);
  });

  it('that are safe change nothing, by the name of every operation', () => {
    const text = readFileSync(join(process.cwd(), 'openapi.json'), 'utf8');
    const { paths } = JSON.parse(text) as { paths: Record<string, Record<string, { operationId: string }>> };
    const safe = Object.values(paths).flatMap((methods) =>
      Object.entries(methods).flatMap(([method, { operationId }]) => (method === 'get' ? [operationId] : [])),
    );
    expect(safe.length).toBeGreaterThan(30);
    expect(safe.filter((name) => !/^(get|list|search|check|export|show|reconcile)[A-Z]/.test(name))).toEqual([]);
  });
});

describe('passwords (V6)', () => {
  const register = (password: string) =>
    shop.guest.post<{ errors?: { code: string }[] }>('/v1/auth/register', {
      email: `p${Math.random()}@example.com`,
      name: 'Grace Hopper',
      password,
    });

  it.each([
    ['kettlehouse2026', 'password_of_context'],
    ['Backroom-Admin', 'password_of_context'],
    ['monkey2026!!', 'password_common'],
  ])('%s is refused, when it is chosen and when it is changed', async (password, code) => {
    expect((await register(password)).json.errors?.map((error) => error.code)).toEqual([code]);
    const { client, password: currentPassword } = await asCustomer(shop);
    const changed = await client.post<{ errors: { pointer: string; code: string }[] }>(
      '/v1/auth/password',
      { currentPassword, newPassword: password },
      { expect: 422 },
    );
    expect(changed.json.errors).toMatchObject([{ pointer: '/newPassword', code }]);
  });

  it.each(['onlysmallletters', '8402947502', '                  ~', 'é'.repeat(64), 'x7'.repeat(100)])(
    '%j is as good as any',
    async (password) => {
      expect((await register(password)).status).toBe(201);
    },
  );
});

describe('files (V5)', () => {
  it.each(['gzip', 'br', 'deflate'])('compressed by %s are not taken', async (coding) => {
    const admin = await asAdmin(shop);
    const headers = { 'content-type': 'text/csv', 'content-encoding': coding };
    const { status, json } = await admin.call<{ code: string }>(
      'POST',
      '/v1/catalog/imports?format=shopify',
      gzipSync('Handle,Title\nmug,Mug\n').toString('latin1'),
      { headers },
    );
    expect([status, json.code]).toEqual([415, 'request.unsupported_encoding']);
  });

  it('to download are named by the server', async () => {
    const admin = await asAdmin(shop);
    const { headers } = await admin.get('/v1/catalog/exports?format=shopify&filename=%22evil.html', { expect: 200 });
    expect(headers.get('content-disposition')).toMatch(/^attachment; filename="products-\d{4}-\d\d-\d\d\.csv"$/);
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
  });
});

describe('staff with STAFF_SECOND_FACTOR=required (V6.3.3)', () => {
  it('have their permissions in a session of two factors alone, and may set the second one up', async () => {
    const strict = await startTestApp({ STAFF_SECOND_FACTOR: 'required' });
    try {
      const clock = new TestClock(strict.app);
      const admin = await asAdmin(strict);
      const refused = await admin.get<{ code: string }>('/v1/users', { expect: 403 });
      expect(refused.json.code).toBe('auth.second_factor_missing');
      expect((await admin.get('/v1/users/me')).status).toBe(200);
      const customer = await asCustomer(strict);
      expect((await customer.client.get<{ code: string }>('/v1/users')).json.code).toBe('auth.permission_missing');

      const begun = await admin.post<{ secret: string }>(
        '/v1/auth/totp',
        { password: ADMIN.password },
        { expect: 201 },
      );
      const { secret } = begun.json;
      await admin.post('/v1/auth/totp/confirm', { code: clock.code(secret) }, { expect: 200 });
      expect((await admin.get('/v1/users')).status).toBe(403);
      const { json } = await strict.guest.post<{ secondFactor: { token: string } }>('/v1/auth/login', ADMIN);
      const signedIn = await strict.guest.post<{ accessToken: string }>(
        '/v1/auth/login/second-factor',
        { token: json.secondFactor.token, code: clock.nextCode(secret) },
        { expect: 200 },
      );
      expect((await strict.guest.as(signedIn.json.accessToken).get('/v1/users')).status).toBe(200);
    } finally {
      await strict.close();
    }
  });
});

interface Schema {
  readonly $ref?: string;
  readonly allOf?: Schema[];
  readonly anyOf?: Schema[];
  readonly oneOf?: Schema[];
  readonly properties?: Record<string, Schema>;
  readonly additionalProperties?: unknown;
  readonly items?: Schema;
}
interface Described {
  readonly parameters?: { readonly in: string; readonly required?: boolean }[];
  readonly responses: Record<string, { readonly content?: Record<string, { readonly schema: Schema }> }>;
}
interface Document {
  readonly paths: Record<string, Record<string, Described>>;
  readonly components: { readonly schemas: Record<string, Schema> };
}

describe('answers (V15.3.1)', () => {
  const document = JSON.parse(readFileSync(join(process.cwd(), 'openapi.json'), 'utf8')) as Document;

  /** The schema and all that it is made of. */
  function parts(schema: Schema): Schema[] {
    const named =
      schema.$ref === undefined ? undefined : document.components.schemas[schema.$ref.split('/').at(-1) ?? ''];
    const more = [
      ...(named ? [named] : []),
      ...[schema.allOf, schema.anyOf, schema.oneOf].flatMap((list) => list ?? []),
    ];
    return [schema, ...more.flatMap(parts)];
  }

  /** Members of the value that its description does not have. */
  function undescribed(schemas: Schema[], value: unknown, at: string): string[] {
    const all = schemas.flatMap(parts);
    if (Array.isArray(value)) {
      const items = all.flatMap(({ items: one }) => (one ? [one] : []));
      return value.flatMap((item: unknown) => undescribed(items, item, `${at}[]`));
    }
    if (value === null || typeof value !== 'object' || all.some(({ additionalProperties: open }) => open)) return [];
    return Object.entries(value).flatMap(([name, child]) => {
      const described = all.flatMap(({ properties }) =>
        properties && Object.hasOwn(properties, name) ? [properties[name] ?? {}] : [],
      );
      return described.length === 0 ? [`${at}.${name}`] : undescribed(described, child, `${at}.${name}`);
    });
  }

  it('hold no member that openapi.json does not name, of all that an administrator may list', async () => {
    const admin = await asAdmin(shop);
    await admin.post('/v1/products', {
      title: 'Kettle',
      variants: [{ sku: 'K1', price: { amount: 1, currency: 'GBP' } }],
    });
    await admin.post('/v1/webhooks', { url: 'https://93.184.216.34/', eventTypes: ['*'] }, { expect: 201 });
    const faults: string[] = [];
    let items = 0;
    for (const [path, { get }] of Object.entries(document.paths)) {
      const schema = get?.responses['200']?.content?.['application/json']?.schema;
      if (!schema || path.includes('{') || get.parameters?.some(({ required }) => required)) continue;
      const { status, json } = await admin.get<{ items?: unknown[] }>(path);
      if (status !== 200) continue;
      items += json.items?.length ?? 1;
      faults.push(...undescribed([schema], json, path));
    }
    expect(faults).toEqual([]);
    expect(items).toBeGreaterThan(30);
    expect(undescribed([{ properties: { a: {} } }], { a: 1, b: 2 }, '')).toEqual(['.b']);
  });
});

describe('a session (V7.3)', () => {
  const DAY_MS = 86_400_000;

  it('ends when nobody has refreshed it for fourteen days, and thirty days after its sign-in in any case', async () => {
    const own = await startTestApp();
    try {
      const clock = new TestClock(own.app);
      const { email, password } = await asCustomer(own);
      const signIn = async () =>
        (await own.guest.post<{ refreshToken: string }>('/v1/auth/login', { email, password }, { expect: 200 })).json;
      const refresh = (refreshToken: string) =>
        own.guest.post<{ refreshToken: string }>('/v1/auth/refresh', { refreshToken });

      const idle = await signIn();
      let kept = await signIn();
      for (const days of [13, 13]) {
        clock.advance(days * DAY_MS);
        const next = await refresh(kept.refreshToken);
        expect(next.status).toBe(200);
        kept = next.json;
      }
      expect((await refresh(idle.refreshToken)).status).toBe(401);
      clock.advance(4 * DAY_MS + 60_000);
      expect((await refresh(kept.refreshToken)).status).toBe(401);
    } finally {
      await own.close();
    }
  });
});

describe('the metrics (V13.4.5)', () => {
  it('are for whoever has the token, where there is one', async () => {
    const token = 'a-token-of-the-collector';
    const closed = await startTestApp({ METRICS_TOKEN: token });
    try {
      const admin = await asAdmin(closed);
      const ask = (authorization?: string) =>
        closed.guest.get('/metrics', authorization === undefined ? {} : { headers: { authorization } });
      const good = await ask(`Bearer ${token}`);
      expect([good.status, good.text.includes('process_cpu_seconds_total')]).toEqual([200, true]);
      for (const answer of [
        await ask(),
        await ask(`Bearer ${token}x`),
        await ask(token),
        await admin.get('/metrics'),
      ]) {
        expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="backroom"']);
        expect(answer.text).not.toContain('process_cpu');
      }
    } finally {
      await closed.close();
    }
  });
});

describe('what lies beside the server (V13.4)', () => {
  it.each([
    '/.git/config',
    '/.git/HEAD',
    '/.env',
    '/package.json',
    '/package-lock.json',
    '/openapi.json',
    '/src/main.ts',
    '/dist/main.js',
    '/dist/main.js.map',
    '/var/secrets/order-token-secret',
    '/docs/package.json',
    '/docs/swagger-ui-bundle.js.map',
    '/docs/..%2fpackage.json',
    '/docs/%2e%2e/%2e%2e/package.json',
  ])('%s is not served', async (path) => {
    expect((await fetch(shop.base + path)).status).toBe(404);
  });

  it.each(['/', '/docs/', '/v1', '/v1/', '/metrics/'])('%s lists no directory', async (path) => {
    expect(await (await fetch(shop.base + path)).text()).not.toMatch(/Index of|<a href|<li>/i);
  });
});
