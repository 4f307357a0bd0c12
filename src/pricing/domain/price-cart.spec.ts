import { describe, expect, it } from '@jest/globals';
import { MAX_AMOUNT } from '../../platform/money/index.js';
import { priceCart, quoteShipping } from './price-cart.js';
import { rulesOf, type PricingConfig } from './pricing-config.js';
import { TotalTooLargeError, UnknownShippingMethodError } from './pricing.errors.js';
import type { DiscountRule, PricingRules } from './rules.js';
import type { LineInput } from './totals.js';

const config: PricingConfig = {
  currency: 'GBP',
  taxIncluded: true,
  taxRate: 200_000n,
  shippingMethods: [
    { code: 'standard', name: 'Standard', price: 495n, freeFrom: 5000n },
    { code: 'express', name: 'Express', price: 995n },
  ],
};
const rules = rulesOf(config);
const taxOnTop = rulesOf({ ...config, taxIncluded: false });
const line = (id: string, unitPrice: bigint, quantity = 1, taxable = true): LineInput => ({
  id,
  unitPrice,
  quantity,
  taxable,
});
const take = (amount: bigint, lineIds?: string[]): DiscountRule => ({
  grant: () => ({ code: 'less', name: 'Less', amount, ...(lineIds ? { lineIds } : {}) }),
});
const withDiscounts = (base: PricingRules, ...discounts: DiscountRule[]): PricingRules => ({ ...base, discounts });

describe('priceCart', () => {
  it('finds the tax in prices that contain it', () => {
    const totals = priceCart({ lines: [line('a', 1299n, 2), line('b', 100n)], shippingMethod: 'standard' }, rules);
    expect(totals.lines.map(({ lineTotal, includedTax, tax }) => [lineTotal, includedTax, tax])).toEqual([
      [2598n, 433n, 0n],
      [100n, 17n, 0n],
    ]);
    expect(totals.shipping).toEqual({ code: 'standard', name: 'Standard', price: 495n, tax: 0n, includedTax: 83n });
    expect(totals).toMatchObject({
      subtotal: 2698n,
      shippingTotal: 495n,
      taxTotal: 0n,
      includedTax: 533n,
      total: 3193n,
    });
  });

  it('adds the tax to prices that do not', () => {
    const totals = priceCart({ lines: [line('a', 1299n, 2), line('b', 100n)], shippingMethod: 'express' }, taxOnTop);
    expect(totals.lines.map(({ tax, includedTax }) => [tax, includedTax])).toEqual([
      [520n, 0n],
      [20n, 0n],
    ]);
    expect(totals.shipping).toMatchObject({ price: 995n, tax: 199n, includedTax: 0n });
    expect(totals).toMatchObject({
      subtotal: 2698n,
      shippingTotal: 995n,
      taxTotal: 739n,
      includedTax: 0n,
      total: 4432n,
    });
  });

  it('rounds once for each line, halves up', () => {
    const rule = rulesOf({ ...config, taxIncluded: false, taxRate: 50_000n });
    const totals = priceCart({ lines: [line('a', 10n), line('b', 10n), line('c', 9n)], shippingMethod: null }, rule);
    expect(totals.lines.map(({ tax }) => tax)).toEqual([1n, 1n, 0n]);
  });

  it('taxes nothing that is not taxable, and shipping only with goods that are', () => {
    const books = priceCart({ lines: [line('a', 1000n, 1, false)], shippingMethod: 'standard' }, rules);
    expect(books.includedTax).toBe(0n);
    const mixed = priceCart({ lines: [line('a', 1000n, 1, false), line('b', 0n)], shippingMethod: 'standard' }, rules);
    expect(mixed.includedTax).toBe(83n);
  });

  it('ships nothing for a cart without lines or without a method', () => {
    expect(priceCart({ lines: [], shippingMethod: 'standard' }, rules)).toMatchObject({ shipping: null, total: 0n });
    expect(priceCart({ lines: [line('a', 5n)], shippingMethod: null }, rules)).toMatchObject({
      shipping: null,
      total: 5n,
    });
  });

  it('refuses a method that does not exist and names those that do', () => {
    const price = () => priceCart({ lines: [line('a', 5n)], shippingMethod: 'rocket' }, rules);
    expect(price).toThrow(UnknownShippingMethodError);
    expect(price).toThrow(expect.objectContaining({ kind: 'invalid', extra: { available: ['standard', 'express'] } }));
  });

  it('states when a total is too large instead of losing digits', () => {
    const most = priceCart({ lines: [line('a', MAX_AMOUNT)], shippingMethod: null }, rules);
    expect(most.total).toBe(MAX_AMOUNT);
    for (const lines of [
      [line('a', MAX_AMOUNT + 1n)],
      [line('a', MAX_AMOUNT / 2n, 3)],
      [line('a', MAX_AMOUNT), line('b', 1n)],
    ]) {
      expect(() => priceCart({ lines, shippingMethod: null }, rules)).toThrow(TotalTooLargeError);
    }
    expect(() => priceCart({ lines: [line('a', MAX_AMOUNT)], shippingMethod: null }, taxOnTop)).toThrow(
      TotalTooLargeError,
    );
    const all = withDiscounts(rules, take(MAX_AMOUNT * 2n));
    expect(() => priceCart({ lines: [line('a', MAX_AMOUNT + 1n)], shippingMethod: null }, all)).toThrow(
      TotalTooLargeError,
    );
  });

  it('prices 1,000 lines of 100,000 units', () => {
    const lines = Array.from({ length: 1000 }, (_, i) => line(`l${i}`, BigInt(i), 100_000));
    const totals = priceCart({ lines, shippingMethod: 'express' }, withDiscounts(taxOnTop, take(12_345n)));
    expect(totals.subtotal).toBe(49_950_000_000n);
    expect(totals.total).toBe(totals.subtotal - 12_345n + 995n + totals.taxTotal);
  });

  it('refuses lines that the caller should have refused', () => {
    for (const lines of [[line('a', -1n)], [line('a', 1n, 0)], [line('a', 1n, 1.5)], [line('a', 1n), line('a', 2n)]]) {
      expect(() => priceCart({ lines, shippingMethod: null }, rules)).toThrow(RangeError);
    }
  });
});

