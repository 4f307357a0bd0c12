import { formatMinor, parseMinor, type DecimalFault } from './decimal.js';

/** A share of something, such as a tax rate, in whole millionths: 200000n is 20 %, 88750n is 8.875 %. */
export type Rate = bigint;

/** The rate of 100 %. */
export const WHOLE: Rate = 1_000_000n;

export type ParsedRate =
  { readonly ok: true; readonly rate: Rate } | { readonly ok: false; readonly fault: DecimalFault | 'out_of_range' };

/** A percentage with four places is a whole number of millionths. */
const PLACES = 4;

/** Reads a percentage from 0 to 100 with up to four decimal places: "20", "7.7", "8.875". */
export function parseRate(percent: string): ParsedRate {
  const parsed = parseMinor(percent, PLACES);
  if (!parsed.ok) return parsed;
  if (parsed.amount < 0n || parsed.amount > WHOLE) return { ok: false, fault: 'out_of_range' };
  return { ok: true, rate: parsed.amount };
}

/** The rate as a percentage without needless zeros, for people: "7.7". */
export function formatRate(rate: Rate): string {
  const text = formatMinor(rate, PLACES);
  let end = text.length;
  while (text[end - 1] === '0') end--;
  return text.slice(0, text[end - 1] === '.' ? end - 1 : end);
}
