import type { Colour } from './drawing/colours.js';
import type { PictureKind } from './drawing/draw-picture.js';

/** A variant of a demonstration product. Amounts are in hundredths, whatever the shop's currency; see `demoAmount`. */
export interface DemoVariant {
  readonly sku: string;
  /** A value for each option of the product, in their order. */
  readonly is?: readonly string[];
  readonly price: number;
  /** What it cost before. */
  readonly was?: number;
  /** Its weight; what weighs nothing is not shipped. */
  readonly grams?: number;
  /** Units on hand; null where nobody counts them. */
  readonly stock: number | null;
  /** Sold on when there are none left. */
  readonly backorder?: true;
}

export interface DemoProduct {
  readonly slug: string;
  readonly title: string;
  readonly vendor: string;
  /** Slugs. */
  readonly categories: readonly string[];
  readonly tags: readonly string[];
  /** HTML that the shop's own sanitising leaves as it is. */
  readonly description: string;
  /** What is drawn, and in which colour unless the product has an option for that. */
  readonly picture: { readonly kind: PictureKind; readonly colour: Colour };
  /** Names; their values are those of the variants. One called Colour gives a picture for each value. */
  readonly options?: readonly string[];
  readonly variants: readonly DemoVariant[];
  /** Not for sale yet: staff see it, the public does not. */
  readonly draft?: true;
}

export interface DemoCategory {
  readonly slug: string;
  readonly name: string;
  /** Slug of the category above. */
  readonly parent?: string;
}

export const DEMO_CATEGORIES: readonly DemoCategory[] = [
  { slug: 'kitchen', name: 'Kitchen' },
  { slug: 'cookware', name: 'Cookware', parent: 'kitchen' },
  { slug: 'knives-boards', name: 'Knives & boards', parent: 'kitchen' },
  { slug: 'mugs-cups', name: 'Mugs & cups', parent: 'kitchen' },
  { slug: 'coffee-tea', name: 'Coffee & tea', parent: 'kitchen' },
  { slug: 'kitchen-linen', name: 'Kitchen linen', parent: 'kitchen' },
  { slug: 'outdoor', name: 'Outdoor' },
  { slug: 'camp-cooking', name: 'Camp cooking', parent: 'outdoor' },
  { slug: 'light-fire', name: 'Light & fire', parent: 'outdoor' },
  { slug: 'packs-bags', name: 'Packs & bags', parent: 'outdoor' },
  { slug: 'sleep-shelter', name: 'Sleep & shelter', parent: 'outdoor' },
  { slug: 'clothing', name: 'Clothing' },
  { slug: 'layers', name: 'Layers', parent: 'clothing' },
  { slug: 'socks-hats', name: 'Socks & hats', parent: 'clothing' },
];
