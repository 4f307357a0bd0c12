/** The columns that the shop has a field for, as Shopify spells them. Those of options stand apart: `OPTION_COLUMNS`. */
export const COLUMN = {
  handle: 'Handle',
  title: 'Title',
  body: 'Body (HTML)',
  vendor: 'Vendor',
  type: 'Type',
  tags: 'Tags',
  published: 'Published',
  status: 'Status',
  sku: 'Variant SKU',
  grams: 'Variant Grams',
  tracker: 'Variant Inventory Tracker',
  quantity: 'Variant Inventory Qty',
  policy: 'Variant Inventory Policy',
  price: 'Variant Price',
  compareAtPrice: 'Variant Compare At Price',
  requiresShipping: 'Variant Requires Shipping',
  taxable: 'Variant Taxable',
  barcode: 'Variant Barcode',
  variantImage: 'Variant Image',
  imageSrc: 'Image Src',
  imagePosition: 'Image Position',
  imageAlt: 'Image Alt Text',
} as const;

export const REQUIRED_COLUMNS: readonly string[] = [COLUMN.handle, COLUMN.title];

/** How Shopify marks stock that it counts itself. */
export const SHOPIFY_TRACKER = 'shopify';

/** The option of a product that has none, and its one value. */
export const NO_OPTION = { name: 'Title', value: 'Default Title' } as const;

/** The options that every file of Shopify's has columns for; a product of this shop may have more. */
export const STANDARD_OPTIONS = 3;

/** The name and value columns of the product's options, first to last. */
export const OPTION_COLUMNS: readonly { readonly name: string; readonly value: string }[] = [1, 2, 3, 4, 5].map(
  (n) => ({
    name: `Option${n} Name`,
    value: `Option${n} Value`,
  }),
);

/** The columns of the first so many options. */
export function optionColumns(count: number): string[] {
  return OPTION_COLUMNS.slice(0, count).flatMap(({ name, value }) => [name, value]);
}

/** Columns of a standard export that only travel through the shop, in `extra`. */
const FULFILLMENT = 'Variant Fulfillment Service';
const WEIGHT_UNIT = 'Variant Weight Unit';
const GIFT_CARD = 'Gift Card';
const SEO = ['SEO Title', 'SEO Description'];
const GOOGLE = [
  'Google Product Category',
  'Gender',
  'Age Group',
  'MPN',
  'AdWords Grouping',
  'AdWords Labels',
  'Condition',
  'Custom Product',
  'Custom Label 0',
  'Custom Label 1',
  'Custom Label 2',
  'Custom Label 3',
  'Custom Label 4',
].map((name) => `Google Shopping / ${name}`);

/** The columns of every export, in Shopify's order. */
export const STANDARD_COLUMNS: readonly string[] = [
  COLUMN.handle,
  COLUMN.title,
  COLUMN.body,
  COLUMN.vendor,
  COLUMN.type,
  COLUMN.tags,
  COLUMN.published,
  ...optionColumns(STANDARD_OPTIONS),
  COLUMN.sku,
  COLUMN.grams,
  COLUMN.tracker,
  COLUMN.quantity,
  COLUMN.policy,
  FULFILLMENT,
  COLUMN.price,
  COLUMN.compareAtPrice,
  COLUMN.requiresShipping,
  COLUMN.taxable,
  COLUMN.barcode,
  COLUMN.imageSrc,
  COLUMN.imagePosition,
  COLUMN.imageAlt,
  GIFT_CARD,
  ...SEO,
  ...GOOGLE,
  COLUMN.variantImage,
  WEIGHT_UNIT,
  COLUMN.status,
];

const MODELLED: ReadonlySet<string> = new Set([...Object.values(COLUMN), ...optionColumns(OPTION_COLUMNS.length)]);

const CANONICAL: ReadonlyMap<string, string> = new Map(
  [...STANDARD_COLUMNS, ...MODELLED].map((name) => [name.toLowerCase(), name]),
);

/** A known column however it is capitalised, any other as it is; blanks around it go. */
export function canonicalColumn(name: string): string {
  const trimmed = name.trim();
  return CANONICAL.get(trimmed.toLowerCase()) ?? trimmed;
}

/** Whether the shop has a field for the column; all others are kept as they are and written back. */
export function isModelled(column: string): boolean {
  return MODELLED.has(column);
}

/** Whether a column that the shop has no field for tells of the variant and not of the product. */
export function isVariantColumn(column: string): boolean {
  return column.startsWith('Variant ') || column === 'Cost per item';
}
