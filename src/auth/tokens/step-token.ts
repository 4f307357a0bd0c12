import { createHash, randomBytes } from 'node:crypto';

/** Names a step of a sign-in that is not finished: 256 random bits, base64url. */
export function newStepToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What the database keeps of it. The token is random, so that one fast hash is enough. */
export function hashStepToken(token: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(token).digest());
}
