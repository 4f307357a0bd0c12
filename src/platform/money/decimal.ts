import { MAX_AMOUNT } from './money.js';

export type DecimalFault =
  | 'not_decimal' // anything but digits, one point and a leading minus
  | 'too_precise' // more decimal places than the unit has
  | 'too_large'; // beyond MAX_AMOUNT

export type ParsedDecimal =
  { readonly ok: true; readonly amount: bigint } | { readonly ok: false; readonly fault: DecimalFault };

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;

/** Longer text is refused unread: turning digits into a bigint costs more than linear time. */
const MAX_LENGTH = 64;

/**
 * Reads decimal text exactly, without a float on the way: `parseMinor('12.99', 2)` is 1299n. Zeros beyond the exponent change
 * nothing and are accepted, other digits there are `too_precise`; no separators of thousands, no exponents, no blanks.
 * A minus is accepted: whether a negative amount makes sense is for the caller to say.
 */
export function parseMinor(text: string, exponent: number): ParsedDecimal {
  const match = text.length <= MAX_LENGTH ? DECIMAL.exec(text) : null;
  if (!match) return { ok: false, fault: 'not_decimal' };
  const [, sign, whole = '', fraction = ''] = match;
  if (/[1-9]/.test(fraction.slice(exponent))) return { ok: false, fault: 'too_precise' };
  const amount = BigInt(whole + fraction.slice(0, exponent).padEnd(exponent, '0'));
  if (amount > MAX_AMOUNT) return { ok: false, fault: 'too_large' };
  return { ok: true, amount: sign === '-' ? -amount : amount };
}

/** The amount as decimal text with all its places, the inverse of `parseMinor`: `formatMinor(1299n, 2)` is "12.99". */
export function formatMinor(amount: bigint, exponent: number): string {
  const sign = amount < 0n ? '-' : '';
  const digits = String(amount < 0n ? -amount : amount).padStart(exponent + 1, '0');
  if (exponent === 0) return sign + digits;
  return `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}
