import type { DemoProduct } from '../demo-table.js';

export const PACKS_AND_SHELTER: readonly DemoProduct[] = [
  {
    slug: 'day-pack',
    title: 'Day pack, 22 litres',
    vendor: 'Tarnbrook',
    categories: ['packs-bags'],
    tags: ['waxed canvas', 'commuting'],
    description:
      '<p>Canvas and leather that look better in the tenth year than in the first. One big room, a sleeve for papers or a laptop, a pocket for keys and a flap that keeps the rain out.</p>',
    picture: { kind: 'backpack', colour: 'moss' },
    options: ['Colour'],
    variants: [
      { sku: 'PCK-MOS', is: ['Moss'], price: 9800, grams: 1050, stock: 20 },
      { sku: 'PCK-NGT', is: ['Night'], price: 9800, grams: 1050, stock: 24 },
      { sku: 'PCK-MUS', is: ['Mustard'], price: 9800, was: 11500, grams: 1050, stock: 2 },
    ],
  },
  {
    slug: 'market-tote',
    title: 'Market tote',
    vendor: 'Wren & Warp',
    categories: ['packs-bags', 'kitchen-linen'],
    tags: ['canvas', 'under 20', 'commuting'],
    description:
      '<p>Heavy cotton canvas with a flat base, so that it stands while you fill it. The handles go over a winter coat, and leeks may look out at the top.</p>',
    picture: { kind: 'tote', colour: 'oat' },
    options: ['Colour'],
    variants: [
      { sku: 'TOT-OAT', is: ['Oat'], price: 1800, grams: 310, stock: 130 },
      { sku: 'TOT-BER', is: ['Berry'], price: 1800, grams: 310, stock: 44 },
    ],
  },
  {
    slug: 'dry-bag',
    title: 'Dry bag',
    vendor: 'Tarnbrook',
    categories: ['packs-bags'],
    tags: ['waterproof', 'lightweight', 'camping'],
    description:
      '<p>Roll it three times and clip it: what is inside stays dry in a kayak, under a leaking tent or next to wet trunks. Seams welded, not sewn.</p>',
    picture: { kind: 'dry-bag', colour: 'ember' },
    options: ['Size', 'Colour'],
    variants: [
      { sku: 'DRY-05-EMB', is: ['5 l', 'Ember'], price: 1200, grams: 70, stock: 66 },
      { sku: 'DRY-05-HRB', is: ['5 l', 'Harbour'], price: 1200, grams: 70, stock: 71 },
      { sku: 'DRY-10-EMB', is: ['10 l', 'Ember'], price: 1600, grams: 95, stock: 40 },
      { sku: 'DRY-10-HRB', is: ['10 l', 'Harbour'], price: 1600, grams: 95, stock: 0 },
      { sku: 'DRY-20-EMB', is: ['20 l', 'Ember'], price: 2100, grams: 130, stock: 1 },
      { sku: 'DRY-20-HRB', is: ['20 l', 'Harbour'], price: 2100, grams: 130, stock: 16 },
    ],
  },
  {
    slug: 'two-person-tent',
    title: 'Two-person tent',
    vendor: 'Tarnbrook',
    categories: ['sleep-shelter'],
    tags: ['waterproof', 'camping'],
    description:
      '<p>Stands in six minutes, in the dark, with cold hands. Two doors and two porches, so that nobody climbs over anybody; poles, pegs and a repair kit are in the bag.</p>',
    picture: { kind: 'tent', colour: 'pine' },
    options: ['Colour'],
    variants: [
      { sku: 'TNT-PIN', is: ['Pine'], price: 28900, grams: 2150, stock: 5, backorder: true },
      { sku: 'TNT-EMB', is: ['Ember'], price: 28900, was: 32900, grams: 2150, stock: 0, backorder: true },
    ],
  },
  {
    slug: 'down-sleeping-bag',
    title: 'Down sleeping bag',
    vendor: 'Tarnbrook',
    categories: ['sleep-shelter'],
    tags: ['down', 'lightweight', 'camping'],
    description:
      '<p>Warm to minus four and as small as a loaf in its sack. The down is traced back to the farm; a collar and a baffle along the zip keep the warmth where it belongs.</p>',
    picture: { kind: 'sleeping-bag', colour: 'harbour' },
    options: ['Length'],
    variants: [
      { sku: 'SLP-R', is: ['Regular'], price: 23900, grams: 920, stock: 9 },
      { sku: 'SLP-L', is: ['Long'], price: 25900, grams: 1010, stock: 0 },
    ],
  },
  {
    slug: 'wool-blanket',
    title: 'Wool blanket',
    vendor: 'Wren & Warp',
    categories: ['sleep-shelter'],
    tags: ['wool', 'gift', 'garden'],
    description:
      '<p>Woven from hill sheep’s wool that is not dyed but sorted, and fringed by hand. Warm when damp, at home on a bench, a bunk or the back seat.</p>',
    picture: { kind: 'blanket', colour: 'mustard' },
    options: ['Colour'],
    variants: [
      { sku: 'BLK-MUS', is: ['Mustard'], price: 8400, grams: 1500, stock: 12 },
      { sku: 'BLK-SLT', is: ['Slate'], price: 8400, grams: 1500, stock: 28 },
    ],
  },
  {
    slug: 'travel-hammock',
    title: 'Travel hammock',
    vendor: 'Tarnbrook',
    categories: ['sleep-shelter'],
    tags: ['lightweight', 'garden', 'camping'],
    description:
      '<p>Parachute cloth with its own pocket, and straps that are kind to bark. Two trees and a free afternoon are all it needs.</p>',
    picture: { kind: 'hammock', colour: 'berry' },
    variants: [{ sku: 'HMK-01', price: 4900, was: 5900, grams: 540, stock: 34 }],
  },
];
