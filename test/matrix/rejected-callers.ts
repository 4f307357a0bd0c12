import jwt from 'jsonwebtoken';
import { createHmac, generateKeyPairSync } from 'node:crypto';
import { ALL_PERMISSIONS } from '../../src/platform/access/index.js';
import { AccessTokenKeys } from '../../src/auth/tokens/access-token-keys.js';
import { withDatabase } from '../support/shop-fixture.js';
import { ADMIN } from '../support/test-app.js';
import type { Caller } from './callers.js';
import type { World } from './world.js';

type Claims = Record<string, unknown>;

/** All who come with a bearer that is no longer, or never was, good. Each would be an administrator if it were. */
export async function rejectedCallers(world: World): Promise<Caller[]> {
  const bearers = {
    'disabled account': await ofDisabledAccount(world),
    'signed-out session': await ofSignedOutSession(world),
    'session that ran out': await ofSessionThatRanOut(world),
    ...forged(world, await world.signIn(ADMIN.email, ADMIN.password)),
  };
  return Object.entries(bearers).map(([name, bearer]) => ({
    ...{ name, userId: undefined, email: '', password: '', bearer, rejected: true },
    permissions: new Set(ALL_PERMISSIONS),
    client: world.shop.guest.as(bearer),
  }));
}

async function ofDisabledAccount(world: World): Promise<string> {
  const { id, email } = await world.account('disabled', ['admin']);
  const bearer = await world.signIn(email);
  await withDatabase(world.shop, (client) => client.query('update "user" set disabled_at = now() where id = $1', [id]));
  return bearer;
}

async function ofSignedOutSession(world: World): Promise<string> {
  const bearer = await world.signIn(ADMIN.email, ADMIN.password);
  await world.shop.guest.as(bearer).post('/v1/auth/logout', undefined, { expect: 204 });
  return bearer;
}

async function ofSessionThatRanOut(world: World): Promise<string> {
  const bearer = await world.signIn(ADMIN.email, ADMIN.password);
  const { sid } = jwt.decode(bearer) as Claims;
  await withDatabase(world.shop, (client) =>
    client.query('update session set expires_at = now() where id = $1', [sid]),
  );
  return bearer;
}

/** Made from a good token of an administrator, whose claims an attacker may well know. */
function forged(world: World, good: string): Record<string, string> {
  const keys = world.shop.app.get(AccessTokenKeys, { strict: false });
  const { header } = jwt.decode(good, { complete: true }) as jwt.Jwt;
  const payload = jwt.decode(good) as Claims;
  const now = Math.floor(Date.now() / 1000);
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const sign = (claims: Claims, key = keys.privateKey) =>
    // With the time that the claims have: without one, none of them would be refused for its own fault.
    jwt.sign(claims, key, { algorithm: 'ES256', header });
  const [head = '', body = '', signature = ''] = good.split('.');
  const asSecret = `${encode({ ...header, alg: 'HS256' })}.${body}`;
  const publicPem = keys.publicKey.export({ type: 'spki', format: 'pem' });
  return {
    'expired token': sign({ ...payload, iat: now - 2000, exp: now - 1000 }),
    'token for another audience': sign({ ...payload, aud: 'another' }),
    'token of another issuer': sign({ ...payload, iss: 'another' }),
    'token of another key': sign(payload, generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey),
    'unsigned token': `${encode({ ...header, alg: 'none' })}.${body}.`,
    'token signed with the public key': `${asSecret}.${createHmac('sha256', publicPem).update(asSecret).digest('base64url')}`,
    'tampered token': `${head}.${encode({ ...payload, exp: now + 100_000 })}.${signature}`,
    'truncated token': good.slice(0, -2),
  };
}
