import jwt from 'jsonwebtoken';
import { createHmac, generateKeyPairSync } from 'node:crypto';
import { ALL_PERMISSIONS } from '../../src/platform/access/index.js';
import { AccessTokenKeys } from '../../src/auth/tokens/access-token-keys.js';
import { withDatabase } from '../support/shop-fixture.js';
import { ADMIN } from '../support/test-app.js';
import type { Caller } from './callers.js';
import { newKey } from './programs.js';
import type { World } from './world.js';

type Claims = Record<string, unknown>;

/** All who come with a bearer that is no longer, or never was, good. Each would be an administrator if it were. */
export async function rejectedCallers(world: World): Promise<Caller[]> {
  const bearers = {
    'disabled account': await ofDisabledAccount(world),
    'signed-out session': await ofSignedOutSession(world),
    'session that ran out': await ofSessionThatRanOut(world),
    ...(await badKeys(world)),
    ...forged(world, await world.signIn(ADMIN.email, ADMIN.password)),
  };
  return Object.entries(bearers).map(([name, bearer]) => ({
    ...{ name, userId: undefined, email: '', password: '', bearer, isKey: false, rejected: true },
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

async function badKeys(world: World): Promise<Record<string, string>> {
  const person = await world.signedIn('keeper of bad keys', ALL_PERMISSIONS, 'admin');
  const leaver = await world.signedIn('leaver with a key', ALL_PERMISSIONS, 'admin');
  const [revoked, expired, rotated, good, leavers] = await Promise.all(
    [person, person, person, person, leaver].map((owner) => newKey(owner, ALL_PERMISSIONS)),
  );
  if (!revoked || !expired || !rotated || !good || !leavers) throw new Error('A key was not made');
  await person.client.delete(`/v1/api-keys/${revoked.id}`, { expect: 204 });
  await person.client.post(`/v1/api-keys/${rotated.id}/rotate`, { password: person.password }, { expect: 200 });
  await withDatabase(world.shop, async (client) => {
    await client.query('update api_key set expires_at = now() where id = $1', [expired.id]);
    await client.query('update "user" set disabled_at = now() where id = $1', [leaver.userId]);
  });
  const last = good.key.at(-1) === 'A' ? 'B' : 'A';
  return {
    'revoked key': revoked.key,
    'key that ran out': expired.key,
    'key before its rotation': rotated.key,
    'key of a disabled account': leavers.key,
    'key with another secret': good.key.slice(0, -1) + last,
    'key of nobody': `bk_${'a'.repeat(12)}_${'b'.repeat(43)}`,
  };
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
