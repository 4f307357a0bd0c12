/**
 * The currencies that ISO 4217 lists as legal tender (list one, amendments up to 2026), by the number of digits of their minor unit.
 * The table is our own for two reasons. `Intl` takes its digits from CLDR, which describes habits of display: it says 0 for HUF,
 * PKR or IQD where ISO 4217, and with it every payment provider, says 2, 2 and 3. And the list that `Intl` knows differs from one
 * build of Node to the next, and still has currencies that are withdrawn.
 * What is no means of payment in a shop is left out: metals, units of account, fund and test codes (XAU, XDR, CHE, UYI, XTS, XXX, …).
 */
const CODES_BY_EXPONENT: ReadonlyMap<number, string> = new Map([
  [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF'],
  [
    2,
    'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK ' +
      'DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD ' +
      'KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP ' +
      'PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH ' +
      'USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG',
  ],
  [3, 'BHD IQD JOD KWD LYD OMR TND'],
]);

const EXPONENTS: ReadonlyMap<string, number> = new Map(
  [...CODES_BY_EXPONENT].flatMap(([exponent, codes]) => codes.split(' ').map((code) => [code, exponent] as const)),
);

/** Whether a shop can sell in this currency: an ISO 4217 code in capitals that names legal tender. */
export function isShopCurrency(code: string): boolean {
  return EXPONENTS.has(code);
}

/**
 * How many digits the minor unit of a currency has: 2 for GBP, 0 for JPY, 3 for KWD.
 * @throws RangeError when the code names no currency of a shop; check what comes from outside with `isShopCurrency` first.
 */
export function minorUnits(currency: string): number {
  const exponent = EXPONENTS.get(currency);
  if (exponent === undefined)
    throw new RangeError(`${JSON.stringify(currency)} is no currency that a shop can sell in`);
  return exponent;
}
