import type { DemoProduct } from '../demo-table.js';

export const COOKWARE: readonly DemoProduct[] = [
  {
    slug: 'cast-iron-skillet',
    title: 'Cast iron skillet',
    vendor: 'Oxley Forge',
    categories: ['cookware', 'camp-cooking'],
    tags: ['cast iron', 'oven safe', 'induction'],
    description:
      '<p>Poured in sand and seasoned with linseed oil, so that the first egg already slides. Good on gas, on induction, in the oven and over embers.</p><p>Wipe it, dry it, oil it: it will outlive the cooker.</p>',
    picture: { kind: 'skillet', colour: 'iron' },
    options: ['Size'],
    variants: [
      { sku: 'SKL-20', is: ['20 cm'], price: 2800, grams: 1450, stock: 42 },
      { sku: 'SKL-26', is: ['26 cm'], price: 3900, grams: 2300, stock: 65 },
      { sku: 'SKL-30', is: ['30 cm'], price: 4900, grams: 3150, stock: 4 },
    ],
  },
  {
    slug: 'enamelled-casserole',
    title: 'Enamelled casserole',
    vendor: 'Oxley Forge',
    categories: ['cookware'],
    tags: ['cast iron', 'oven safe', 'slow cooking'],
    description:
      '<p>A heavy pot for stews, beans and bread, with a lid that drips the steam back onto the food. The pale enamel inside shows how far the browning has come.</p>',
    picture: { kind: 'casserole', colour: 'rust' },
    options: ['Size', 'Colour'],
    variants: [
      { sku: 'CAS-24-RST', is: ['24 cm', 'Rust'], price: 13500, was: 15900, grams: 4600, stock: 11 },
      { sku: 'CAS-24-HRB', is: ['24 cm', 'Harbour'], price: 13500, was: 15900, grams: 4600, stock: 7 },
      { sku: 'CAS-24-CHK', is: ['24 cm', 'Chalk'], price: 13500, was: 15900, grams: 4600, stock: 0 },
      { sku: 'CAS-28-RST', is: ['28 cm', 'Rust'], price: 16500, grams: 6100, stock: 5 },
      { sku: 'CAS-28-HRB', is: ['28 cm', 'Harbour'], price: 16500, grams: 6100, stock: 2 },
      { sku: 'CAS-28-CHK', is: ['28 cm', 'Chalk'], price: 16500, grams: 6100, stock: 0, backorder: true },
    ],
  },
  {
    slug: 'carbon-steel-wok',
    title: 'Carbon steel wok',
    vendor: 'Oxley Forge',
    categories: ['cookware'],
    tags: ['carbon steel', 'induction'],
    description:
      '<p>Thin enough to answer the flame at once, with a flat base that stands on any hob. It comes bare: burn it in, and it turns from grey through gold to black.</p>',
    picture: { kind: 'wok', colour: 'charcoal' },
    variants: [{ sku: 'WOK-32', price: 4400, grams: 1700, stock: 23 }],
  },
  {
    slug: 'copper-milk-pan',
    title: 'Copper milk pan',
    vendor: 'Oxley Forge',
    categories: ['cookware', 'coffee-tea'],
    tags: ['copper', 'small batch'],
    description:
      '<p>A litre of cocoa, or caramel that stops exactly where you want it. Copper outside, tin inside, a brass handle riveted by hand and a lip on the left for those who stir with the right.</p>',
    picture: { kind: 'milk-pan', colour: 'copper' },
    variants: [{ sku: 'MPN-14', price: 6800, was: 7900, grams: 980, stock: 6 }],
  },
  {
    slug: 'olive-wood-spoons',
    title: 'Olive wood spoons, pair',
    vendor: 'Fell Kitchen',
    categories: ['cookware', 'camp-cooking'],
    tags: ['wood', 'gift', 'under 20'],
    description:
      '<p>One to stir, one to taste. Each pair is cut from the same branch, so the grain matches and no two pairs are alike.</p>',
    picture: { kind: 'spoons', colour: 'oak' },
    variants: [{ sku: 'SPN-OLV', price: 1250, grams: 140, stock: 210 }],
  },
];
