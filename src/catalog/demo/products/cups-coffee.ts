import type { DemoProduct } from '../demo-table.js';

export const CUPS_AND_COFFEE: readonly DemoProduct[] = [
  {
    slug: 'enamel-mug',
    title: 'Enamel mug',
    vendor: 'Fell Kitchen',
    categories: ['mugs-cups', 'camp-cooking'],
    tags: ['enamel', 'camping', 'under 20'],
    description:
      '<p>Steel under two coats of enamel, with a rim that is left dark because it will chip there first. It stands on the fire, hangs from the pack and holds <strong>350 ml</strong> of whatever is in the pot.</p>',
    picture: { kind: 'mug', colour: 'chalk' },
    options: ['Colour'],
    variants: [
      { sku: 'MUG-CHK', is: ['Chalk'], price: 1150, grams: 165, stock: 140 },
      { sku: 'MUG-MOS', is: ['Moss'], price: 1150, grams: 165, stock: 96 },
      { sku: 'MUG-RST', is: ['Rust'], price: 1150, grams: 165, stock: 3 },
      { sku: 'MUG-HRB', is: ['Harbour'], price: 1150, grams: 165, stock: 0 },
    ],
  },
  {
    slug: 'stoneware-tumbler',
    title: 'Stoneware tumbler',
    vendor: 'Fell Kitchen',
    categories: ['mugs-cups'],
    tags: ['stoneware', 'under 20'],
    description:
      '<p>Half dipped, half bare: glaze where you drink, raw clay where you hold. Thrown by three people who share one kiln, so expect small differences.</p>',
    picture: { kind: 'tumbler', colour: 'glacier' },
    options: ['Colour'],
    variants: [
      { sku: 'TUM-GLA', is: ['Glacier'], price: 1600, grams: 290, stock: 33 },
      { sku: 'TUM-MUS', is: ['Mustard'], price: 1600, grams: 290, stock: 21 },
      { sku: 'TUM-BER', is: ['Berry'], price: 1600, was: 1900, grams: 290, stock: 8 },
    ],
  },
  {
    slug: 'espresso-cups',
    title: 'Espresso cups, pair',
    vendor: 'Fell Kitchen',
    categories: ['mugs-cups', 'coffee-tea'],
    tags: ['porcelain', 'gift'],
    description:
      '<p>Two thick-walled cups with saucers, 70 ml each, heavy enough to keep a short coffee hot to the end. They stack, and the handle takes one finger as it should.</p>',
    picture: { kind: 'espresso-cups', colour: 'pine' },
    variants: [{ sku: 'ESP-PAIR', price: 2400, grams: 640, stock: 72 }],
  },
  {
    slug: 'double-wall-glass',
    title: 'Double-wall glass',
    vendor: 'Lumen & Field',
    categories: ['mugs-cups', 'coffee-tea'],
    tags: ['glass', 'under 20'],
    description:
      '<p>Borosilicate glass blown in two layers with still air between them: hot inside, cool to the hand, no ring on the table. Safe in the dishwasher, less so in a rucksack.</p>',
    picture: { kind: 'glass', colour: 'walnut' },
    options: ['Size'],
    variants: [
      { sku: 'DWG-250', is: ['250 ml'], price: 1300, grams: 150, stock: 60 },
      { sku: 'DWG-350', is: ['350 ml'], price: 1500, grams: 190, stock: 2 },
    ],
  },
  {
    slug: 'pour-over-dripper',
    title: 'Pour-over dripper',
    vendor: 'Lumen & Field',
    categories: ['coffee-tea'],
    tags: ['porcelain', 'slow coffee'],
    description:
      '<p>A porcelain cone with ribs that let the filter breathe, on a carafe that shows how much is through. For one to four cups and common paper filters.</p>',
    picture: { kind: 'dripper', colour: 'chalk' },
    options: ['Colour'],
    variants: [
      { sku: 'DRP-CHK', is: ['Chalk'], price: 3600, grams: 870, stock: 25 },
      { sku: 'DRP-NGT', is: ['Night'], price: 3600, grams: 870, stock: 19 },
    ],
  },
  {
    slug: 'hand-coffee-grinder',
    title: 'Hand coffee grinder',
    vendor: 'Lumen & Field',
    categories: ['coffee-tea', 'camp-cooking'],
    tags: ['slow coffee', 'camping', 'made to last'],
    description:
      '<p>Conical steel burrs on two bearings, thirty clicks from Turkish to French press. Grinds for two cups in a minute, and the crank folds away for the road.</p>',
    picture: { kind: 'grinder', colour: 'walnut' },
    variants: [{ sku: 'GRD-HAND', price: 7900, grams: 540, stock: 14 }],
  },
  {
    slug: 'cast-iron-teapot',
    title: 'Cast iron teapot',
    vendor: 'Oxley Forge',
    categories: ['coffee-tea'],
    tags: ['cast iron', 'gift'],
    description:
      '<p>Keeps a pot of tea hot through a chapter and a half. Enamelled inside, with a steel sieve that fits the whole width so that the leaves have room.</p>',
    picture: { kind: 'teapot', colour: 'night' },
    options: ['Size'],
    variants: [
      { sku: 'TEA-06', is: ['0.6 l'], price: 4200, grams: 1300, stock: 12 },
      { sku: 'TEA-11', is: ['1.1 l'], price: 5800, grams: 1950, stock: 0, backorder: true },
    ],
  },
  {
    slug: 'stovetop-coffee-maker',
    title: 'Stovetop coffee maker',
    vendor: 'Lumen & Field',
    categories: ['coffee-tea', 'camp-cooking'],
    tags: ['stainless', 'induction'],
    description:
      '<p>Water below, coffee above, and the sound in between that gets the house up. Stainless steel throughout; the seal is a standard one that any ironmonger keeps.</p>',
    picture: { kind: 'coffee-maker', colour: 'steel' },
    options: ['Size'],
    variants: [
      { sku: 'STV-3', is: ['3 cups'], price: 2900, grams: 480, stock: 45 },
      { sku: 'STV-6', is: ['6 cups'], price: 3700, grams: 700, stock: 38 },
      { sku: 'STV-9', is: ['9 cups'], price: 4500, was: 5200, grams: 930, stock: 6 },
    ],
  },
  {
    slug: 'harbour-blend-coffee',
    title: 'Harbour blend coffee',
    vendor: 'Lumen & Field',
    categories: ['coffee-tea'],
    tags: ['slow coffee', 'roasted to order'],
    description:
      '<p>Round and nutty with a little cherry at the end; as good black at six in the morning as with milk at four. Roasted on the day it is sent, so there is always some.</p>',
    picture: { kind: 'coffee-bag', colour: 'harbour' },
    options: ['Weight', 'Grind'],
    variants: [
      { sku: 'HBC-250-W', is: ['250 g', 'Whole bean'], price: 850, grams: 265, stock: null },
      { sku: 'HBC-250-F', is: ['250 g', 'Filter'], price: 850, grams: 265, stock: null },
      { sku: 'HBC-250-E', is: ['250 g', 'Espresso'], price: 850, grams: 265, stock: null },
      { sku: 'HBC-1K-W', is: ['1 kg', 'Whole bean'], price: 2900, grams: 1030, stock: null },
      { sku: 'HBC-1K-F', is: ['1 kg', 'Filter'], price: 2900, grams: 1030, stock: null },
      { sku: 'HBC-1K-E', is: ['1 kg', 'Espresso'], price: 2900, grams: 1030, stock: null },
    ],
  },
];
