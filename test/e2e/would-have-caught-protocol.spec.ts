import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect } from 'node:net';
import { bodyCases, callerFor } from '../matrix/bodies.js';
import { operations } from '../matrix/document.js';
import { rows } from '../matrix/rows/index.js';
import { addressOf, inParallel } from '../matrix/send.js';
import { World } from '../matrix/world.js';
import { orderBody } from '../support/shop-fixture.js';

/** OWASP API8:2023, security misconfiguration, at the level of HTTP: what a request can look like besides what is meant. */

let world: World;

beforeAll(async () => {
  world = await World.begin();
}, 60_000);
afterAll(() => world.end(), 60_000);

/** Everything that comes back until the server ends the connection or is silent. */
function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const { port } = new URL(world.shop.base);
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
    socket.setTimeout(2_000, () => socket.destroy());
  });
}

const answersIn = (text: string) => text.split(/HTTP\/1\.1 \d{3} /).length - 1;

describe('request smuggling (RFC 9112, 11.2): what two servers could read differently is refused whole', () => {
  const HIDDEN = 'GET /v1/hidden HTTP/1.1\r\nHost: x\r\n\r\n';
  const post = (headers: string, body: string) =>
    `POST /v1/carts HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${headers}\r\n\r\n${body}`;
  const shapes: Record<string, string> = {
    'a length and chunks': post('Content-Length: 4\r\nTransfer-Encoding: chunked', `2\r\n{}\r\n0\r\n\r\n${HIDDEN}`),
    'chunks and a length': post('Transfer-Encoding: chunked\r\nContent-Length: 4', `0\r\n\r\n${HIDDEN}`),
    'two lengths': post('Content-Length: 2\r\nContent-Length: 40', `{}${HIDDEN}`),
    'a list of lengths': post('Content-Length: 2, 40', `{}${HIDDEN}`),
    'a length with a sign': post('Content-Length: +2', `{}${HIDDEN}`),
    'a length that is no number': post('Content-Length: 0x2', `{}${HIDDEN}`),
    'a folded header': post('X-A: b\r\n c: d\r\nContent-Length: 2', `{}${HIDDEN}`),
    'a folded encoding': post('Transfer-Encoding:\r\n chunked\r\nContent-Length: 2', `{}${HIDDEN}`),
    'a blank before the colon': post('Content-Length : 2', `{}${HIDDEN}`),
    'an unknown encoding': post('Transfer-Encoding: xchunked', `{}${HIDDEN}`),
    'chunked twice': post('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity', `0\r\n\r\n${HIDDEN}`),
    'a chunk that is no number': post('Transfer-Encoding: chunked', `zz\r\n{}\r\n0\r\n\r\n${HIDDEN}`),
    'a NUL in a header': post('X-A: a\u0000b\r\nContent-Length: 2', `{}${HIDDEN}`),
    'a bare CR in a header': post('X-A: a\rContent-Length: 40\r\nContent-Length: 2', `{}${HIDDEN}`),
  };

  it.each(Object.entries(shapes))('%s', async (_, text) => {
    const answer = await raw(text);
    expect(answer.slice(0, 12)).toBe('HTTP/1.1 400');
    expect(answersIn(answer)).toBe(1);
    expect(answer).not.toContain('hidden');
    expect(answer.toLowerCase()).toContain('connection: close');
  });

  it('while two requests that are as they should be both get their answer', async () => {
    const good = post('Content-Length: 2', `{}${HIDDEN.replace('Host: x', 'Host: x\r\nConnection: close')}`);
    expect(answersIn(await raw(good))).toBe(2);
  });
});

describe('methods', () => {
  it('TRACE and its like echo nothing', async () => {
    for (const method of ['TRACE', 'TRACK', 'DEBUG', 'CONNECT', 'PROPFIND', 'get']) {
      const answer = await raw(
        `${method} /v1/products HTTP/1.1\r\nHost: x\r\nX-Secret: hush\r\nConnection: close\r\n\r\n`,
      );
      expect(answer).not.toContain('hush');
      expect(answer).not.toMatch(/^HTTP\/1\.1 2/);
    }
  });

  it('a header changes none', async () => {
    const owner = world.caller('owner');
    const { params = {} } = (await rows['deleteOwnAddress']?.ask(world, owner)) ?? {};
    const path = `/v1/users/me/addresses`;
    for (const name of ['x-http-method-override', 'x-method-override', 'x-http-method', '_method']) {
      await owner.client.get(path, { headers: { [name]: 'DELETE' }, expect: 200 });
      const posted = await owner.client.post(`${path}/${params['id']}`, {}, { headers: { [name]: 'DELETE' } });
      expect(posted.status).toBe(405);
      expect((await owner.client.get(`${path}?_method=DELETE`)).text).toContain(params['id']);
    }
  });

  it('HEAD demands of its caller what GET does, and OPTIONS tells no more', async () => {
    const wrong: string[] = [];
    const gets = operations.filter(({ method, id }) => method === 'GET' && rows[id]);
    for (const operation of gets) {
      const asked = (await rows[operation.id]?.ask(world, world.caller('owner'))) ?? {};
      const url = world.shop.base + addressOf(operation, asked);
      for (const caller of [world.caller('nobody'), world.caller('stranger'), world.caller('tampered token')]) {
        const headers: Record<string, string> =
          caller.bearer === undefined ? {} : { authorization: `Bearer ${caller.bearer}` };
        const [get, head] = await Promise.all(['GET', 'HEAD'].map((method) => fetch(url, { method, headers })));
        const body = await head?.text();
        await get?.text();
        if (get?.status !== head?.status || body !== '')
          wrong.push(`${operation.id} as ${caller.name}: ${get?.status} ${head?.status}`);
      }
    }
    expect(wrong).toEqual([]);
    const options = await fetch(`${world.shop.base}/v1/users`, {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'GET' },
    });
    expect(options.headers.get('access-control-allow-origin')).toBeNull();
  }, 120_000);
});

