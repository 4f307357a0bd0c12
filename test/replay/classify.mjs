import { parseMinor } from './money.mjs';

/** What one cart line can hold. */
export const MAX_QUANTITY = 100_000;
const QUANTITY = /^-?\d{1,9}$/;

/**
 * Why a line of the file becomes neither a line of an order nor a refund.
 * @type {typeof import('./index.mjs').LEFT_OUT}
 */
export const LEFT_OUT = {
  unreadable: 'the stock code, quantity or price is missing or no number in whole pence',
  correction: 'quantity not above zero outside a cancellation: a correction of the stock, not a sale',
  unpriced: 'price zero: a stock found, a gift or a note, nothing to charge for',
  negativePrice: 'price below zero: bookkeeping, not a sale',
  tooMany: `more than ${MAX_QUANTITY} of one article, which no cart line holds`,
  cancellationOdd: 'a cancellation whose quantity is not below zero or whose price is not above it',
  cancellationUnknownCustomer: 'a cancellation without a customer: no telling whose sale it takes back',
  cancellationNoSale: 'a cancellation of what the file does not sell to this customer before',
  cancellationOtherPrice: 'a cancellation of what this customer bought before, but never at this price',
  cancellationSpent: 'a cancellation of units at this price that earlier cancellations have all taken back',
  cancellationRest: 'the units of a partly refunded cancellation beyond those sold before at this price',
};

/** @param {string} text `17850.0` as well as `17850` */
function customerOf(text) {
  return text === '' ? null : text.replace(/\.0+$/, '');
}

/** @param {import('./index.mjs').Row} row */
function numbersOf(row) {
  const price = parseMinor(row.price);
  if (row.sku === '' || row.invoice === '' || !QUANTITY.test(row.quantity) || price === null) return null;
  return { quantity: Number(row.quantity), price };
}

/**
 * @param {number} quantity
 * @param {bigint} price
 * @returns {import('./index.mjs').LeftKind | null}
 */
function saleFault(quantity, price) {
  if (quantity <= 0) return 'correction';
  if (price === 0n) return 'unpriced';
  if (price < 0n) return 'negativePrice';
  return quantity > MAX_QUANTITY ? 'tooMany' : null;
}

/**
 * What a line of the file is: a sale, a cancellation (its quantity as a positive number), or left out and why.
 * Postage, fees and manual entries with a positive quantity and price are sold like anything else.
 * @type {typeof import('./index.mjs').classify}
 */
export function classify(row) {
  const numbers = numbersOf(row);
  if (!numbers) return { kind: 'left', why: 'unreadable', units: 0, amount: 0n };
  const { quantity, price } = numbers;
  const customer = customerOf(row.customer);
  const left = { kind: /** @type {const} */ ('left'), units: Math.abs(quantity), amount: BigInt(quantity) * price };
  if (!/^C/i.test(row.invoice)) {
    const why = saleFault(quantity, price);
    return why ? { ...left, why } : { kind: 'sale', sku: row.sku, quantity, price, customer };
  }
  if (quantity >= 0 || price <= 0n) return { ...left, why: 'cancellationOdd' };
  if (customer === null) return { ...left, why: 'cancellationUnknownCustomer' };
  return { kind: 'cancellation', sku: row.sku, quantity: -quantity, price, customer };
}
