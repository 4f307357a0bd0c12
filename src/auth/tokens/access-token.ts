import { isUuid, type SessionId, type UserId } from '../../platform/ids/index.js';

export const ISSUER = 'backroom';
export const AUDIENCE = 'backroom-api';
/** RFC 9068, 2.2 asks for it: the tokens are made for the shop's own front ends, whichever that is. */
export const CLIENT = 'backroom';
/** The one algorithm there is (RFC 8725, 3.1); what a token says of it is compared, never followed. */
export const ALGORITHM = 'ES256';
/** RFC 9068, 2.1 and RFC 8725, 3.11: keeps other kinds of JWT that the same key may sign from passing for an access token. */
export const TOKEN_TYPE = 'at+jwt';
/** How far the clocks of two processes may differ: a token is not taken that was made later than that from now. */
export const CLOCK_SKEW_SECONDS = 30;
/** Ours are of some 500 characters. Whatever is longer is not read at all. */
const LONGEST_TOKEN = 2_000;

/** What of a token's claims is used: everything else about the caller is read anew for each request. */
export interface AccessClaims {
  readonly userId: UserId;
  readonly sessionId: SessionId;
}

/** The header of every token that this server makes with the key. */
export function headerOf(keyId: string) {
  return { alg: ALGORITHM, typ: TOKEN_TYPE, kid: keyId } as const;
}

/**
 * The key that a compact JWS (RFC 7515) names; undefined unless its header is, sign for sign, one that this server writes. So nothing that
 * a header may say (`jwk`, `jku`, `x5u`, `crit`, another algorithm) is ever acted upon, and no member can stand in it twice.
 */
export function keyIdOf(token: string): string | undefined {
  if (token.length > LONGEST_TOKEN) return undefined;
  const parts = token.split('.');
  const [encoded] = parts;
  if (parts.length !== 3 || encoded === undefined) return undefined;
  const kid = readKeyId(encoded);
  return kid !== undefined && encode(headerOf(kid)) === encoded ? kid : undefined;
}

/**
 * The claims of a token whose signature, issuer, audience and end have been checked; undefined when one is missing or the token is from the future.
 * @param now in whole seconds since 1970
 */
export function readClaims(payload: unknown, now: number): AccessClaims | undefined {
  if (payload === null || typeof payload !== 'object') return undefined;
  const { sub, sid, jti, exp, iat, aud } = payload as Record<string, unknown>;
  if (typeof exp !== 'number' || typeof iat !== 'number' || iat > now + CLOCK_SKEW_SECONDS) return undefined;
  // jsonwebtoken is content with one of several; ours have one.
  if (aud !== AUDIENCE || typeof jti !== 'string' || jti === '') return undefined;
  if (typeof sub !== 'string' || !isUuid(sub) || typeof sid !== 'string' || !isUuid(sid)) return undefined;
  return { userId: sub as UserId, sessionId: sid as SessionId };
}

function readKeyId(encoded: string): string | undefined {
  try {
    const header: unknown = JSON.parse(Buffer.from(encoded, 'base64url').toString('utf8'));
    const kid = header !== null && typeof header === 'object' ? (header as { kid?: unknown }).kid : undefined;
    return typeof kid === 'string' ? kid : undefined;
  } catch {
    return undefined;
  }
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
