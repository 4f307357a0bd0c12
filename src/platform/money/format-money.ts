import { minorUnits } from './currency.js';
import { formatMinor } from './decimal.js';
import type { Money } from './money.js';

/**
 * Money for people, as in a mail: "£12.99". The exact digits go to `Intl` as text, so that no float rounds them, and the number of
 * decimal places is that of ISO 4217, where `Intl` by itself would hide the minor units of several currencies.
 * @throws RangeError for an unknown currency.
 */
export function formatMoney(money: Money, locale = 'en-GB'): string {
  const exponent = minorUnits(money.currency);
  const format = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency: money.currency,
    minimumFractionDigits: exponent,
    maximumFractionDigits: exponent,
  });
  return format.format(formatMinor(money.amount, exponent) as Intl.StringNumericLiteral);
}
