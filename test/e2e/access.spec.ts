import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, type Type } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, ModulesContainer, NestFactory, Reflector } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import jwt from 'jsonwebtoken';
import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { AuthModule } from '../../src/auth/index.js';
import { AccessTokenKeys } from '../../src/auth/tokens/access-token-keys.js';
import { ACCESS, Public } from '../../src/platform/access/index.js';
import { Config, loadConfig } from '../../src/platform/config/index.js';
import { createAdapter } from '../../src/platform/http/server.js';
import { createLogger } from '../../src/platform/observability/logger.js';
import { PlatformModule } from '../../src/platform/platform.module.js';
import { asCustomer, startTestApp, type TestApp } from '../support/test-app.js';

interface Problem {
  code: string;
}

let shop: TestApp;
let customerToken: string;

beforeAll(async () => {
  shop = await startTestApp();
  const email = 'bearer@example.com';
  const body = { email, password: 'correct horse battery staple', name: 'Bearer' };
  customerToken = (await shop.guest.post<{ accessToken: string }>('/v1/auth/register', body)).json.accessToken;
});
afterAll(() => shop.close());

describe('every route', () => {
  it('says at run time who may use it', () => {
    const undeclared: string[] = [];
    let routes = 0;
    for (const { name, handler, path } of routesOf(shop.app)) {
      routes++;
      if (new Reflector().get(ACCESS, handler) === undefined) undeclared.push(`${name} (${path})`);
    }
    expect(undeclared).toEqual([]);
    expect(routes).toBeGreaterThan(15);
  });

  it('says it in the source exactly once', () => {
    const counted = controllerFiles(join(process.cwd(), 'src')).flatMap(declarationsIn);
    expect(counted.filter(({ declarations }) => declarations !== 1)).toEqual([]);
    expect(counted.length).toBeGreaterThan(15);
  });

  it('is closed without such a word, to administrators too', async () => {
    const closed = await startWithUndeclaredRoute();
    try {
      for (const path of ['/forgotten', '/only-class'])
        for (const token of [undefined, closed.adminToken])
          expect(await closed.get(path, token)).toMatchObject({ status: 403, code: 'auth.access_undeclared' });
      expect(await closed.get('/declared')).toMatchObject({ status: 200 });
      expect(await closed.get('/declared', closed.adminToken)).toMatchObject({ status: 200 });
    } finally {
      await closed.close();
    }
  });
});

