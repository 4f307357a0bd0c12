import { MAX_AMOUNT, multiply } from '../../platform/money/index.js';
import { applyDiscounts, type LineWithTotal } from './discounts.js';
import { TotalTooLargeError, UnknownShippingMethodError } from './pricing.errors.js';
import type { PricingRules, ShippableBasket, ShippingQuote, TaxablePart, TaxShare } from './rules.js';
import type {
  AppliedDiscount,
  Destination,
  LineInput,
  PricedLine,
  PricedShipping,
  PricingInput,
  Totals,
} from './totals.js';

/**
 * What a cart costs under the rules. Tax is rounded once for each line and once for the shipping, after discounts, and summed.
 * Pure: the same input gives the same totals, and the order of the lines changes nothing but the order of the answer's lines.
 * @throws TotalTooLargeError `pricing.total_too_large`
 * @throws UnknownShippingMethodError `pricing.unknown_shipping_method`
 * @throws RangeError for input that the caller should have refused: a negative price, a quantity below 1, two lines with one id.
 */
export function priceCart(input: PricingInput, rules: PricingRules): Totals {
  const destination = input.destination ?? null;
  const { lines, applied } = priceLines(input.lines, rules, destination);
  const shipping = priceShipping(input, lines, rules, destination);
  const parts = shipping ? [...lines, shipping] : lines;
  const subtotal = sum(lines.map(({ lineTotal }) => lineTotal));
  const discountTotal = sum(applied.map(({ amount }) => amount));
  const shippingTotal = shipping?.price ?? 0n;
  const taxTotal = sum(parts.map(({ tax }) => tax));
  const total = subtotal - discountTotal + shippingTotal + taxTotal;
  // No other amount can be greater than the larger of these two.
  if (subtotal > MAX_AMOUNT || total > MAX_AMOUNT) throw new TotalTooLargeError();
  return {
    currency: rules.currency,
    lines,
    discounts: applied,
    shipping,
    subtotal,
    discountTotal,
    shippingTotal,
    taxTotal,
    includedTax: sum(parts.map(({ includedTax }) => includedTax)),
    total,
  };
}

/**
 * The ways to ship a cart with their prices for it; which method the input names does not matter. None for a cart without lines.
 * @throws as `priceCart`
 */
export function quoteShipping(input: PricingInput, rules: PricingRules): readonly ShippingQuote[] {
  const destination = input.destination ?? null;
  const { lines } = priceLines(input.lines, rules, destination);
  return lines.length === 0 ? [] : rules.shipping.quotes(basketOf(lines, rules.currency, destination));
}

function priceLines(
  inputs: readonly LineInput[],
  rules: PricingRules,
  destination: Destination | null,
): { lines: readonly PricedLine[]; applied: readonly AppliedDiscount[] } {
  const withTotals = inputs.map(withTotal);
  if (new Set(inputs.map(({ id }) => id)).size < inputs.length) throw new RangeError('Two lines have the same id');
  const { applied, byLine } = applyDiscounts(rules.discounts, withTotals, rules.currency);
  const lines = withTotals.map((line) => {
    const discount = byLine.get(line.id) ?? 0n;
    const part: TaxablePart = { kind: 'line', amount: line.lineTotal - discount, taxable: line.taxable };
    const { added, included } = taxOn(part, rules, destination);
    return { ...line, discount, tax: added, includedTax: included };
  });
  return { lines, applied };
}

function withTotal({ id, unitPrice, quantity, taxable }: LineInput): LineWithTotal {
  if (unitPrice < 0n || quantity < 1) throw new RangeError('A line needs a price from 0 and a quantity from 1 up');
  return { id, unitPrice, quantity, taxable, lineTotal: multiply(unitPrice, quantity) };
}

function priceShipping(
  input: PricingInput,
  lines: readonly PricedLine[],
  rules: PricingRules,
  destination: Destination | null,
): PricedShipping | null {
  if (input.shippingMethod === null || lines.length === 0) return null;
  const quotes = rules.shipping.quotes(basketOf(lines, rules.currency, destination));
  const quote = quotes.find(({ code }) => code === input.shippingMethod);
  if (!quote) throw new UnknownShippingMethodError(quotes.map(({ code }) => code));
  if (quote.price < 0n) throw new RangeError(`Shipping method ${quote.code} has a negative price`);
  const taxable = lines.some((line) => line.taxable);
  const { added, included } = taxOn({ kind: 'shipping', amount: quote.price, taxable }, rules, destination);
  return { code: quote.code, name: quote.name, price: quote.price, tax: added, includedTax: included };
}

function basketOf(lines: readonly PricedLine[], currency: string, destination: Destination | null): ShippableBasket {
  return {
    currency,
    goods: sum(lines.map(({ lineTotal, discount }) => lineTotal - discount)),
    units: lines.reduce((units, { quantity }) => units + quantity, 0),
    destination,
  };
}

/** Asks the rule and holds it to its word, so that no rule to come can make totals that do not add up. */
function taxOn(part: TaxablePart, rules: PricingRules, destination: Destination | null): TaxShare {
  const share = rules.tax.taxOn(part, destination);
  if (share.added < 0n || share.included < 0n || share.included > part.amount) {
    throw new RangeError('A tax rule answered with an impossible tax');
  }
  return share;
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((a, b) => a + b, 0n);
}
