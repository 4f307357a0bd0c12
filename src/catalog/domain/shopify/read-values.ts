import { MAX_AMOUNT, parseMinor, type DecimalFault } from '../../../platform/money/index.js';
import { LIMITS } from './limits.js';
import { quoted, type RowErrorCode } from './row-error.js';

/** A value of a cell, or why it is none. */
export type Read<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: RowErrorCode; readonly detail: string };

const TRUE = new Set(['true', 'yes', 'y', 't', '1']);
const FALSE = new Set(['false', 'no', 'n', 'f', '0']);

const PRICE_FAULTS: Readonly<Record<DecimalFault, { code: RowErrorCode; detail: string }>> = {
  not_decimal: { code: 'catalog.price_invalid', detail: 'is no price: digits, and a point before the decimals' },
  too_precise: { code: 'catalog.price_too_precise', detail: 'has more decimals than the currency' },
  too_large: { code: 'catalog.price_too_large', detail: `is more than ${MAX_AMOUNT} of the currency’s smallest unit` },
};

function is<T>(value: T): Read<T> {
  return { ok: true, value };
}

function fault<T>(code: RowErrorCode, detail: string): Read<T> {
  return { ok: false, code, detail };
}

/**
 * A price in major units with a point, as Shopify writes it ("36.00"), to minor units of a currency with `exponent` decimals.
 * "36" and, in a currency without decimals, "36.00" are the same without loss. Three decimals where the currency has two are
 * refused even when they are zeros, because "1.000" may be a thousand; so are commas, signs of currencies and exponents.
 */
export function readPrice(text: string, exponent: number): Read<bigint> {
  const parsed = parseMinor(text, exponent);
  const decimals = text.split('.')[1]?.length ?? 0;
  if (!parsed.ok) return priceFault(parsed.fault, text);
  if (decimals > Math.max(exponent, 2)) return priceFault('too_precise', text);
  if (text.startsWith('-')) return fault('catalog.price_negative', `The price ${quoted(text)} is negative.`);
  return is(parsed.amount);
}

function priceFault(flaw: DecimalFault, text: string): Read<bigint> {
  const { code, detail } = PRICE_FAULTS[flaw];
  return fault(code, `${quoted(text)} ${detail}.`);
}

/** Whole grams, rounded half up: some files weigh more finely than the shop. */
export function readGrams(text: string): Read<number> {
  const match = /^(\d{1,12})(?:\.(\d{1,20}))?$/.exec(text);
  const grams = Number(match?.[1]) + (match?.[2] !== undefined && match[2] >= '5' ? 1 : 0);
  if (!match || grams > LIMITS.grams) return fault('catalog.weight_invalid', `${quoted(text)} is no weight in grams.`);
  return is(grams);
}

/** Whole units, which may be negative: what has been sold beyond the stock. */
export function readQuantity(text: string): Read<number> {
  const quantity = /^-?\d{1,12}$/.test(text) ? Number(text) : NaN;
  if (Number.isNaN(quantity) || Math.abs(quantity) > LIMITS.quantity) {
    return fault('catalog.quantity_invalid', `${quoted(text)} is no whole number of units.`);
  }
  return is(quantity);
}

export function readBoolean(text: string, column: string): Read<boolean> {
  const lower = text.toLowerCase();
  if (TRUE.has(lower)) return is(true);
  if (FALSE.has(lower)) return is(false);
  return fault('catalog.boolean_invalid', `${column} is ${quoted(text)} and must be true or false.`);
}

/** Whether the variant may be sold beyond its stock. */
export function readPolicy(text: string): Read<boolean> {
  const lower = text.toLowerCase();
  if (lower === 'continue') return is(true);
  if (lower === 'deny' || lower === '') return is(false);
  return fault('catalog.policy_invalid', `The inventory policy is ${quoted(text)} and must be deny or continue.`);
}

/** An address of a picture, as it is written: by http or https, or a path on this server ("/images/mug.png"). */
export function readUrl(text: string, column: string): Read<string> {
  if (text.length <= LIMITS.url && (isWebAddress(text) || /^\/(?!\/)[^\s\p{Cc}]*$/u.test(text))) return is(text);
  return fault(
    'catalog.image_url_invalid',
    `${column} ${quoted(text)} is neither an address by http or https nor a path on this server, of at most ${LIMITS.url} characters.`,
  );
}

function isWebAddress(text: string): boolean {
  const url = !/\p{Cc}/u.test(text) && URL.canParse(text) ? new URL(text) : null;
  return url?.protocol === 'https:' || url?.protocol === 'http:';
}

/** Text of at most so many characters. */
export function readText(text: string, what: string, limit: number, code: RowErrorCode): Read<string> {
  return text.length <= limit ? is(text) : fault(code, `The ${what} is longer than ${limit} characters.`);
}

/** Tags as the file joins them: by commas, so that no tag holds one. Blanks around them go, and repetitions. */
export function splitTags(text: string): string[] {
  return [
    ...new Set(
      text
        .split(',')
        .map((tag) => tag.trim())
        .filter((tag) => tag !== ''),
    ),
  ];
}
