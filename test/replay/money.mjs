/** Sales files write prices in pounds; a penny is the smallest amount there is. */
const FRACTION_DIGITS = 2;
const PRICE = /^(-?)(\d{1,12})(?:\.(\d{1,12}))?$/;

/**
 * A price as written (`2.55`, `2.1`, `7`) in whole minor units, read digit by digit and never through a float.
 * @param {string} text
 * @returns {bigint | null} null when it is no number, or is finer than a minor unit
 */
export function parseMinor(text) {
  const match = PRICE.exec(text.trim());
  if (!match) return null;
  const [, sign = '', whole = '0', fraction = ''] = match;
  if (/[1-9]/.test(fraction.slice(FRACTION_DIGITS))) return null;
  const amount = BigInt(whole + fraction.slice(0, FRACTION_DIGITS).padEnd(FRACTION_DIGITS, '0'));
  return sign === '-' ? -amount : amount;
}

/**
 * Minor units for a reader: `1234567n` becomes `12,345.67`.
 * @param {bigint} amount
 * @returns {string}
 */
export function formatMinor(amount) {
  const digits = (amount < 0n ? -amount : amount).toString().padStart(FRACTION_DIGITS + 1, '0');
  const whole = digits.slice(0, -FRACTION_DIGITS).replace(/\B(?=(\d{3})+$)/g, ',');
  return `${amount < 0n ? '-' : ''}${whole}.${digits.slice(-FRACTION_DIGITS)}`;
}
