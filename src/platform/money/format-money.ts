import { minorUnits } from './currency.js';
import { formatMinor } from './decimal.js';
import type { Money } from './money.js';

/** By locale and currency, of which a shop has few: to make one takes longer than all else about a mail. */
const formats = new Map<string, Intl.NumberFormat>();

/**
 * Money for people, as in a mail: "£12.99". The exact digits go to `Intl` as text, so that no float rounds them, and the number of
 * decimal places is that of ISO 4217, where `Intl` by itself would hide the minor units of several currencies.
 * @throws RangeError for an unknown currency.
 */
export function formatMoney(money: Money, locale = 'en-GB'): string {
  const exponent = minorUnits(money.currency);
  const key = `${locale} ${money.currency}`;
  const format = formats.get(key) ?? newFormat(locale, money.currency, exponent);
  formats.set(key, format);
  return format.format(formatMinor(money.amount, exponent) as Intl.StringNumericLiteral);
}

function newFormat(locale: string, currency: string, exponent: number): Intl.NumberFormat {
  const digits = { minimumFractionDigits: exponent, maximumFractionDigits: exponent };
  return new Intl.NumberFormat(locale, { style: 'currency', currency, ...digits });
}
