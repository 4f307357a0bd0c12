/** Bounds on what a product file may bring, in characters unless it says otherwise. What is beyond becomes a row error, never a cut. */
export const LIMITS = {
  handle: 255,
  title: 255,
  vendor: 255,
  type: 255,
  tag: 255,
  sku: 255,
  barcode: 255,
  optionName: 255,
  optionValue: 255,
  url: 2048,
  imageAlt: 512,
  /** HTML as it stands in the file. */
  description: 100_000,
  /** Grams of a variant; a million kilograms. */
  grams: 1_000_000_000,
  /** Units in stock of a variant. */
  quantity: 1_000_000_000,
  tagsOfProduct: 250,
  imagesOfProduct: 250,
  variantsOfProduct: 2048,
} as const;

/** Bounds on the file itself. */
export const FILE_LIMITS = {
  /** Bytes of one record, line breaks within its fields included: also what the reader holds in memory. */
  recordBytes: 1024 * 1024,
  columns: 500,
  columnName: 255,
  /** Records with broken quotes, after which the file is taken for no CSV at all. */
  brokenRecords: 10_000,
} as const;
