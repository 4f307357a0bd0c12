import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MAX_AMOUNT, mulDiv } from '../../platform/money/index.js';
import { priceCart } from './price-cart.js';
import { rulesOf } from './pricing-config.js';
import type { DiscountRule, PricingRules } from './rules.js';
import type { LineInput, Totals } from './totals.js';

const prices = fc.bigInt({ min: 0n, max: 50_000n });
const quantities = fc.integer({ min: 1, max: 100_000 });
const anyLine = fc.tuple(prices, quantities, fc.boolean());
/** Lines that are alike compete for the same odd minor unit. */
const alikeLine = fc.tuple(fc.constantFrom(10n, 0n), fc.constant(1), fc.boolean());
const lineLists = fc
  .oneof(fc.array(anyLine, { maxLength: 25 }), fc.array(alikeLine, { maxLength: 6 }))
  .map((list) =>
    list.map(([unitPrice, quantity, taxable], i): LineInput => ({ id: `line-${i}`, unitPrice, quantity, taxable })),
  );

/** A fixed amount, or a share of what is left, on all lines or on the taxable ones. */
const discountRules: fc.Arbitrary<DiscountRule> = fc
  .tuple(fc.oneof(fc.bigInt({ min: 0n, max: 5n }), fc.bigInt({ min: 0n, max: 20_000n })), fc.boolean(), fc.boolean())
  .map(([size, isShare, onlyTaxable]) => ({
    grant: ({ lines }) => {
      const on = lines.filter(({ taxable }) => taxable || !onlyTaxable);
      const left = on.reduce((sum, line) => sum + line.left, 0n);
      const amount = isShare ? mulDiv(left, size, 20_000n, 'half-up') : size;
      return { code: 'd', name: 'D', amount, lineIds: on.map(({ id }) => id) };
    },
  }));

const ruleSets: fc.Arbitrary<PricingRules> = fc
  .record({
    taxIncluded: fc.boolean(),
    taxRate: fc.oneof(fc.constantFrom(0n, 200_000n, 77_000n, 88_750n), fc.bigInt({ min: 0n, max: 1_000_000n })),
    price: prices,
    freeFrom: fc.option(prices),
    discounts: fc.array(discountRules, { maxLength: 3 }),
  })
  .map(({ taxIncluded, taxRate, price, freeFrom, discounts }) => ({
    ...rulesOf({ currency: 'GBP', taxIncluded, taxRate, shippingMethods: [{ code: 's', name: 'S', price, freeFrom }] }),
    discounts,
  }));

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((a, b) => a + b, 0n);
const price = (lines: readonly LineInput[], rules: PricingRules): Totals =>
  priceCart({ lines, shippingMethod: 's' }, rules);
const withoutDiscounts = (rules: PricingRules): PricingRules => ({ ...rules, discounts: [] });
const abs = (value: bigint): bigint => (value < 0n ? -value : value);

