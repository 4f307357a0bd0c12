import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import jwt from 'jsonwebtoken';
import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '../../src/app.js';
import { SigningKeysService } from '../../src/auth/index.js';
import { AccessTokenKeys } from '../../src/auth/tokens/access-token-keys.js';
import { newKeyPair } from '../../src/auth/tokens/signing-key.js';
import { loadConfig } from '../../src/platform/config/index.js';
import { createLogger } from '../../src/platform/observability/logger.js';
import { ApiClient } from '../support/api-client.js';
import { withDatabase } from '../support/shop-fixture.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

interface Tokens {
  accessToken: string;
  refreshToken: string;
}
interface Jwk extends JsonWebKey {
  kid: string;
}

const SECRETS = { ENCRYPTION_KEY: 'a key of this test that is long enough', ORDER_TOKEN_SECRET: 'x'.repeat(40) };

let database: TestDatabase;
const started: (() => Promise<void>)[] = [];

beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  for (const close of started.splice(0)) await close();
  await database.drop();
});

/** One of several processes on the database, with a data folder of its own: only the environment and the database are shared. */
async function startServer(env: Record<string, string> = {}) {
  const dataDir = mkdtempSync(join(tmpdir(), 'backroom-test-'));
  const config = loadConfig({
    NODE_ENV: 'test',
    DATABASE_URL: database.url,
    DATA_DIR: dataDir,
    RATE_LIMIT: 'off',
    LOG_LEVEL: 'silent',
    SEED_DEMO: 'false',
    ADMIN_EMAIL: 'admin@example.com',
    ADMIN_PASSWORD: 'correct horse battery admin',
    ...SECRETS,
    ...env,
  });
  const boot = { config, databaseUrl: database.url, logger: createLogger(config), embedded: false, work: false };
  const app = await createApp(boot);
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as { port: number };
  started.push(async () => {
    await app.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  return {
    app,
    api: new ApiClient(`http://127.0.0.1:${port}`),
    keys: app.get(AccessTokenKeys, { strict: false }),
    service: app.get(SigningKeysService, { strict: false }),
  };
}

type Server = Awaited<ReturnType<typeof startServer>>;

let people = 0;
async function register(server: Server): Promise<Tokens> {
  const body = { email: `k${++people}@example.com`, password: 'correct horse battery staple', name: 'Key' };
  return (await server.api.post<Tokens>('/v1/auth/register', body, { expect: 201 })).json;
}
const refresh = async (server: Server, { refreshToken }: Tokens) =>
  (await server.api.post<Tokens>('/v1/auth/refresh', { refreshToken }, { expect: 200 })).json;
const statusAt = async (server: Server, { accessToken }: Tokens) =>
  (await server.api.as(accessToken).get('/v1/users/me')).status;
const keyOf = ({ accessToken }: Tokens) => jwt.decode(accessToken, { complete: true })?.header.kid;
const jwks = async (server: Server) => (await server.api.get<{ keys: Jwk[] }>('/.well-known/jwks.json')).json.keys;

function sql(text: string, values: unknown[] = []) {
  return withDatabase(
    { databaseUrl: database.url },
    async (client) => (await client.query(text, values)).rows as unknown[],
  );
}

describe('the first key', () => {
  it('is one, however many processes start at once, each with a key of its own', async () => {
    const servers = await Promise.all([startServer(), startServer(), startServer()]);
    const rows = (await sql('select id, sealed_private_key from signing_key')) as Record<string, string>[];
    expect(rows).toHaveLength(1);
    expect(servers.map(({ keys }) => keys.keyId)).toEqual(servers.map(() => rows[0]?.['id']));
    expect(rows[0]?.['sealed_private_key']).toMatch(/^s1\./);
    const tokens = await register(servers[0]);
    for (const server of servers) expect(await statusAt(server, tokens)).toBe(200);
  });

  it('stays where the configuration names another one later', async () => {
    const tokens = await register(await startServer());
    const pem = newKeyPair().privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const later = await startServer({ AUTH_PRIVATE_KEY: pem });
    expect(await statusAt(later, tokens)).toBe(200);
    expect(await sql('select 1 from signing_key')).toHaveLength(1);
  });

  it('is made anew where none can be opened, and sessions go on', async () => {
    const tokens = await register(await startServer());
    const later = await startServer({ ENCRYPTION_KEY: 'another key of this test that is long enough' });
    expect(await statusAt(later, tokens)).toBe(401);
    expect(await statusAt(later, await refresh(later, tokens))).toBe(200);
  });

  it('is no key that somebody has put into the table', async () => {
    const server = await startServer();
    const forged = newKeyPair();
    await sql(
      `insert into signing_key (id, public_jwk, sealed_private_key, created_at, signs_from)
       select $1, $2, sealed_private_key, created_at, created_at from signing_key limit 1`,
      [forged.id, JSON.stringify(forged.publicJwk)],
    );
    await server.keys.reload();
    const good = await register(server);
    const payload = jwt.decode(good.accessToken) as Record<string, unknown>;
    const header = { alg: 'ES256', typ: 'at+jwt', kid: forged.id } as const;
    const accessToken = jwt.sign(payload, forged.privateKey, { algorithm: 'ES256', header });
    expect(await statusAt(server, { ...good, accessToken })).toBe(401);
    expect((await jwks(server)).map(({ kid }) => kid)).toEqual([server.keys.keyId]);
  });
});

describe('a new key, with two processes at work', () => {
  let here: Server;
  let there: Server;
  let before: Tokens;

  beforeEach(async () => {
    here = await startServer();
    there = await startServer();
    before = await register(here);
  });

  it('is published two minutes before it signs, and signs nothing until then', async () => {
    const { id, signsFrom, othersRetiredAt } = await here.service.rotate();
    expect(signsFrom.getTime() - Date.now()).toBeGreaterThan(115_000);
    expect(othersRetiredAt.getTime() - signsFrom.getTime()).toBe(930_000);
    await Promise.all([here.keys.reload(), there.keys.reload()]);
    for (const server of [here, there]) {
      expect((await jwks(server)).map(({ kid }) => kid)).toEqual([keyOf(before), id]);
      expect(keyOf(await register(server))).toBe(keyOf(before));
    }
  });

  it('signs nobody out: what the old one signed stays good while the new one signs', async () => {
    const { id } = await here.service.rotate({ signsAfterMs: 0 });
    await here.keys.reload();
    const after = await register(here);
    expect(keyOf(after)).toBe(id);
    // The other process has not read the keys yet: the token's own name of its key makes it do so.
    expect(await statusAt(there, after)).toBe(200);
    for (const server of [here, there]) expect(await statusAt(server, before)).toBe(200);
    expect(keyOf(await refresh(there, before))).toBe(id);
  });

  it('leaves the old one refused once it is retired, without a restart, and every session goes on', async () => {
    const { id } = await here.service.rotate({ signsAfterMs: 0 });
    await sql(`update signing_key set retired_at = greatest(signs_from, now()) where id <> $1`, [id]);
    await Promise.all([here.keys.reload(), there.keys.reload()]);
    for (const server of [here, there]) {
      expect(await statusAt(server, before)).toBe(401);
      expect((await jwks(server)).map(({ kid }) => kid)).toEqual([id]);
    }
    expect(await statusAt(here, await refresh(there, before))).toBe(200);
  });

  it('ends the old ones at once where it must', async () => {
    await here.service.rotate();
    const { id } = await here.service.rotate({ atOnce: true });
    await Promise.all([here.keys.reload(), there.keys.reload()]);
    expect(await statusAt(there, before)).toBe(401);
    expect((await jwks(there)).map(({ kid }) => kid)).toEqual([id]);
    expect(await statusAt(here, await refresh(there, before))).toBe(200);
  });

  it('follows others that are made at the same time, the last of which signs in the end', async () => {
    const rotations = await Promise.all([here.service.rotate(), there.service.rotate(), here.service.rotate()]);
    const unended = await sql('select id from signing_key where retired_at is null');
    expect(unended).toHaveLength(1);
    expect(rotations.map(({ id }) => ({ id }))).toContainEqual(unended[0]);
    expect(await statusAt(there, before)).toBe(200);
  });

  it('sweeps what was retired a day ago, and is on record', async () => {
    const { id } = await here.service.rotate({ atOnce: true });
    expect(await here.service.sweep()).toBe(0);
    await sql(
      `update signing_key set created_at = created_at - interval '2 days', signs_from = signs_from - interval '2 days',
         retired_at = now() - interval '25 hours' where id <> $1`,
      [id],
    );
    expect(await here.service.sweep()).toBe(1);
    const made = await sql(
      `select actor_kind, subject_id from audit_entry where action = 'auth.signing_key_made' order by id`,
    );
    expect(made).toEqual([
      { actor_kind: 'system', subject_id: keyOf(before) },
      { actor_kind: 'system', subject_id: id },
    ]);
  });
});

describe('GET /.well-known/jwks.json', () => {
  let server: Server;
  beforeEach(async () => {
    server = await startServer();
  });

  it('gives everybody the public keys, and nothing of the private ones', async () => {
    const { status, headers, json, text } = await server.api
      .as('nonsense')
      .get<{ keys: Jwk[] }>('/.well-known/jwks.json');
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('public, max-age=60');
    expect(headers.get('etag')).toBeTruthy();
    expect(Object.keys(json.keys[0] ?? {}).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
    expect(text).not.toMatch(/"d"|PRIVATE|s1\./);
  });

  it('lets others check a token', async () => {
    const { accessToken } = await register(server);
    const [key] = await jwks(server);
    const payload = jwt.verify(accessToken, createPublicKey({ key: key as JsonWebKey, format: 'jwk' }), {
      algorithms: ['ES256'],
      issuer: 'backroom',
      audience: 'backroom-api',
    });
    expect(payload).toMatchObject({ client_id: 'backroom' });
  });
});

describe('tokens that name unknown keys', () => {
  it('make the keys be read once in some seconds, however many they are', async () => {
    const server = await startServer();
    const living = server.service.living.bind(server.service);
    let reads = 0;
    server.service.living = () => {
      reads++;
      return living();
    };
    const { accessToken } = await register(server);
    const [, payload, signature] = accessToken.split('.');
    for (let index = 0; index < 20; index++) {
      const head = Buffer.from(JSON.stringify({ alg: 'ES256', typ: 'at+jwt', kid: `k${index}` })).toString('base64url');
      const answer = await server.api.as(`${head}.${payload}.${signature}`).get('/v1/users/me');
      expect(answer.status).toBe(401);
    }
    expect(reads).toBe(1);
  });
});
