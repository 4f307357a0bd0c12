import { minorUnits, parseMinor } from '../../platform/money/index.js';
import type { ShippingMethod } from './fixed-shipping.js';

/** What a shop may set about its two methods: decimal text in major units of its currency, such as "4.95". */
export interface ShippingSettings {
  readonly standardPrice?: string | undefined;
  /** Worth of goods from which standard shipping is free. Absent: never. */
  readonly standardFreeFrom?: string | undefined;
  readonly expressPrice?: string | undefined;
}

/** What is charged where nothing is set, in hundredths; see `defaultPrice`. */
const STANDARD = 495n;
const EXPRESS = 995n;

/**
 * The methods `standard` and `express`.
 * @throws RangeError naming the setting whose text is no amount from 0 up with the currency's decimal places.
 */
export function shippingMethodsOf(settings: ShippingSettings, currency: string): readonly ShippingMethod[] {
  const exponent = minorUnits(currency);
  const read = (name: keyof ShippingSettings): bigint | null => {
    const text = settings[name];
    if (text === undefined) return null;
    const parsed = parseMinor(text, exponent);
    if (parsed.ok && parsed.amount >= 0n) return parsed.amount;
    throw new RangeError(`${name} must be an amount in ${currency} with up to ${exponent} decimal places`);
  };
  return [
    {
      code: 'standard',
      name: 'Standard delivery',
      price: read('standardPrice') ?? defaultPrice(STANDARD, exponent),
      freeFrom: read('standardFreeFrom'),
    },
    { code: 'express', name: 'Express delivery', price: read('expressPrice') ?? defaultPrice(EXPRESS, exponent) },
  ];
}

/**
 * The same digits in every currency: 4.95 and 4.950, and 495 where there is no minor unit, because such currencies have small units.
 */
function defaultPrice(hundredths: bigint, exponent: number): bigint {
  return exponent > 2 ? hundredths * 10n ** BigInt(exponent - 2) : hundredths;
}