describe('a bearer token', () => {
  /** Valid in all but what the case changes. */
  const claims = () => {
    const now = Math.floor(Date.now() / 1000);
    return { ...(jwt.decode(customerToken) as Record<string, unknown>), iat: now, exp: now + 60 };
  };
  const keys = () => shop.app.get(AccessTokenKeys, { strict: false });
  const sign = (
    change: Record<string, unknown> = {},
    header: Record<string, unknown> = {},
    key: KeyObject = keys().privateKey,
  ) =>
    jwt.sign(
      Object.fromEntries(Object.entries({ ...claims(), ...change }).filter(([, value]) => value !== undefined)),
      key,
      {
        algorithm: 'ES256',
        header: { alg: 'ES256', typ: 'at+jwt', kid: keys().keyId, ...header },
        noTimestamp: 'iat' in change && change['iat'] === undefined,
      },
    );
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const unsigned = (header: object, signature = '') => `${encode(header)}.${encode(claims())}.${signature}`;
  const now = () => Math.floor(Date.now() / 1000);
  const otherKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const bad: Record<string, () => string> = {
    'is no token': () => 'nonsense',
    'is empty': () => '',
    'is two words': () => `${sign()} ${sign()}`,
    'has an empty part': () => '..',
    'is a broken header': () => `${Buffer.from('{"alg":').toString('base64url')}.e30.AAAA`,
    'has a header that is no object': () => `${Buffer.from('null').toString('base64url')}.e30.AAAA`,
    'is not signed': () => unsigned({ alg: 'none', typ: 'at+jwt', kid: keys().keyId }),
    'is not signed, in capitals': () => unsigned({ alg: 'NONE', typ: 'at+jwt', kid: keys().keyId }),
    'says ES256 and is not signed': () => unsigned({ alg: 'ES256', typ: 'at+jwt', kid: keys().keyId }),
    'is signed with the public key as a password': () => {
      const head = `${encode({ alg: 'HS256', typ: 'at+jwt', kid: keys().keyId })}.${encode(claims())}`;
      const secret = keys().publicKey.export({ type: 'spki', format: 'pem' });
      return `${head}.${createHmac('sha256', secret).update(head).digest('base64url')}`;
    },
    'is signed with another key': () => sign({}, {}, otherKey()),
    'names another key': () => sign({}, { kid: 'another' }),
    'names no key': () => sign({}, { kid: undefined }),
    'is of another type': () => sign({}, { typ: 'JWT' }),
    'has no type': () => sign({}, { typ: undefined }),
    'demands an unknown extension': () => sign({}, { crit: ['b64'], b64: true }),
    'brings its own key': () => {
      const key = otherKey();
      return sign({}, { jwk: createPublicKey(key).export({ format: 'jwk' }) }, key);
    },
    'says where its key is to be had': () => sign({}, { jku: 'https://elsewhere.example/jwks.json' }),
    'says where its certificate is to be had': () => sign({}, { x5u: 'https://elsewhere.example/cert.pem' }),
    'says its algorithm twice': () => {
      const head = `{"alg":"none","alg":"ES256","typ":"at+jwt","kid":"${keys().keyId}"}`;
      return sign().replace(/^[^.]+/, Buffer.from(head).toString('base64url'));
    },
    'has a part too many': () => `${sign()}.e30`,
    'has its payload twice': () => sign().replace(/\.([^.]+)\./, '.$1.$1.'),
    'is overlong': () => sign({ more: 'x'.repeat(4_000) }),
    'is of another issuer': () => sign({ iss: 'elsewhere' }),
    'has no issuer': () => sign({ iss: undefined }),
    'is for another audience': () => sign({ aud: 'elsewhere' }),
    'has no audience': () => sign({ aud: undefined }),
    'has run out': () => sign({ exp: now() - 1 }),
    'never runs out': () => sign({ exp: undefined }),
    'is not good yet': () => sign({ nbf: now() + 60 }),
    'was made in the future': () => sign({ iat: now() + 90, exp: now() + 900 }),
    'does not say when it was made': () => sign({ iat: undefined }),
    'is for other audiences as well': () => sign({ aud: ['backroom-api', 'elsewhere'] }),
    'has no user': () => sign({ sub: undefined }),
    'has no id': () => sign({ jti: undefined }),
    'has no session': () => sign({ sid: undefined }),
    'is of an unknown session': () => sign({ sid: '0198c5f0-7b7e-7000-8000-000000000001' }),
    'is of a session that is no id': () => sign({ sid: "' or 1=1" }),
    'is of another user than its session': () => sign({ sub: '0198c5f0-7b7e-7000-8000-000000000001' }),
    'was tampered with': () => {
      const [head, , signature] = sign().split('.');
      return `${head}.${encode({ ...claims(), sub: '0198c5f0-7b7e-7000-8000-000000000001' })}.${signature}`;
    },
    'lost a letter of its signature': () => sign().slice(0, -1),
  };

  it('is good as this server makes it, in whatever capitals the scheme is written', async () => {
    for (const authorization of [`Bearer ${customerToken}`, `bearer ${sign()}`, `BEARER   ${sign()}`])
      expect((await shop.guest.get('/v1/users/me', { headers: { authorization } })).status).toBe(200);
  });

  it('names its key, its type and its lifetime', () => {
    const { header, payload } = jwt.decode(customerToken, { complete: true }) as jwt.Jwt;
    expect(header).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: keys().keyId });
    expect(payload).toMatchObject({ iss: 'backroom', aud: 'backroom-api', client_id: 'backroom' });
    const { iat, exp, jti, sub, sid } = payload as Record<string, unknown>;
    expect(Number(exp) - Number(iat)).toBe(900);
    expect([typeof jti, typeof sub, typeof sid]).toEqual(['string', 'string', 'string']);
    expect(JSON.stringify(payload)).not.toMatch(/roles|permissions|email/);
  });

  it.each(Object.keys(bad))('that %s is refused everywhere', async (name) => {
    const authorization = `Bearer ${bad[name]?.() ?? ''}`;
    const client = shop.guest;
    const answers = [
      await client.get<Problem>('/v1/users/me', { headers: { authorization } }),
      await client.get<Problem>('/v1/users', { headers: { authorization } }),
      // Before the body is validated.
      await client.patch<Problem>('/v1/users/me', { nonsense: true }, { headers: { authorization } }),
    ];
    for (const { status, json, headers } of answers) {
      expect([status, json.code]).toEqual([401, 'auth.token_invalid']);
      expect(headers.get('www-authenticate')).toBe('Bearer realm="backroom", error="invalid_token"');
      expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
    }
  });

  it('that is not good is refused on public routes too, but for those of signing in and of health', async () => {
    const open = await startWithUndeclaredRoute();
    try {
      expect(await open.get('/declared')).toMatchObject({ status: 200 });
      expect(await open.get('/declared', 'nonsense')).toMatchObject({ status: 401, code: 'auth.token_invalid' });
      const bad = shop.guest.as('nonsense');
      expect((await bad.get('/health/live')).status).toBe(200);
      expect((await bad.post<Problem>('/v1/auth/refresh', { refreshToken: 'x' })).json.code).toBe(
        'auth.refresh_token_invalid',
      );
    } finally {
      await open.close();
    }
  });

  it.each(['Basic YTpi', 'Bearing x', 'DPoP x', ''])('is not what %j is', async (authorization) => {
    const { status, json, headers } = await shop.guest.get<Problem>('/v1/users/me', { headers: { authorization } });
    expect([status, json.code]).toEqual([401, 'auth.required']);
    expect(headers.get('www-authenticate')).toBe('Bearer realm="backroom"');
  });
});

