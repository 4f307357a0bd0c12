import type { DemoProduct } from '../demo-table.js';

export const KNIVES_AND_BOARDS: readonly DemoProduct[] = [
  {
    slug: 'chefs-knife',
    title: 'Chef’s knife',
    vendor: 'Harrow & Pike',
    categories: ['knives-boards'],
    tags: ['carbon steel', 'made to last'],
    description:
      '<p>A thin, tall blade of carbon steel that sharpens in minutes and holds its edge for weeks. The handle is shaped for the pinch grip; dry it after use and let it darken.</p><ul><li>Hardness 61 HRC</li><li>Ground at 15 degrees a side</li></ul>',
    picture: { kind: 'chefs-knife', colour: 'walnut' },
    options: ['Blade', 'Handle'],
    variants: [
      { sku: 'CHF-18-WAL', is: ['18 cm', 'Walnut'], price: 9500, grams: 190, stock: 16 },
      { sku: 'CHF-18-OAK', is: ['18 cm', 'Smoked oak'], price: 9500, grams: 190, stock: 9 },
      { sku: 'CHF-21-WAL', is: ['21 cm', 'Walnut'], price: 11500, grams: 225, stock: 3 },
      { sku: 'CHF-21-OAK', is: ['21 cm', 'Smoked oak'], price: 11500, grams: 225, stock: 0, backorder: true },
    ],
  },
  {
    slug: 'paring-knife',
    title: 'Paring knife',
    vendor: 'Harrow & Pike',
    categories: ['knives-boards', 'camp-cooking'],
    tags: ['carbon steel', 'gift'],
    description:
      '<p>Nine centimetres of blade for everything that is done in the hand: peeling, hulling, the eyes of potatoes. It comes in a leather sheath and likes to go camping.</p>',
    picture: { kind: 'paring-knife', colour: 'oak' },
    variants: [{ sku: 'PAR-09', price: 3400, grams: 70, stock: 88 }],
  },
  {
    slug: 'bread-knife',
    title: 'Bread knife',
    vendor: 'Harrow & Pike',
    categories: ['knives-boards'],
    tags: ['stainless', 'baking'],
    description:
      '<p>Long, stiff and scalloped rather than toothed, so that it cuts the crust and leaves the crumb alone. The scallops can be sharpened at home with a round stone.</p>',
    picture: { kind: 'bread-knife', colour: 'charcoal' },
    variants: [{ sku: 'BRD-26', price: 5900, was: 6500, grams: 210, stock: 27 }],
  },
  {
    slug: 'oak-chopping-board',
    title: 'Oak chopping board',
    vendor: 'Fell Kitchen',
    categories: ['knives-boards'],
    tags: ['wood', 'made to last'],
    description:
      '<p>End-grain oak, which closes again where the knife has been and keeps edges keen. Oiled twice before it leaves the workshop; oil it once a year and it stays flat.</p>',
    picture: { kind: 'board', colour: 'oak' },
    options: ['Size'],
    variants: [
      { sku: 'BOA-S', is: ['Small'], price: 2900, grams: 900, stock: 54 },
      { sku: 'BOA-M', is: ['Medium'], price: 4500, grams: 1900, stock: 31 },
      { sku: 'BOA-L', is: ['Large'], price: 6900, grams: 3400, stock: 0 },
    ],
  },
];