describe('discounts', () => {
  it('are spread in proportion and reduce the tax', () => {
    const lines = [line('a', 100n), line('b', 200n), line('c', 0n)];
    const totals = priceCart({ lines, shippingMethod: null }, withDiscounts(taxOnTop, take(100n)));
    expect(totals.lines.map(({ discount, tax }) => [discount, tax])).toEqual([
      [33n, 13n],
      [67n, 27n],
      [0n, 0n],
    ]);
    expect(totals).toMatchObject({ discountTotal: 100n, taxTotal: 40n, total: 240n });
    expect(totals.discounts).toEqual([{ code: 'less', name: 'Less', amount: 100n }]);
  });

  it('give the odd minor unit to the smaller id, in whatever order the lines come', () => {
    const lines = [line('b', 10n, 1, false), line('a', 10n), line('c', 10n)];
    for (const some of [lines, [...lines].reverse()]) {
      const totals = priceCart({ lines: some, shippingMethod: null }, withDiscounts(taxOnTop, take(2n)));
      const byId = new Map(totals.lines.map(({ id, discount }) => [id, discount]));
      expect([byId.get('a'), byId.get('b'), byId.get('c')]).toEqual([1n, 1n, 0n]);
    }
  });

  it('take no more than the lines cost, one after the other', () => {
    const lines = [line('a', 100n), line('b', 50n)];
    const totals = priceCart(
      { lines, shippingMethod: null },
      withDiscounts(rules, take(80n, ['a']), take(80n, ['a']), take(9999n)),
    );
    expect(totals.discounts.map(({ amount }) => amount)).toEqual([80n, 20n, 50n]);
    expect(totals.total).toBe(0n);
  });

  it('show their rule what the earlier ones left, and may not apply', () => {
    const seen: bigint[] = [];
    const look: DiscountRule = {
      grant: ({ lines }) => {
        seen.push(...lines.map(({ left }) => left));
        return null;
      },
    };
    const totals = priceCart(
      { lines: [line('a', 100n)], shippingMethod: null },
      withDiscounts(rules, look, take(30n), look),
    );
    expect(seen).toEqual([100n, 70n]);
    expect(totals.discounts).toHaveLength(1);
  });

  it('count for free shipping', () => {
    const lines = [line('a', 5000n)];
    expect(priceCart({ lines, shippingMethod: 'standard' }, rules).shippingTotal).toBe(0n);
    expect(priceCart({ lines, shippingMethod: 'standard' }, withDiscounts(rules, take(1n))).shippingTotal).toBe(495n);
  });

  it('with a fault of their own are refused', () => {
    for (const rule of [take(-1n), take(1n, ['nowhere'])]) {
      expect(() => priceCart({ lines: [line('a', 5n)], shippingMethod: null }, withDiscounts(rules, rule))).toThrow(
        RangeError,
      );
    }
  });
});

describe('rules of others', () => {
  it('cannot make totals that do not add up', () => {
    for (const share of [
      { added: -1n, included: 0n },
      { added: 0n, included: -1n },
      { added: 0n, included: 6n },
    ]) {
      const bad = { ...rules, tax: { taxOn: () => share } };
      expect(() => priceCart({ lines: [line('a', 5n)], shippingMethod: null }, bad)).toThrow(RangeError);
    }
    const paid = { ...rules, shipping: { quotes: () => [{ code: 'paid', name: 'Paid', price: -1n }] } };
    expect(() => priceCart({ lines: [line('a', 5n)], shippingMethod: 'paid' }, paid)).toThrow(RangeError);
  });

  it('are told where the goods go, what they cost and how many they are', () => {
    const seen: unknown[] = [];
    const curious: PricingRules = {
      ...rules,
      tax: { taxOn: (_part, destination) => (seen.push(destination), { added: 0n, included: 0n }) },
      shipping: { quotes: (basket) => (seen.push(basket), []) },
    };
    const destination = { country: 'GB' };
    quoteShipping({ lines: [line('a', 5n, 3)], shippingMethod: null, destination }, curious);
    expect(seen).toEqual([destination, { currency: 'GBP', goods: 15n, units: 3, destination }]);
  });
});

describe('quoteShipping', () => {
  it('prices every method for the cart', () => {
    const quotes = quoteShipping({ lines: [line('a', 2500n, 2)], shippingMethod: null }, rules);
    expect(quotes).toEqual([
      { code: 'standard', name: 'Standard', price: 0n },
      { code: 'express', name: 'Express', price: 995n },
    ]);
    expect(quoteShipping({ lines: [], shippingMethod: null }, rules)).toEqual([]);
  });

  it('refuses a list of methods that contradicts itself', () => {
    const methods =
      (...shippingMethods: PricingConfig['shippingMethods'][number][]) =>
      () =>
        rulesOf({ ...config, shippingMethods });
    const a = { code: 'a', name: 'A', price: 1n };
    expect(methods(a, a)).toThrow(RangeError);
    expect(methods({ ...a, price: -1n })).toThrow(RangeError);
    expect(methods({ ...a, freeFrom: -1n })).toThrow(RangeError);
    expect(() => rulesOf({ ...config, taxRate: -1n })).toThrow(RangeError);
  });
});
