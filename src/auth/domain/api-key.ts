import { createHash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';

const SCHEME = 'bk';
const PREFIX_LENGTH = 12;
const SECRET_BYTES = 32;
const PREFIX_SIGNS = 'abcdefghijklmnopqrstuvwxyz0123456789';
const SHAPE = /^bk_([a-z0-9]{12})_([\w-]{43})$/;

/** The longest time for which the secret before a rotation stays good beside the new one, in seconds. */
export const MAX_OVERLAP_SECONDS = 7 * 86_400;

/** The two parts of an API key `bk_<prefix>_<secret>`: one that may be seen and names the key, and one that proves it. */
export interface ApiKeyText {
  readonly prefix: string;
  /** 256 random bits, base64url. */
  readonly secret: string;
}

/** What is kept of a key to check a secret against. */
export interface KeptSecrets {
  readonly hash: Uint8Array;
  readonly previousHash: Uint8Array | null;
  readonly previousUntil: Date | null;
}

/** Twelve small letters and digits: enough (62 bits) that no two keys share them. */
export function newPrefix(): string {
  return Array.from({ length: PREFIX_LENGTH }, () => PREFIX_SIGNS[randomInt(PREFIX_SIGNS.length)]).join('');
}

export function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

/** The key as its user writes it. */
export function formatApiKey({ prefix, secret }: ApiKeyText): string {
  return `${SCHEME}_${prefix}_${secret}`;
}

/** Whether a bearer token means to be an API key; a JWT has dots and begins otherwise. */
export function looksLikeApiKey(token: string): boolean {
  return token.startsWith(`${SCHEME}_`);
}

/** The parts of a key; undefined for what cannot be one. */
export function parseApiKey(token: string): ApiKeyText | undefined {
  const [, prefix, secret] = SHAPE.exec(token) ?? [];
  return prefix === undefined || secret === undefined ? undefined : { prefix, secret };
}

/** What the database keeps of a secret. It is random, so that one fast hash is enough. */
export function hashSecret(secret: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(secret).digest());
}

/** Whether the secret is the key's, or the one before it and still in its time. Takes as long for a wrong one as for a right one. */
export function isSecretOf(secret: string, kept: KeptSecrets, now: Date): boolean {
  const hash = hashSecret(secret);
  const present = timingSafeEqual(hash, kept.hash);
  const previous = timingSafeEqual(hash, kept.previousHash ?? new Uint8Array(hash.length));
  return present || (previous && kept.previousUntil !== null && kept.previousUntil > now);
}
