import { MAX_AMOUNT, isShopCurrency, minorUnits, type Money } from '../../../platform/money/index.js';

/**
 * Where Stripe counts otherwise than ISO 4217 (docs.stripe.com/currencies, "Zero-decimal", "Three-decimal" and "Special cases"). `times`: how
 * many of Stripe's units make one of ours. `per`: how many of ours make one of Stripe's.
 */
const TIMES: ReadonlyMap<string, bigint> = new Map([
  // Both lost their minor unit, and Stripe's callers kept it: 5 ISK are sent as 500.
  ['ISK', 100n],
  ['UGX', 100n],
]);
const PER: ReadonlyMap<string, bigint> = new Map([['MGA', 100n]]);

/** Of the currencies with three digits these are Stripe's; the last digit must be a zero. How it would count the others is not known. */
const THREE_DIGITS: ReadonlySet<string> = new Set(['BHD', 'JOD', 'KWD', 'OMR', 'TND']);

export type StripeAmount =
  { readonly ok: true; readonly amount: number } | { readonly ok: false; readonly detail: string };

/** An amount as Stripe wants it: exact, or refused. Nothing is ever rounded here, since the order says another amount then. */
export function toStripeAmount({ amount, currency }: Money): StripeAmount {
  if (!isShopCurrency(currency)) return refused(`${currency} is no currency of a shop`);
  if (minorUnits(currency) === 3 && !THREE_DIGITS.has(currency)) return refused(`Stripe does not take ${currency}`);
  const per = PER.get(currency) ?? 1n;
  const step = minorUnits(currency) === 3 ? 10n : per;
  if (amount % step !== 0n) return refused(`Stripe takes ${currency} in steps of ${step} minor units only`);
  const converted = (amount / per) * (TIMES.get(currency) ?? 1n);
  if (converted <= 0n || converted > MAX_AMOUNT) return refused('the amount is beyond what can be sent');
  return { ok: true, amount: Number(converted) };
}

/**
 * What Stripe says, in minor units of ISO 4217; null for what cannot be said in them exactly, such as a part of an ISK.
 * @param currency as Stripe writes it, in small letters
 */
export function fromStripeAmount(amount: number, currency: string): bigint | null {
  const code = currency.toUpperCase();
  if (!isShopCurrency(code) || !Number.isSafeInteger(amount)) return null;
  const times = TIMES.get(code) ?? 1n;
  const sent = BigInt(amount);
  return sent % times === 0n ? (sent / times) * (PER.get(code) ?? 1n) : null;
}

function refused(detail: string): StripeAmount {
  return { ok: false, detail };
}
