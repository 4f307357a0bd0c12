/** Bounds on what a request may bring, in characters unless it says otherwise. An import has bounds of its own. */
export const MAX = {
  title: 255,
  name: 255,
  vendor: 255,
  description: 100_000,
  sku: 255,
  barcode: 255,
  tag: 255,
  optionName: 255,
  optionValue: 255,
  url: 2048,
  imageAlt: 512,
  query: 200,
  /** Grams of a variant: a million kilograms. */
  grams: 1_000_000_000,
  /** Units in stock of a variant. */
  stock: 1_000_000_000,
  tagsOfProduct: 250,
  imagesOfProduct: 250,
  categoriesOfProduct: 50,
  optionsOfProduct: 5,
  valuesOfOption: 250,
  /** Variants in one request. */
  variantsOfRequest: 250,
  variantsOfProduct: 2048,
} as const;
