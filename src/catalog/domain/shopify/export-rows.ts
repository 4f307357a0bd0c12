import { stringify } from 'csv-stringify/sync';
import { formatMinor } from '../../../platform/money/index.js';
import {
  COLUMN,
  isModelled,
  isVariantColumn,
  NO_OPTION,
  OPTION_COLUMNS,
  optionColumns,
  SHOPIFY_TRACKER,
  STANDARD_COLUMNS,
} from './columns.js';
import { guardCell } from './guarded-cell.js';
import type { Extra, ImageDraft, ProductState, VariantState } from './product-draft.js';

export interface ExportVariant extends VariantState {
  readonly onHand: number;
}

/** `type` is the product's own or, where it has none, the name of its first category. */
export interface ExportProduct extends ProductState {
  readonly handle: string;
  readonly variants: readonly ExportVariant[];
}

type Cells = Record<string, string>;

/**
 * The header of an export: Shopify's columns in its order, then the others that products of the shop need.
 * @param extraColumns the columns in the `extra` of all products and variants that are exported
 * @param options the most options that one of them has; those beyond Shopify's three get columns of the same manner
 */
export function shopifyHeader(extraColumns: Iterable<string>, options: number): string[] {
  return [...new Set([...STANDARD_COLUMNS, ...optionColumns(options), ...[...extraColumns].sort()])];
}

/**
 * The rows of one product, first to last: each brings the next variant and the next picture while there are any, as Shopify writes
 * them, and the first one brings the product. What `buildProduct` makes of the rows is the product again.
 *
 * Values stand as they are; `toCsv` guards those that a spreadsheet would take for a formula.
 * @param columns from `shopifyHeader`
 * @param exponent decimals of the shop's currency
 */
export function toShopifyRows(product: ExportProduct, columns: readonly string[], exponent: number): string[][] {
  const count = Math.max(1, product.variants.length, product.images.length);
  return Array.from({ length: count }, (_, index) => {
    const variant = product.variants[index];
    const image = product.images[index];
    const cells: Cells = {
      [COLUMN.handle]: product.handle,
      ...(variant ? variantCells(variant, exponent, index === 0) : {}),
      ...(index === 0 ? productCells(product) : {}),
      ...(image ? imageCells(image, index) : {}),
    };
    return columns.map((column) => (Object.hasOwn(cells, column) ? (cells[column] ?? '') : ''));
  });
}

/** Rows as CSV (RFC 4180, LF): every value in quotes, so that blanks, commas and line breaks at its ends survive any reader, and guarded, so
 * that a spreadsheet runs none. The importer takes the guard off again. */
export function toCsv(rows: readonly (readonly string[])[]): string {
  return stringify(
    rows.map((row) => row.map(guardCell)),
    { quoted: true, record_delimiter: '\n' },
  );
}

function productCells(product: ExportProduct): Cells {
  return {
    ...travelling(product.extra, () => true),
    [COLUMN.title]: product.title,
    [COLUMN.body]: product.description,
    [COLUMN.vendor]: product.vendor,
    [COLUMN.type]: product.type,
    [COLUMN.tags]: product.tags.join(', '),
    [COLUMN.published]: String(product.status === 'active'),
    [COLUMN.status]: product.status,
    ...optionNames(product),
  };
}

function optionNames({ options, variants }: ExportProduct): Cells {
  const names = options.length === 0 && variants.length > 0 ? [NO_OPTION.name] : options.map(({ name }) => name);
  return Object.fromEntries(OPTION_COLUMNS.map(({ name }, index) => [name, names[index] ?? '']));
}

function variantCells(variant: ExportVariant, exponent: number, first: boolean): Cells {
  const values = variant.optionValues.length === 0 ? [NO_OPTION.value] : variant.optionValues;
  return {
    // on the first row all but the variant's columns tell of the product
    ...travelling(variant.extra, (column) => !first || isVariantColumn(column)),
    ...Object.fromEntries(OPTION_COLUMNS.map(({ value }, index) => [value, values[index] ?? ''])),
    [COLUMN.sku]: variant.sku ?? '',
    [COLUMN.grams]: variant.weightGrams === null ? '' : String(variant.weightGrams),
    [COLUMN.tracker]: variant.tracked ? (variant.extra[COLUMN.tracker] ?? SHOPIFY_TRACKER) : '',
    [COLUMN.quantity]: variant.tracked ? String(variant.onHand) : '',
    [COLUMN.policy]: variant.backorder ? 'continue' : 'deny',
    [COLUMN.price]: formatMinor(variant.price, exponent),
    [COLUMN.compareAtPrice]: variant.compareAtPrice === null ? '' : formatMinor(variant.compareAtPrice, exponent),
    [COLUMN.requiresShipping]: String(variant.requiresShipping),
    [COLUMN.taxable]: String(variant.taxable),
    [COLUMN.barcode]: variant.barcode ?? '',
    [COLUMN.variantImage]: variant.image ?? '',
  };
}

function imageCells({ url, alt }: ImageDraft, index: number): Cells {
  return { [COLUMN.imageSrc]: url, [COLUMN.imagePosition]: String(index + 1), [COLUMN.imageAlt]: alt };
}

function travelling(extra: Extra, belongs: (column: string) => boolean): Cells {
  return Object.fromEntries(Object.entries(extra).filter(([column]) => !isModelled(column) && belongs(column)));
}
