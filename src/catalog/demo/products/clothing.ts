import type { DemoProduct } from '../demo-table.js';

export const CLOTHING: readonly DemoProduct[] = [
  {
    slug: 'merino-base-layer',
    title: 'Merino base layer',
    vendor: 'Wren & Warp',
    categories: ['layers'],
    tags: ['merino', 'lightweight'],
    description:
      '<p>Fine merino that does not itch, does not smell and dries on the way down. Flat seams under the straps of a pack, and long enough to stay tucked in.</p>',
    picture: { kind: 'base-layer', colour: 'charcoal' },
    options: ['Size', 'Colour'],
    variants: [
      { sku: 'MER-S-CHA', is: ['S', 'Charcoal'], price: 6900, grams: 190, stock: 14 },
      { sku: 'MER-M-CHA', is: ['M', 'Charcoal'], price: 6900, grams: 205, stock: 30 },
      { sku: 'MER-L-CHA', is: ['L', 'Charcoal'], price: 6900, grams: 220, stock: 26 },
      { sku: 'MER-XL-CHA', is: ['XL', 'Charcoal'], price: 6900, grams: 235, stock: 8 },
      { sku: 'MER-S-RST', is: ['S', 'Rust'], price: 6900, grams: 190, stock: 11 },
      { sku: 'MER-M-RST', is: ['M', 'Rust'], price: 6900, grams: 205, stock: 0 },
      { sku: 'MER-L-RST', is: ['L', 'Rust'], price: 6900, grams: 220, stock: 3 },
      { sku: 'MER-XL-RST', is: ['XL', 'Rust'], price: 6900, grams: 235, stock: 0 },
    ],
  },
  {
    slug: 'harbour-jumper',
    title: 'Harbour jumper',
    vendor: 'Wren & Warp',
    categories: ['layers'],
    tags: ['wool', 'made to last'],
    description:
      '<p>Five-ply wool, knitted tight against the wind and loose enough to move in. The yoke is worked in one piece, so there is no seam on the shoulder to give.</p>',
    picture: { kind: 'jumper', colour: 'harbour' },
    options: ['Size', 'Colour'],
    variants: [
      { sku: 'JMP-S-HRB', is: ['S', 'Harbour'], price: 11900, grams: 780, stock: 6 },
      { sku: 'JMP-M-HRB', is: ['M', 'Harbour'], price: 11900, grams: 840, stock: 15 },
      { sku: 'JMP-L-HRB', is: ['L', 'Harbour'], price: 11900, grams: 900, stock: 12 },
      { sku: 'JMP-S-OAT', is: ['S', 'Oat'], price: 11900, was: 13900, grams: 780, stock: 1 },
      { sku: 'JMP-M-OAT', is: ['M', 'Oat'], price: 11900, was: 13900, grams: 840, stock: 0 },
      { sku: 'JMP-L-OAT', is: ['L', 'Oat'], price: 11900, was: 13900, grams: 900, stock: 2 },
      { sku: 'JMP-S-BER', is: ['S', 'Berry'], price: 11900, grams: 780, stock: 5, backorder: true },
      { sku: 'JMP-M-BER', is: ['M', 'Berry'], price: 11900, grams: 840, stock: 0, backorder: true },
      { sku: 'JMP-L-BER', is: ['L', 'Berry'], price: 11900, grams: 900, stock: 0, backorder: true },
    ],
  },
  {
    slug: 'rain-jacket',
    title: 'Rain jacket',
    vendor: 'Tarnbrook',
    categories: ['layers'],
    tags: ['waterproof', 'lightweight', 'commuting'],
    description:
      '<p>Three layers, taped throughout, with a hood that turns with the head. Packs into its own pocket; the cuffs close with one hand.</p>',
    picture: { kind: 'jacket', colour: 'mustard' },
    options: ['Size'],
    variants: [
      { sku: 'RNJ-S', is: ['S'], price: 17900, grams: 360, stock: 7 },
      { sku: 'RNJ-M', is: ['M'], price: 17900, grams: 380, stock: 18 },
      { sku: 'RNJ-L', is: ['L'], price: 17900, grams: 400, stock: 13 },
      { sku: 'RNJ-XL', is: ['XL'], price: 17900, grams: 425, stock: 0 },
    ],
  },
  {
    slug: 'walking-socks',
    title: 'Walking socks',
    vendor: 'Wren & Warp',
    categories: ['socks-hats'],
    tags: ['wool', 'under 20'],
    description:
      '<p>Terry loops under the foot, a fine rib above it, and a heel that knows it is one. If they wear through within three years, we darn or replace them.</p>',
    picture: { kind: 'socks', colour: 'pine' },
    options: ['Size'],
    variants: [
      { sku: 'SCK-S', is: ['36–39'], price: 1600, grams: 85, stock: 90 },
      { sku: 'SCK-M', is: ['40–43'], price: 1600, grams: 95, stock: 115 },
      { sku: 'SCK-L', is: ['44–47'], price: 1600, grams: 105, stock: 4 },
    ],
  },
  {
    slug: 'lambswool-beanie',
    title: 'Lambswool beanie',
    vendor: 'Wren & Warp',
    categories: ['socks-hats'],
    tags: ['wool', 'gift'],
    description:
      '<p>Ribbed, doubled over the ears and light enough to forget. Knitted from one cone of yarn, with a bobble of what was left on it.</p>',
    picture: { kind: 'beanie', colour: 'ember' },
    options: ['Colour'],
    variants: [
      { sku: 'BNE-EMB', is: ['Ember'], price: 2600, grams: 90, stock: 36 },
      { sku: 'BNE-MOS', is: ['Moss'], price: 2600, grams: 90, stock: 41 },
      { sku: 'BNE-OAT', is: ['Oat'], price: 2600, grams: 90, stock: 0 },
      { sku: 'BNE-NGT', is: ['Night'], price: 2600, was: 3000, grams: 90, stock: 9 },
    ],
  },
];
