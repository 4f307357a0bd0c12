import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AUDIENCE, CLOCK_SKEW_SECONDS, headerOf, keyIdOf, readClaims } from './access-token.js';

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const token = (header: unknown) => `${encode(header)}.e30.c2ln`;
const ID = '0198c5f0-7b7e-7000-8000-000000000001';
const NOW = 1_800_000_000;
const claims = { sub: ID, sid: ID, jti: 'x', iat: NOW, exp: NOW + 900, aud: AUDIENCE };

describe('keyIdOf', () => {
  it('reads the key of a header as this server writes it', () => {
    expect(keyIdOf(token(headerOf('abc')))).toBe('abc');
  });

  it.each<[string, unknown]>([
    ['another algorithm', { ...headerOf('abc'), alg: 'HS256' }],
    ['none', { ...headerOf('abc'), alg: 'none' }],
    ['another type', { ...headerOf('abc'), typ: 'JWT' }],
    ['the long form of the type', { ...headerOf('abc'), typ: 'application/at+jwt' }],
    ['a key of its own', { ...headerOf('abc'), jwk: { kty: 'EC' } }],
    ['an address of keys', { ...headerOf('abc'), jku: 'https://evil.example/jwks.json' }],
    ['an address of certificates', { ...headerOf('abc'), x5u: 'https://evil.example/cert.pem' }],
    ['a certificate', { ...headerOf('abc'), x5c: ['MIIB'] }],
    ['a critical extension', { ...headerOf('abc'), crit: ['exp'] }],
    ['no key', { alg: 'ES256', typ: 'at+jwt' }],
    ['a key that is no text', { alg: 'ES256', typ: 'at+jwt', kid: ['abc'] }],
    ['another order', { kid: 'abc', typ: 'at+jwt', alg: 'ES256' }],
    ['nothing', null],
    ['a list', [headerOf('abc')]],
  ])('refuses a header with %s', (_, header) => {
    expect(keyIdOf(token(header))).toBeUndefined();
  });

  it('refuses a member that stands twice, padding, other parts and overlong ones', () => {
    const twice = Buffer.from('{"alg":"none","alg":"ES256","typ":"at+jwt","kid":"abc"}').toString('base64url');
    const good = token(headerOf('abc'));
    for (const text of [
      `${twice}.e30.c2ln`,
      `${encode(headerOf('abcd'))}=.e30.c2ln`,
      `${good}.more`,
      good.slice(0, good.lastIndexOf('.')),
      `${good}${'A'.repeat(2_000)}`,
    ])
      expect(keyIdOf(text)).toBeUndefined();
  });

  it('throws for no text whatever', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        expect(keyIdOf(`${a}.${b}.x`)).toBeUndefined();
        expect(keyIdOf(`${Buffer.from(a).toString('base64url')}.${b}.x`)).toBeUndefined();
      }),
    );
  });
});

describe('readClaims', () => {
  it('reads user and session', () => {
    expect(readClaims(claims, NOW)).toEqual({ userId: ID, sessionId: ID });
  });

  it.each(['sub', 'sid', 'jti', 'iat', 'exp', 'aud'])('refuses a token without %s', (name) => {
    expect(readClaims({ ...claims, [name]: undefined }, NOW)).toBeUndefined();
  });

  it('refuses a token from the future, but for the skew of clocks', () => {
    expect(readClaims({ ...claims, iat: NOW + CLOCK_SKEW_SECONDS }, NOW)).toBeDefined();
    expect(readClaims({ ...claims, iat: NOW + CLOCK_SKEW_SECONDS + 1 }, NOW)).toBeUndefined();
  });

  it('refuses a token for several audiences', () => {
    expect(readClaims({ ...claims, aud: [AUDIENCE, 'elsewhere'] }, NOW)).toBeUndefined();
  });

  it('refuses whatever is no set of claims', () => {
    fc.assert(fc.property(fc.anything(), (payload) => readClaims(payload, NOW) === undefined));
  });
});
