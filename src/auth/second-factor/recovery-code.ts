import { createHash, randomBytes } from 'node:crypto';

/** How many an account has. */
export const RECOVERY_CODES = 10;
/** 120 bits: twenty-four signs of base32, in six groups. Fewer than 112 would want a slow hash with a salt (ASVS 5.0, 6.5.2). */
const CODE_BYTES = 15;
const SIGNS = 'abcdefghijklmnopqrstuvwxyz234567';
const FORM = /^[a-z2-7]{24}$/;

/** New codes, such as `k3ve-27dq-oapx-m5tz-ha4w-6bqe`. */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: RECOVERY_CODES }, () => toBase32(randomBytes(CODE_BYTES)).replace(/(.{4})(?=.)/g, '$1-'));
}

/**
 * What the database keeps of a code; undefined for a text that is none. Capitals, dashes and spaces do not count. The
 * code is random, so that one fast hash is enough.
 */
export function hashRecoveryCode(code: string): Uint8Array<ArrayBuffer> | undefined {
  const plain = code.toLowerCase().replaceAll(/[\s-]/g, '');
  if (!FORM.test(plain)) return undefined;
  return new Uint8Array(createHash('sha256').update(plain).digest());
}

/** Base32 (RFC 4648, 6) in small letters, of a whole number of five-byte groups. */
function toBase32(bytes: Uint8Array): string {
  let bits = '';
  for (const byte of bytes) bits += byte.toString(2).padStart(8, '0');
  return bits.replaceAll(/.{5}/g, (five) => SIGNS.charAt(Number.parseInt(five, 2)));
}
