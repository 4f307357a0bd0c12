import { describe, expect, it } from '@jest/globals';
import { demoAmount, demoRows } from './demo-rows.js';
import type { DemoProduct } from './demo-table.js';

const CATEGORIES = [
  { slug: 'above', name: 'Above' },
  { slug: 'below', name: 'Below', parent: 'above' },
];
const LAMP: DemoProduct = {
  slug: 'lamp',
  title: 'Lamp',
  vendor: 'Maker',
  categories: ['below'],
  tags: ['light'],
  description: '<p>Gives light.</p>',
  picture: { kind: 'lantern', colour: 'brass' },
  options: ['Size'],
  variants: [
    { sku: 'L', is: ['Large'], price: 2000, grams: 900, stock: 0, backorder: true },
    { sku: 'S', is: ['Small'], price: 1250, was: 1500, grams: 400, stock: 7 },
    { sku: 'G', is: ['Glimpse'], price: 1300, stock: null },
  ],
};
const NOW = new Date('2026-03-04T05:06:07Z');

describe('demoAmount', () => {
  it('keeps the digits of a price in every currency', () => {
    expect(demoAmount(1150, 'GBP')).toBe(1150n);
    expect(demoAmount(1150, 'JPY')).toBe(1150n);
    expect(demoAmount(1150, 'KWD')).toBe(11_500n);
  });
});

describe('demoRows', () => {
  it('writes a product as the catalogue keeps one', () => {
    const { categories, products } = demoRows({ categories: CATEGORIES, products: [LAMP] }, 'KWD', NOW);
    expect(categories[1]?.parentId).toBe(categories[0]?.id);
    const [lamp] = products;
    expect(lamp?.categoryIds).toEqual([categories[1]?.id]);
    expect(lamp?.product).toMatchObject({
      slug: 'lamp',
      status: 'active',
      options: [{ name: 'Size', values: ['Large', 'Small', 'Glimpse'] }],
      price: 12_500n,
      compareAtPrice: 15_000n,
      image: '/media/demo/lamp.svg',
      skus: ['L', 'S', 'G'],
      createdAt: NOW,
    });
    expect(lamp?.images).toEqual([{ url: '/media/demo/lamp.svg', alt: 'Lamp' }]);
    expect(lamp?.variants).toMatchObject([
      { title: 'Large', position: 0, image: null, stock: { tracked: true, backorder: true, onHand: 0 } },
      { title: 'Small', position: 1, weightGrams: 400, stock: { tracked: true, backorder: false, onHand: 7 } },
      {
        title: 'Glimpse',
        position: 2,
        weightGrams: null,
        requiresShipping: false,
        stock: { tracked: false, onHand: 0 },
      },
    ]);
  });

  it('makes the last product the newest', () => {
    const { products } = demoRows(
      { categories: CATEGORIES, products: [LAMP, { ...LAMP, slug: 'lamp-2' }] },
      'GBP',
      NOW,
    );
    expect(products.map(({ product }) => product.createdAt.toISOString())).toEqual([
      '2026-03-03T05:06:07.000Z',
      '2026-03-04T05:06:07.000Z',
    ]);
  });

  it('refuses a table that contradicts itself', () => {
    const table = (product: Partial<DemoProduct>) => () =>
      demoRows({ categories: CATEGORIES, products: [{ ...LAMP, ...product }] }, 'GBP', NOW);
    expect(table({ categories: ['elsewhere'] })).toThrow('elsewhere is no category');
    expect(table({ options: ['Size', 'Colour'] })).toThrow('L must have a value for each option');
    expect(table({ variants: LAMP.variants.map((variant) => ({ ...variant, is: ['Same'] })) })).toThrow();
    expect(table({ options: ['Colour'] })).toThrow('Large is no colour');
  });
});
