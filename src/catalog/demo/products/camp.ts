import type { DemoProduct } from '../demo-table.js';

export const CAMP: readonly DemoProduct[] = [
  {
    slug: 'folding-gas-stove',
    title: 'Folding gas stove',
    vendor: 'Tarnbrook',
    categories: ['camp-cooking'],
    tags: ['camping', 'lightweight'],
    description:
      '<p>Folds to the size of an egg and boils half a litre in three minutes. Three legs with teeth hold anything from a mug to a small pan; the cartridge is not part of it.</p>',
    picture: { kind: 'stove', colour: 'steel' },
    variants: [{ sku: 'STO-GAS', price: 3800, grams: 88, stock: 58 }],
  },
  {
    slug: 'titanium-pot',
    title: 'Titanium pot',
    vendor: 'Tarnbrook',
    categories: ['camp-cooking'],
    tags: ['titanium', 'lightweight', 'camping'],
    description:
      '<p>A pot, a mug and a lid in one, at the weight of an apple. The bail lifts it off the fire, the marks inside measure the water.</p>',
    picture: { kind: 'camp-pot', colour: 'steel' },
    options: ['Size'],
    variants: [
      { sku: 'TIP-550', is: ['550 ml'], price: 3500, grams: 92, stock: 29 },
      { sku: 'TIP-900', is: ['900 ml'], price: 4300, grams: 128, stock: 0 },
    ],
  },
  {
    slug: 'insulated-bottle',
    title: 'Insulated bottle',
    vendor: 'Tarnbrook',
    categories: ['camp-cooking', 'packs-bags'],
    tags: ['stainless', 'camping', 'commuting'],
    description:
      '<p>Tea at the summit, cold water at the desk: two steel walls with nothing between them keep either for half a day. Wide enough for ice and for a brush.</p>',
    picture: { kind: 'bottle', colour: 'moss' },
    options: ['Size', 'Colour'],
    variants: [
      { sku: 'BOT-05-MOS', is: ['0.5 l', 'Moss'], price: 2400, grams: 310, stock: 64 },
      { sku: 'BOT-05-EMB', is: ['0.5 l', 'Ember'], price: 2400, grams: 310, stock: 52 },
      { sku: 'BOT-05-NGT', is: ['0.5 l', 'Night'], price: 2400, grams: 310, stock: 47 },
      { sku: 'BOT-075-MOS', is: ['0.75 l', 'Moss'], price: 2900, grams: 400, stock: 22 },
      { sku: 'BOT-075-EMB', is: ['0.75 l', 'Ember'], price: 2900, grams: 400, stock: 0 },
      { sku: 'BOT-075-NGT', is: ['0.75 l', 'Night'], price: 2900, grams: 400, stock: 35 },
      { sku: 'BOT-1-MOS', is: ['1 l', 'Moss'], price: 3400, was: 3900, grams: 520, stock: 4 },
      { sku: 'BOT-1-EMB', is: ['1 l', 'Ember'], price: 3400, was: 3900, grams: 520, stock: 2 },
      { sku: 'BOT-1-NGT', is: ['1 l', 'Night'], price: 3400, was: 3900, grams: 520, stock: 0, backorder: true },
    ],
  },
  {
    slug: 'storm-lantern',
    title: 'Storm lantern',
    vendor: 'Lumen & Field',
    categories: ['light-fire'],
    tags: ['camping', 'garden', 'gift'],
    description:
      '<p>The oil lantern that has hung on barn doors for a hundred years, with a wick that is trimmed from outside and a globe that the wind cannot reach. Burns for eighteen hours on a filling.</p>',
    picture: { kind: 'lantern', colour: 'ember' },
    options: ['Colour'],
    variants: [
      { sku: 'LAN-EMB', is: ['Ember'], price: 4600, grams: 740, stock: 26 },
      { sku: 'LAN-PIN', is: ['Pine'], price: 4600, grams: 740, stock: 15 },
      { sku: 'LAN-BRS', is: ['Brass'], price: 6200, grams: 760, stock: 3 },
    ],
  },
  {
    slug: 'head-torch',
    title: 'Head torch',
    vendor: 'Lumen & Field',
    categories: ['light-fire'],
    tags: ['lightweight', 'commuting', 'rechargeable'],
    description:
      '<p>Warm light that does not make a map look like another map. One button, a red light for the tent, thirty hours from a charge, and a strap that can be washed.</p>',
    picture: { kind: 'head-torch', colour: 'ember' },
    variants: [{ sku: 'TOR-HEAD', price: 4200, grams: 78, stock: 49 }],
  },
  {
    slug: 'fire-steel',
    title: 'Fire steel',
    vendor: 'Harrow & Pike',
    categories: ['light-fire'],
    tags: ['camping', 'under 20', 'made to last'],
    description:
      '<p>Sparks at three thousand degrees, wet or dry, twelve thousand times. The handle is ash, the striker has a straight back for scraping birch bark.</p>',
    picture: { kind: 'fire-steel', colour: 'oak' },
    variants: [{ sku: 'FIR-STL', price: 1450, grams: 55, stock: 175 }],
  },
  {
    slug: 'forest-hatchet',
    title: 'Forest hatchet',
    vendor: 'Harrow & Pike',
    categories: ['light-fire'],
    tags: ['carbon steel', 'made to last'],
    description:
      '<p>Small enough for the pack, heavy enough for kindling. Forged by one smith, whose initials are on the head, and hung on a hickory handle that can be replaced.</p>',
    picture: { kind: 'hatchet', colour: 'oak' },
    variants: [{ sku: 'HAT-600', price: 8900, grams: 880, stock: 0, backorder: true }],
  },
  {
    slug: 'smokeless-fire-bowl',
    title: 'Smokeless fire bowl',
    vendor: 'Oxley Forge',
    categories: ['light-fire'],
    tags: ['garden', 'camping'],
    description:
      '<p>A double wall feeds hot air to the flames from above, which burns the smoke before it reaches anyone’s eyes. We are waiting for the first delivery.</p>',
    picture: { kind: 'fire-bowl', colour: 'iron' },
    variants: [{ sku: 'BWL-FIRE', price: 21000, grams: 9800, stock: 0 }],
    draft: true,
  },
];
