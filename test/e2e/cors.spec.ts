import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/test-app.js';

const SHOP = 'https://shop.example.com';
const SECOND = 'http://localhost:5173';

let open: TestApp;
let closed: TestApp;

beforeAll(async () => {
  open = await startTestApp({ CORS_ORIGINS: `${SHOP}:443, ${SECOND}`, RATE_LIMIT: 'on' });
  closed = await startTestApp();
});
afterAll(async () => {
  await open.close();
  await closed.close();
});

const call = (target: TestApp, path: string, headers: Record<string, string>, method = 'GET') =>
  fetch(target.base + path, { method, headers });
const preflight = (target: TestApp, path: string, origin: string, headers: Record<string, string> = {}) =>
  call(target, path, { origin, 'access-control-request-method': 'PATCH', ...headers }, 'OPTIONS');
const corsFields = (response: Response) =>
  [...response.headers].filter(([name]) => name.startsWith('access-control-')).map(([name]) => name);

describe('an allowed origin', () => {
  it.each([SHOP, SECOND])('%s may read answers, with credentials, and the fields that matter', async (origin) => {
    const { status, headers } = await call(open, '/v1/categories', { origin });
    expect([status, headers.get('access-control-allow-origin')]).toEqual([200, origin]);
    expect(headers.get('access-control-allow-credentials')).toBe('true');
    expect(headers.get('vary')).toMatch(/\bOrigin\b/);
    const exposed = (headers.get('access-control-expose-headers') ?? '').split(', ');
    expect(exposed).toEqual(expect.arrayContaining(['ETag', 'Location', 'RateLimit', 'Retry-After', 'X-Request-Id']));
    expect(exposed).not.toContain('Set-Cookie');
  });

  it('may read problems, too: unknown addresses, missing sign-in, wrong methods, broken bodies', async () => {
    const origin = SHOP;
    const answers = [
      await call(open, '/v1/nothing', { origin }),
      await call(open, '/v1/users/me', { origin }),
      await call(open, '/v1/auth/login', { origin }),
      await fetch(`${open.base}/v1/auth/login`, {
        method: 'POST',
        body: '{',
        headers: { origin, 'content-type': 'application/json' },
      }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([404, 401, 405, 400]);
    for (const { headers } of answers) expect(headers.get('access-control-allow-origin')).toBe(SHOP);
  });

  it('gets a preflight answered before any guard, to be kept', async () => {
    const answer = await preflight(open, '/v1/users/me', SHOP, {
      'access-control-request-headers': 'authorization,content-type,x-evil',
      authorization: 'Bearer nonsense',
    });
    expect([answer.status, await answer.text()]).toEqual([204, '']);
    expect(answer.headers.get('access-control-allow-origin')).toBe(SHOP);
    expect(answer.headers.get('access-control-allow-methods')).toContain('PATCH');
    expect(answer.headers.get('access-control-allow-headers')).toContain('Idempotency-Key');
    expect(answer.headers.get('access-control-allow-headers')).not.toMatch(/evil|\*/);
    expect(answer.headers.get('access-control-max-age')).toBe('7200');
    expect(answer.headers.get('vary')).toMatch(/\bOrigin\b/);
  });
});

describe('any other origin', () => {
  it.each([
    'null',
    'https://evil.example',
    'https://shop.example.com.evil.example',
    'https://evilshop.example.com',
    'https://x.shop.example.com',
    'http://shop.example.com',
    'https://shop.example.com:8443',
    'https://SHOP.example.com',
    'https://shop.example.com/',
    'https://shop.example.com https://evil.example',
    '*',
    '',
  ])('%j is told nothing, in an answer and in a preflight', async (origin) => {
    const answer = await call(open, '/v1/categories', { origin });
    expect([answer.status, corsFields(answer)]).toEqual([200, []]);
    // A cache must not give an allowed page the answer that another one got.
    expect(answer.headers.get('vary')).toMatch(/\bOrigin\b/);
    const asked = await preflight(open, '/v1/users/me', origin);
    expect(asked.status).toBeGreaterThanOrEqual(400);
    expect(corsFields(asked)).toEqual([]);
  });

  it('and no origin at all goes on as ever', async () => {
    const { status, headers } = await call(open, '/v1/categories', {});
    expect([status, headers.get('access-control-allow-origin')]).toEqual([200, null]);
    expect((await call(open, '/v1/nothing', {})).status).toBe(404);
    const options = await call(open, '/v1/auth/login', {}, 'OPTIONS');
    expect([options.status, options.headers.get('allow')]).toEqual([405, 'POST']);
  });
});

describe('without CORS_ORIGINS', () => {
  it('no origin is told anything', async () => {
    for (const origin of [SHOP, 'null', closed.base]) {
      const answer = await call(closed, '/v1/categories', { origin });
      expect([answer.status, corsFields(answer)]).toEqual([200, []]);
      expect(corsFields(await preflight(closed, '/v1/categories', origin))).toEqual([]);
    }
  });
});