describe('a route that demands something', () => {
  it('answers 401 to nobody before anything else', async () => {
    const { status, json, headers } = await shop.guest.post<Problem>('/v1/roles', { nonsense: 1 });
    expect([status, json.code]).toEqual([401, 'auth.required']);
    expect(headers.get('www-authenticate')).toBe('Bearer realm="backroom"');
  });

  it('answers 403 to whoever lacks the permission, before anything else', async () => {
    const { client } = await asCustomer(shop);
    for (const call of [
      client.get<Problem>('/v1/users'),
      client.get<Problem>('/v1/users/nonsense'),
      client.patch<Problem>('/v1/users/nonsense', { nonsense: 1 }),
      client.get<Problem>('/v1/roles'),
      client.post<Problem>('/v1/roles', { nonsense: 1 }),
      client.patch<Problem>('/v1/roles/admin', {}),
      client.delete<Problem>('/v1/roles/staff'),
    ]) {
      const { status, json } = await call;
      expect([status, json.code]).toEqual([403, 'auth.permission_missing']);
    }
  });

  it('needs to exist: an unknown one is 404 for everybody', async () => {
    const { client } = await asCustomer(shop);
    for (const one of [shop.guest, client, shop.guest.as('nonsense')])
      expect((await one.get<Problem>('/v1/nothing')).json.code).toBe('request.route_not_found');
  });
});

interface Route {
  readonly name: string;
  readonly path: string;
  readonly handler: (...args: unknown[]) => unknown;
}

/** What Nest has registered: the methods of controllers that have a path. */
function routesOf(app: NestFastifyApplication): Route[] {
  const scanner = new MetadataScanner();
  const discovery = new DiscoveryService(app.get(ModulesContainer));
  return discovery.getControllers().flatMap(({ metatype, instance }) => {
    const prototype = Object.getPrototypeOf(instance) as Record<string, Route['handler']>;
    return scanner.getAllMethodNames(prototype).flatMap((method) => {
      const handler = prototype[method];
      const path = handler && (Reflect.getMetadata('path', handler) as string | undefined);
      return handler && path !== undefined ? [{ name: `${(metatype as Type).name}.${method}`, path, handler }] : [];
    });
  });
}

function controllerFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory()
      ? controllerFiles(join(folder, entry.name))
      : entry.name.endsWith('.controller.ts')
        ? [join(folder, entry.name)]
        : [],
  );
}

const VERBS = new Set(['Get', 'Post', 'Put', 'Patch', 'Delete', 'Head', 'Options', 'All', 'Search']);
const WORDS = new Set(['Public', 'Authenticated', 'Capability', 'RequirePermission']);

/** How often each route's method says who may use it. The last word would silently win at run time. */
function declarationsIn(file: string): { route: string; declarations: number }[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const found: { route: string; declarations: number }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isMethodDeclaration(node)) {
      const names = (ts.getDecorators(node) ?? []).map(({ expression }) =>
        (ts.isCallExpression(expression) ? expression.expression : expression).getText(),
      );
      if (names.some((name) => VERBS.has(name)))
        found.push({
          route: `${file}: ${node.name.getText()}`,
          declarations: names.filter((name) => WORDS.has(name)).length,
        });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

@Controller()
class ForgetfulController {
  @Get('forgotten')
  forgotten(): object {
    return { secret: true };
  }

  @Get('declared')
  @Public()
  declared(): object {
    return { open: true };
  }
}

// A word on the class is no word on its routes: someone who adds one must think about it.
@Controller()
@Public()
class ClassWideController {
  @Get('only-class')
  read(): object {
    return { secret: true };
  }
}

@Module({ imports: [AuthModule], controllers: [ForgetfulController, ClassWideController] })
class ForgetfulModule {}

/** A server on the same database and with the same key, whose author forgot to say who may use a route. */
async function startWithUndeclaredRoute() {
  const { secrets } = shop.app.get(Config);
  const config = loadConfig({
    NODE_ENV: 'test',
    DATABASE_URL: shop.databaseUrl,
    DATA_DIR: shop.dataDir,
    RATE_LIMIT: 'off',
    LOG_LEVEL: 'silent',
  });
  expect(config.secrets.authPrivateKey.equals(secrets.authPrivateKey)).toBe(true);
  const boot = {
    config,
    databaseUrl: shop.databaseUrl,
    logger: createLogger(config),
    embedded: false,
    work: false,
  };
  const root = { module: ForgetfulModule, imports: [PlatformModule.for(boot)] };
  const app = await NestFactory.create<NestFastifyApplication>(root, createAdapter(config), { logger: false });
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as { port: number };
  // Not the tests' client, which knows the routes of the document only.
  const get = async (path: string, token?: string) => {
    const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
    return { status: response.status, ...((await response.json()) as object) };
  };
  const { json } = await shop.guest.post<{ accessToken: string }>('/v1/auth/login', {
    email: 'admin@example.com',
    password: 'correct horse battery admin',
  });
  return { get, adminToken: json.accessToken, close: () => app.close() };
}