describe('media types', () => {
  it('a body that a form on another site could send is refused (no request without a preflight changes anything)', async () => {
    const wrong: string[] = [];
    for (const [, { operation, row }] of bodyCases) {
      const asked = await row.ask(world, callerFor(world, operation));
      const body = JSON.stringify(asked.body);
      await inParallel(
        [
          'text/plain',
          'text/plain; application/json',
          'application/x-www-form-urlencoded',
          'multipart/form-data; boundary=x',
          'application/xml',
          'application/jsonp',
        ],
        6,
        async (type) => {
          const response = await fetch(world.shop.base + addressOf(operation, asked), {
            method: operation.method,
            headers: { authorization: `Bearer ${callerFor(world, operation).bearer}`, 'content-type': type },
            body,
          });
          await response.text();
          if (response.status !== 415) wrong.push(`${operation.id} ${type}: ${response.status}`);
        },
      );
    }
    expect(wrong).toEqual([]);
  }, 120_000);

  it('huge and deep JSON costs little and is refused', async () => {
    const begin = performance.now();
    const deep = '{"a":'.repeat(100_000) + '1' + '}'.repeat(100_000);
    for (const body of [deep, '['.repeat(500_000), `{"a":"${'x'.repeat(2_000_000)}"}`, `[${'1,'.repeat(400_000)}1]`]) {
      const { status } = await world.shop.guest.post('/v1/carts', body, {
        headers: { 'content-type': 'application/json' },
      });
      expect([400, 413, 422]).toContain(status);
    }
    expect(performance.now() - begin).toBeLessThan(5_000);
  });
});

describe('what a client says of its own address or host goes into no answer (cache poisoning)', () => {
  const EVIL = 'evil.example';
  const FALSE = {
    'x-forwarded-host': EVIL,
    'x-forwarded-proto': 'gopher',
    'x-forwarded-port': '1',
    'x-forwarded-prefix': `/${EVIL}`,
    'x-original-url': `/${EVIL}`,
    'x-rewrite-url': `/${EVIL}`,
    'x-host': EVIL,
    forwarded: `host=${EVIL}`,
  };

  it('nor does it choose the route', async () => {
    for (const path of ['/', '/v1/products', '/v1/nothing', '/docs', '/docs-json', '/health/live', '/metrics']) {
      const response = await fetch(world.shop.base + path, { headers: FALSE, redirect: 'manual' });
      expect((await response.text()) + JSON.stringify([...response.headers])).not.toContain(EVIL);
    }
    const hosted = await raw(`GET /docs-json HTTP/1.1\r\nHost: ${EVIL}\r\nConnection: close\r\n\r\n`);
    expect(hosted).not.toContain(EVIL);
  });

  it('nor the links that are given out', async () => {
    const cart = await world.shop.guest.post<{ id: string }>(
      '/v1/carts',
      { items: [{ variantId: world.standing.variantId, quantity: 1 }] },
      { headers: FALSE },
    );
    expect(cart.headers.get('location')).not.toContain(EVIL);
    const order = await world.shop.guest.post('/v1/orders', orderBody(cart.json.id, 'tok_requires_action'), {
      headers: FALSE,
    });
    expect(order.text + (order.headers.get('location') ?? '')).not.toContain(EVIL);
  });

  it('and no answer to somebody in particular may be kept for others', async () => {
    const wrong: string[] = [];
    for (const operation of operations.filter(
      ({ method, id, demand }) => method === 'GET' && rows[id] && demand.kind !== 'public',
    )) {
      const asked = (await rows[operation.id]?.ask(world, world.caller('owner'))) ?? {};
      const response = await fetch(world.shop.base + addressOf(operation, asked), {
        headers: { authorization: `Bearer ${callerFor(world, operation).bearer}`, ...asked.headers },
      });
      await response.text();
      const cache = response.headers.get('cache-control') ?? '';
      if (!/no-store|private/.test(cache) || /public|s-maxage/.test(cache))
        wrong.push(`${operation.id}: ${response.status} ${cache}`);
    }
    expect(wrong).toEqual([]);
  });
});

describe('paths', () => {
  it('lead to no file', async () => {
    const climbs = [
      '../package.json',
      '..%2fpackage.json',
      '%2e%2e/package.json',
      '%2e%2e%2fpackage.json',
      '..%5cpackage.json',
      '....//package.json',
      '%252e%252e%252fpackage.json',
      '..%c0%afpackage.json',
      '%00',
      'insulated-bottle.svg%00.html',
      '/etc/passwd',
      'file:///etc/passwd',
    ];
    for (const root of ['/media/demo/', '/media/', '/docs/', '/docs-json/', '/v1/catalog/imports/'])
      for (const climb of climbs) {
        const answer = await raw(`GET ${root}${climb} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
        expect([root + climb, /^HTTP\/1\.1 (400|401|404|422)/.test(answer)]).toEqual([root + climb, true]);
        expect(answer).not.toMatch(/"name": "backroom"|root:/);
      }
  });
});
