import { isUuid, type SessionId, type UserId } from '../../platform/ids/index.js';

export const ISSUER = 'backroom';
export const AUDIENCE = 'backroom-api';
export const ALGORITHM = 'ES256';
/** RFC 9068, 2.1: keeps other kinds of JWT that the same key may sign from passing for an access token. */
export const TOKEN_TYPE = 'at+jwt';

/** What of a token's claims is used: everything else about the caller is read anew for each request. */
export interface AccessClaims {
  readonly userId: UserId;
  readonly sessionId: SessionId;
}

/** Whether the header of a compact JWS (RFC 7515) is one that this server writes. What it says is not yet verified. */
export function isOwnHeader(token: string, keyId: string): boolean {
  try {
    const header: unknown = JSON.parse(Buffer.from(token.split('.', 1)[0] ?? '', 'base64url').toString('utf8'));
    if (header === null || typeof header !== 'object') return false;
    const { alg, typ, kid, crit } = header as Record<string, unknown>;
    return alg === ALGORITHM && typ === TOKEN_TYPE && kid === keyId && crit === undefined;
  } catch {
    return false;
  }
}

/** The claims of a token whose signature, issuer, audience and time have been checked; undefined when one is missing. */
export function readClaims(payload: unknown): AccessClaims | undefined {
  if (payload === null || typeof payload !== 'object') return undefined;
  const { sub, sid, jti, exp } = payload as Record<string, unknown>;
  if (typeof exp !== 'number' || typeof jti !== 'string' || jti === '') return undefined;
  if (typeof sub !== 'string' || !isUuid(sub) || typeof sid !== 'string' || !isUuid(sid)) return undefined;
  return { userId: sub as UserId, sessionId: sid as SessionId };
}
