import { isColour, type Colour } from './drawing/colours.js';
import type { Picture } from './drawing/draw-picture.js';
import type { DemoProduct } from './demo-table.js';
import { CAMP } from './products/camp.js';
import { CLOTHING } from './products/clothing.js';
import { COOKWARE } from './products/cookware.js';
import { CUPS_AND_COFFEE } from './products/cups-coffee.js';
import { KNIVES_AND_BOARDS } from './products/knives-boards.js';
import { LINEN_AND_GIFTS } from './products/linen-gifts.js';
import { PACKS_AND_SHELTER } from './products/packs-shelter.js';

/** Everything the demonstration shop sells: a small shop for the kitchen and for outdoors. The last ones came last. */
export const DEMO_PRODUCTS: readonly DemoProduct[] = [
  ...COOKWARE,
  ...KNIVES_AND_BOARDS,
  ...LINEN_AND_GIFTS,
  ...PACKS_AND_SHELTER,
  ...CLOTHING,
  ...CAMP,
  ...CUPS_AND_COFFEE,
];

/** The option that changes how a thing looks. */
const COLOUR = 'Colour';

/** A picture of a product and the value of its option Colour that it shows, where it has that option. */
export interface DemoPicture extends Picture {
  /** The last part of its address, without `.svg`. */
  readonly name: string;
  readonly value: string | null;
}

/** Where the server has the picture. */
export function pictureUrl(name: string): string {
  return `/media/demo/${name}.svg`;
}

/** One picture, or one for each colour; the first has the product's own name. */
export function picturesOf(product: DemoProduct): DemoPicture[] {
  const { slug: seed, title } = product;
  const { kind } = product.picture;
  const values = colourValues(product);
  if (values.length === 0) return [{ name: seed, value: null, seed, title, ...product.picture }];
  return values.map((value, index) => ({
    name: index === 0 ? seed : `${seed}-${value.toLowerCase()}`,
    value,
    seed,
    kind,
    colour: requireColour(value),
    title: `${title}, ${value.toLowerCase()}`,
  }));
}

/** The picture of one of a product's variants; undefined where they all look the same. */
export function pictureOfVariant(product: DemoProduct, values: readonly string[]): DemoPicture | undefined {
  const index = product.options?.indexOf(COLOUR) ?? -1;
  return index < 0 ? undefined : picturesOf(product).find(({ value }) => value === values[index]);
}

function colourValues({ options = [], variants }: DemoProduct): string[] {
  const index = options.indexOf(COLOUR);
  return index < 0 ? [] : [...new Set(variants.flatMap(({ is = [] }) => is[index] ?? []))];
}

/** @throws Error for a word in the table that names no colour. */
function requireColour(value: string): Colour {
  const name = value.toLowerCase();
  if (!isColour(name)) throw new Error(`${value} is no colour that can be drawn`);
  return name;
}
