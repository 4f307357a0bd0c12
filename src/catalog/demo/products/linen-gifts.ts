import type { DemoProduct } from '../demo-table.js';

export const LINEN_AND_GIFTS: readonly DemoProduct[] = [
  {
    slug: 'linen-tea-towel',
    title: 'Linen tea towel',
    vendor: 'Wren & Warp',
    categories: ['kitchen-linen'],
    tags: ['linen', 'under 20'],
    description:
      '<p>Pure flax, woven dense and washed soft, so it dries glasses without a trace from the first day. Two stripes, a loop, and a hem that has been turned twice.</p>',
    picture: { kind: 'towel', colour: 'rust' },
    options: ['Colour'],
    variants: [
      { sku: 'TWL-RST', is: ['Rust'], price: 1400, grams: 120, stock: 75 },
      { sku: 'TWL-HRB', is: ['Harbour'], price: 1400, grams: 120, stock: 81 },
      { sku: 'TWL-MOS', is: ['Moss'], price: 1400, grams: 120, stock: 5 },
    ],
  },
  {
    slug: 'waxed-canvas-apron',
    title: 'Waxed canvas apron',
    vendor: 'Wren & Warp',
    categories: ['kitchen-linen'],
    tags: ['waxed canvas', 'gift', 'made to last'],
    description:
      '<p>For the stove, the bench and the barbecue. Cross-back straps keep the weight off the neck, and the pocket is deep enough for a thermometer and a pencil.</p>',
    picture: { kind: 'apron', colour: 'pine' },
    options: ['Colour'],
    variants: [
      { sku: 'APR-PIN', is: ['Pine'], price: 4900, grams: 620, stock: 17 },
      { sku: 'APR-CHA', is: ['Charcoal'], price: 4900, grams: 620, stock: 13 },
      { sku: 'APR-MUS', is: ['Mustard'], price: 4900, was: 5600, grams: 620, stock: 1 },
    ],
  },
  {
    slug: 'gift-card',
    title: 'Gift card',
    vendor: 'Backroom',
    categories: ['kitchen', 'outdoor', 'clothing'],
    tags: ['gift'],
    description:
      '<p>For the friend who has every pan already. It is sent by e-mail, can be spent in parts, and does not expire.</p>',
    picture: { kind: 'gift-card', colour: 'berry' },
    options: ['Worth'],
    variants: [
      { sku: 'GFT-S', is: ['A mug and a bag of coffee'], price: 2500, stock: null },
      { sku: 'GFT-M', is: ['A good pan'], price: 5000, stock: null },
      { sku: 'GFT-L', is: ['A knife for life'], price: 10000, stock: null },
    ],
  },
];
