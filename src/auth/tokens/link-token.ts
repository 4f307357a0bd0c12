import { createHash, randomBytes } from 'node:crypto';

/** The token of a mailed link: 256 random bits, base64url (43 characters). */
export function newLinkToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What the database keeps of it. The token is random, so that one fast hash is enough. */
export function hashLinkToken(token: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(token).digest());
}
