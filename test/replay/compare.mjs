import { amountOf } from './shop.mjs';

/** Throws unless the shop's value is the file's. @param {string} what @param {unknown} expected @param {unknown} found */
export function expectEqual(what, expected, found) {
  if (expected !== found) throw new Error(`${what}: expected ${expected}, found ${found}`);
}

/**
 * Holds a cart's or an order's lines against the plan: the same stock codes, quantities and prices, and totals that
 * follow from them.
 * @param {import('./index.mjs').OrderLine[]} lines
 * @param {import('./index.mjs').CartAnswer | import('./index.mjs').OrderAnswer} answer
 * @returns {Map<string, import('./index.mjs').ItemAnswer>} the shop's lines by stock code
 */
export function compareLines(lines, answer) {
  const items = new Map(answer.items.map((item) => [item.sku, item]));
  expectEqual('lines', lines.length, answer.items.length);
  let sum = 0n;
  for (const { sku, quantity, price } of lines) {
    const item = items.get(sku);
    if (!item) throw new Error(`the shop's answer lacks ${sku}`);
    expectEqual(`quantity of ${sku}`, quantity, item.quantity);
    expectEqual(`price of ${sku}`, price, amountOf(item.unitPrice));
    expectEqual(`line total of ${sku}`, price * BigInt(quantity), amountOf(item.lineTotal));
    sum += price * BigInt(quantity);
  }
  expectEqual('subtotal', sum, amountOf(answer.subtotal));
  return items;
}

/**
 * The sum of the refunded units at the prices that the order holds.
 * @param {import('./index.mjs').OrderAnswer} order
 * @returns {bigint | null} null when its lines do not tell
 */
export function refundedOf({ items }) {
  let sum = 0n;
  for (const { refundedQuantity, unitPrice } of items) {
    if (refundedQuantity === undefined) return null;
    sum += amountOf(unitPrice) * BigInt(refundedQuantity);
  }
  return sum;
}

/**
 * Whether the shop agrees with the file in every count, sum and stock, and answered nothing unexpected.
 * @type {typeof import('./index.mjs').isExact}
 */
export function isExact({ sales, refunds, products }, result) {
  return (
    result.problems.length === 0 &&
    result.orders === sales.orders &&
    result.lines === sales.lines &&
    result.amount === sales.amount &&
    result.refunds === refunds.refunds &&
    result.refundLines === refunds.lines &&
    result.refundAmount === refunds.amount &&
    result.stock.variants === products.size &&
    result.stock.expected === result.stock.found &&
    result.stock.wrong === 0
  );
}
