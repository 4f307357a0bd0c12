import { sanitizeHtml } from '../html.js';
import { COLUMN, NO_OPTION, OPTION_COLUMNS } from './columns.js';
import { LIMITS } from './limits.js';
import { parseShopifyRow, type ParsedProduct, type ParsedRow, type ParsedVariant } from './parse-row.js';
import type { ImageDraft, OptionDraft, ProductDraft, VariantDraft } from './product-draft.js';
import { quoted, type RowError } from './row-error.js';
import { cell, handleOf, Issues, type RowContext, type StagedRow } from './staged-row.js';

export interface BuildContext extends RowContext {
  /** Whether another product's variant has the SKU: one in the shop, or one that stands before `line` in the file. */
  readonly isSkuTaken?: (sku: string, line: number) => boolean;
}

export interface BuiltProduct {
  /** Null when the product cannot be imported; `errors` then tells of each of its rows. */
  readonly product: ProductDraft | null;
  readonly errors: readonly RowError[];
}

/**
 * Makes a product of the rows that have its handle, wherever in the file they stood. The first of them (by line) tells of the
 * product; each that has an option value, a SKU or a price brings a variant, and each with an address in Image Src a picture.
 * A bad variant, picture or tag is left out with an error; a first row without a usable title leaves out the product.
 * Columns that the shop has no field for are kept with the product (first row) or the variant (later rows), as they are; a row that
 * brings only a picture has nothing to keep them with.
 * @param rows at least one, all of one handle, in any order
 */
export function buildProduct(rows: readonly StagedRow[], context: BuildContext): BuiltProduct {
  const ordered = [...rows].sort((a, b) => a.line - b.line);
  const parsed = ordered.map((row, index) => parseShopifyRow(row, context, index === 0));
  const [firstRow] = ordered;
  const [first] = parsed;
  if (!firstRow || !first) return { product: null, errors: [] };
  const key = handleOf(firstRow);
  if ('error' in key) return left(parsed, [key.error]);
  if (!first.product) return left(parsed, first.errors);

  const errors: RowError[] = [];
  const names = effectiveNames(first.product, ordered, context);
  const variants = buildVariants(names, parsed, context, errors);
  const images = buildImages(parsed, errors);
  for (const row of parsed) errors.push(...row.errors);
  const product = {
    ...draftOf(key.handle, first.line, first.product, images, context),
    options: optionsOf(names, variants),
    variants,
  };
  return { product, errors: errors.sort((a, b) => a.line - b.line) };
}

/** Why the product is left out, and that its further rows are, too. */
function left(rows: readonly ParsedRow[], reasons: readonly RowError[]): BuiltProduct {
  const skipped = rows.slice(1).map(({ line }): RowError => {
    const detail = `The product of this row is left out because of line ${rows[0]?.line}.`;
    return { line, code: 'catalog.product_skipped', detail };
  });
  return { product: null, errors: [...reasons, ...skipped] };
}

function draftOf(
  handle: string,
  line: number,
  parsed: ParsedProduct,
  images: readonly ImageDraft[],
  { columns }: BuildContext,
): Omit<ProductDraft, 'options' | 'variants'> {
  const { title, body, vendor, type, tags, published, status, extra } = parsed;
  return {
    handle,
    line,
    title,
    description: body === undefined ? undefined : sanitizeHtml(body),
    vendor,
    type,
    tags,
    published,
    status,
    images: columns.has(COLUMN.imageSrc) ? images : undefined,
    extra,
    columns,
    categoryNames: type ? [type] : [],
  };
}

function optionsOf(names: readonly string[] | undefined, variants: readonly VariantDraft[]): OptionDraft[] | undefined {
  return names?.map((name, index) => ({
    name,
    values: [...new Set(variants.flatMap(({ optionValues }) => optionValues?.[index] ?? []))],
  }));
}

