import { describe, expect, it } from '@jest/globals';
import { summarise } from './product-summary.js';

const variant = (price: bigint, more: object = {}) => ({
  price,
  compareAtPrice: null,
  sku: null,
  image: null,
  ...more,
});

describe('summarise', () => {
  it('takes price and compare-at price of the cheapest variant, of equal ones the first', () => {
    const variants = [variant(300n), variant(200n, { compareAtPrice: 250n }), variant(200n, { compareAtPrice: 999n })];
    expect(summarise(variants, null)).toMatchObject({ price: 200n, compareAtPrice: 250n });
    expect(summarise([variant(0n), variant(1n, { compareAtPrice: 5n })], null)).toMatchObject({
      price: 0n,
      compareAtPrice: null,
    });
    expect(summarise([], null)).toEqual({ price: null, compareAtPrice: null, image: null, skus: [] });
  });

  it('shows the first image, else that of the cheapest variant, else that of any', () => {
    const variants = [variant(3n, { image: '/dear.png' }), variant(2n, { image: '/cheap.png' }), variant(1n)];
    expect(summarise(variants, '/first.png').image).toBe('/first.png');
    expect(summarise(variants.slice(0, 2), null).image).toBe('/cheap.png');
    expect(summarise(variants, null).image).toBe('/dear.png');
  });

  it('lists the SKUs there are', () => {
    expect(summarise([variant(1n, { sku: 'A' }), variant(2n), variant(3n, { sku: 'B' })], null).skus).toEqual([
      'A',
      'B',
    ]);
  });
});