describe('priceCart, for all carts and rules', () => {
  it('adds up: every total is the sum of its parts, and lines − discounts + shipping + tax = total', () => {
    fc.assert(
      fc.property(lineLists, ruleSets, (lines, rules) => {
        const t = price(lines, rules);
        expect(t.subtotal - t.discountTotal + t.shippingTotal + t.taxTotal).toBe(t.total);
        expect(sum(t.lines.map((l) => l.lineTotal))).toBe(t.subtotal);
        expect(sum(t.lines.map((l) => l.discount))).toBe(t.discountTotal);
        expect(sum(t.discounts.map((d) => d.amount))).toBe(t.discountTotal);
        expect(sum(t.lines.map((l) => l.tax)) + (t.shipping?.tax ?? 0n)).toBe(t.taxTotal);
        expect(sum(t.lines.map((l) => l.includedTax)) + (t.shipping?.includedTax ?? 0n)).toBe(t.includedTax);
        expect(t.lines.map(({ id, unitPrice, quantity, taxable }) => ({ id, unitPrice, quantity, taxable }))).toEqual(
          lines,
        );
      }),
    );
  });

  it('is never negative and never beyond a safe integer; no line loses more than it costs', () => {
    fc.assert(
      fc.property(lineLists, ruleSets, (lines, rules) => {
        const t = price(lines, rules);
        const all = [t.subtotal, t.discountTotal, t.shippingTotal, t.taxTotal, t.includedTax, t.total].concat(
          t.lines.flatMap((l) => [
            l.lineTotal,
            l.discount,
            l.tax,
            l.includedTax,
            l.lineTotal - l.discount - l.includedTax,
          ]),
        );
        expect(all.every((amount) => amount >= 0n && amount <= MAX_AMOUNT)).toBe(true);
        expect(t.taxTotal === 0n || t.includedTax === 0n).toBe(true);
      }),
    );
  });

  it('does not depend on the order of the lines', () => {
    const shuffled = lineLists.chain((lines) =>
      fc.tuple(fc.constant(lines), fc.shuffledSubarray(lines, { minLength: lines.length, maxLength: lines.length })),
    );
    fc.assert(
      fc.property(shuffled, ruleSets, ([lines, others], rules) => {
        const one = price(lines, rules);
        const other = price(others, rules);
        const byId = new Map(other.lines.map((l) => [l.id, l]));
        expect({ ...other, lines: one.lines.map(({ id }) => byId.get(id)) }).toEqual(one);
      }),
    );
  });

  it('gives one line or two of the same price the same sum, and a tax that differs by the one rounding at most', () => {
    fc.assert(
      fc.property(
        lineLists,
        ruleSets,
        prices,
        quantities,
        quantities,
        fc.boolean(),
        (lines, rules, unitPrice, m, n, taxable) => {
          const of = (...quantity: number[]) =>
            price(
              [...lines, ...quantity.map((q, i) => ({ id: `x${i}`, unitPrice, quantity: q, taxable }))],
              withoutDiscounts(rules),
            );
          const [one, two] = [of(m + n), of(m, n)];
          expect(two.subtotal).toBe(one.subtotal);
          expect(two.shippingTotal).toBe(one.shippingTotal);
          expect(abs(two.taxTotal - one.taxTotal) <= 1n).toBe(true);
          expect(abs(two.includedTax - one.includedTax) <= 1n).toBe(true);
        },
      ),
    );
  });

  it('never makes goods or their tax cheaper by a greater quantity', () => {
    fc.assert(
      fc.property(lineLists, ruleSets, prices, quantities, quantities, (lines, rules, unitPrice, quantity, more) => {
        const of = (q: number) =>
          price([...lines, { id: 'x', unitPrice, quantity: q, taxable: true }], withoutDiscounts(rules));
        const [few, many] = [of(quantity), of(quantity + more)];
        expect(many.subtotal >= few.subtotal).toBe(true);
        expect(many.total - many.shippingTotal - (many.shipping?.tax ?? 0n) >= few.subtotal).toBe(true);
        expect((many.lines.at(-1)?.tax ?? 0n) >= (few.lines.at(-1)?.tax ?? 0n)).toBe(true);
        expect((many.lines.at(-1)?.includedTax ?? 0n) >= (few.lines.at(-1)?.includedTax ?? 0n)).toBe(true);
      }),
    );
  });

  it('finds in a price with tax the tax that made it', () => {
    fc.assert(
      fc.property(prices, fc.bigInt({ min: 0n, max: 1_000_000n }), (unitPrice, taxRate) => {
        const rule = (taxIncluded: boolean) => rulesOf({ currency: 'GBP', taxIncluded, taxRate, shippingMethods: [] });
        const of = (amount: bigint, taxIncluded: boolean) =>
          priceCart(
            { lines: [{ id: 'x', unitPrice: amount, quantity: 1, taxable: true }], shippingMethod: null },
            rule(taxIncluded),
          );
        const gross = of(unitPrice, false);
        expect(of(gross.total, true).includedTax).toBe(gross.taxTotal);
      }),
    );
  });
});