function buildVariants(
  names: readonly string[] | undefined,
  rows: readonly ParsedRow[],
  context: BuildContext,
  errors: RowError[],
): VariantDraft[] {
  const seen = { skus: new Set<string>(), options: new Set<string>() };
  const drafts: VariantDraft[] = [];
  for (const variant of rows.flatMap((row) => row.variant ?? [])) {
    const issues = new Issues(variant.line);
    const { optionCells, ...rest } = variant;
    const optionValues = names && valuesOf(names, optionCells, issues);
    checkUnique(variant, optionValues, seen, context, issues);
    if (drafts.length >= LIMITS.variantsOfProduct) {
      issues.reject('catalog.too_many_variants', `A product has at most ${LIMITS.variantsOfProduct} variants.`);
    }
    errors.push(...issues.errors);
    if (issues.rejected) continue;
    if (variant.sku !== null) seen.skus.add(variant.sku);
    if (optionValues) seen.options.add(JSON.stringify(optionValues));
    drafts.push({ ...rest, optionValues });
  }
  return drafts;
}

/** The names of the product's options; none for a product that has the one variant "Default Title"; undefined when the file has no columns for them. */
function effectiveNames(
  { optionNames }: ParsedProduct,
  rows: readonly StagedRow[],
  { columns }: BuildContext,
): readonly string[] | undefined {
  const [first] = OPTION_COLUMNS;
  if (!first || !columns.has(first.name) || !columns.has(first.value)) return undefined;
  const names = optionNames.filter((name) => name !== '');
  if (names.length !== 1 || names[0] !== NO_OPTION.name) return names;
  return rows.every(({ record }) => isNoValue(cell(record, first.value))) ? [] : names;
}

function isNoValue(value: string | undefined): boolean {
  return value === '' || value === NO_OPTION.value;
}

function valuesOf(names: readonly string[], cells: readonly string[], issues: Issues): string[] | undefined {
  const missing = names.find((_, index) => cells[index] === '');
  if (missing !== undefined) {
    return issues.reject('catalog.option_value_required', `The variant has no value of the option ${quoted(missing)}.`);
  }
  const surplus = cells.find(
    (value, index) => index >= names.length && value !== '' && !(index === 0 && isNoValue(value)),
  );
  if (surplus !== undefined) {
    const detail = `The value ${quoted(surplus)} belongs to an option that the product's first row does not name.`;
    return issues.reject('catalog.option_value_unexpected', detail);
  }
  return cells.slice(0, names.length);
}

function checkUnique(
  { sku, line }: ParsedVariant,
  optionValues: readonly string[] | undefined,
  seen: { readonly skus: ReadonlySet<string>; readonly options: ReadonlySet<string> },
  { isSkuTaken }: BuildContext,
  issues: Issues,
): void {
  if (sku !== null && (seen.skus.has(sku) || isSkuTaken?.(sku, line))) {
    issues.reject('catalog.sku_taken', `Another variant has the SKU ${quoted(sku)}.`);
  } else if (optionValues && seen.options.has(JSON.stringify(optionValues))) {
    const values = optionValues.join(', ') || NO_OPTION.value;
    issues.reject('catalog.option_values_taken', `Another variant of the product has the options ${quoted(values)}.`);
  }
}

/** By position, those without one last, and else as the rows stand; an address that is repeated counts once. */
function buildImages(rows: readonly ParsedRow[], errors: RowError[]): ImageDraft[] {
  const placed = rows
    .flatMap(({ image, line }) => (image ? [{ ...image, line }] : []))
    .sort((a, b) => (a.position ?? Infinity) - (b.position ?? Infinity) || 0);
  const byUrl = new Map<string, ImageDraft>();
  for (const { url, alt, line } of placed) {
    const known = byUrl.get(url);
    if (!known && byUrl.size >= LIMITS.imagesOfProduct) {
      const detail = `A product has at most ${LIMITS.imagesOfProduct} pictures.`;
      errors.push({ line, code: 'catalog.too_many_images', detail });
    } else {
      byUrl.set(url, { url, alt: known?.alt || alt });
    }
  }
  return [...byUrl.values()];
}
