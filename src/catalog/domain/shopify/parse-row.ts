import { COLUMN, isModelled, isVariantColumn, OPTION_COLUMNS, SHOPIFY_TRACKER } from './columns.js';
import type { ShopifyRecord } from './csv-reader.js';
import { LIMITS } from './limits.js';
import type { Extra, ImageDraft, ProductStatus, VariantDraft } from './product-draft.js';
import {
  readBoolean,
  readGrams,
  readPolicy,
  readPrice,
  readQuantity,
  readText,
  readUrl,
  splitTags,
} from './read-values.js';
import { quoted, type RowError } from './row-error.js';
import { cell, Issues, type RowContext, type StagedRow } from './staged-row.js';

/** What a row says of the product itself; of interest in the product's first row only. */
export interface ParsedProduct {
  readonly title: string;
  /** HTML as it stands in the file, not yet sanitised. */
  readonly body?: string;
  readonly vendor?: string;
  readonly type?: string;
  readonly tags?: readonly string[];
  readonly published?: boolean;
  readonly status?: ProductStatus;
  /** By column, first to last; empty where the product has no such option. */
  readonly optionNames: readonly string[];
  readonly extra: Extra;
}

/** A variant as its row has it: the values of the options stand by column, first to last. */
export interface ParsedVariant extends Omit<VariantDraft, 'optionValues'> {
  readonly optionCells: readonly string[];
}

export interface ParsedImage extends ImageDraft {
  readonly position: number | null;
}

export interface ParsedRow {
  readonly line: number;
  /** Null: the first row of a product that cannot be imported. Undefined: a later row. */
  readonly product: ParsedProduct | null | undefined;
  /** Null: the row brings no variant, or one that cannot be imported. */
  readonly variant: ParsedVariant | null;
  readonly image: ParsedImage | null;
  readonly errors: readonly RowError[];
}

/**
 * Reads one record. What cannot be read is an error and costs its part alone: a picture, a tag, the variant, and in the first row,
 * where title or state cannot be read, the product. Nothing is cut short, and no float comes near a price.
 * @param first whether it is the first row of its product; product columns of later rows are not looked at
 */
export function parseShopifyRow(row: StagedRow, context: RowContext, first: boolean): ParsedRow {
  const issues = [new Issues(row.line), new Issues(row.line), new Issues(row.line)] as const;
  const product = first ? parseProduct(row.record, context, issues[0]) : undefined;
  const variant = parseVariant(row, context, first, issues[1]);
  const image = parseImage(row.record, issues[2]);
  return { line: row.line, product, variant, image, errors: issues.flatMap(({ errors }) => errors) };
}

function parseProduct(record: ShopifyRecord, { columns }: RowContext, issues: Issues): ParsedProduct | null {
  const title = cell(record, COLUMN.title);
  if (title === '') issues.reject('catalog.title_required', 'The first row of the product has no title.');
  issues.required(readText(title, 'title', LIMITS.title, 'catalog.title_too_long'));
  /** The text of a column that the file has, within its limit. */
  const given = (column: string, what: string, limit: number, code: RowError['code']): string | undefined =>
    columns.has(column) ? issues.optional(readText(cell(record, column), what, limit, code)) : undefined;
  const parsed: ParsedProduct = {
    title,
    body: columns.has(COLUMN.body)
      ? issues.optional(
          readText(record[COLUMN.body] ?? '', 'description', LIMITS.description, 'catalog.description_too_long'),
        )
      : undefined,
    vendor: given(COLUMN.vendor, 'vendor', LIMITS.vendor, 'catalog.vendor_too_long'),
    type: given(COLUMN.type, 'type', LIMITS.type, 'catalog.type_too_long'),
    tags: columns.has(COLUMN.tags) ? parseTags(cell(record, COLUMN.tags), issues) : undefined,
    published: parsePublished(cell(record, COLUMN.published), issues),
    status: parseStatus(cell(record, COLUMN.status), issues),
    optionNames: parseOptionNames(record, issues),
    extra: extraOf(record, (column) => !isVariantColumn(column)),
  };
  return issues.rejected ? null : parsed;
}

function parseTags(text: string, issues: Issues): string[] {
  const tags = splitTags(text);
  const short = tags.filter((tag) => tag.length <= LIMITS.tag);
  if (short.length < tags.length) {
    issues.warn(
      'catalog.tag_too_long',
      `${tags.length - short.length} of the tags are longer than ${LIMITS.tag} characters.`,
    );
  }
  if (short.length > LIMITS.tagsOfProduct) {
    issues.warn('catalog.too_many_tags', `Of ${short.length} tags the first ${LIMITS.tagsOfProduct} are kept.`);
  }
  return short.slice(0, LIMITS.tagsOfProduct);
}

function parsePublished(text: string, issues: Issues): boolean | undefined {
  if (text === '') return undefined;
  const read = readBoolean(text, COLUMN.published);
  return read.ok ? read.value : issues.reject('catalog.published_invalid', read.detail);
}

function parseStatus(text: string, issues: Issues): ProductStatus | undefined {
  const lower = text.toLowerCase();
  if (lower === '') return undefined;
  if (lower === 'active' || lower === 'draft' || lower === 'archived') return lower;
  return issues.reject(
    'catalog.status_invalid',
    `The status is ${quoted(text)} and must be active, draft or archived.`,
  );
}

function parseOptionNames(record: ShopifyRecord, issues: Issues): string[] {
  const names = OPTION_COLUMNS.map(({ name }) => cell(record, name));
  const used = names.filter((name) => name !== '');
  if (used.some((name) => name.length > LIMITS.optionName)) {
    issues.reject('catalog.option_invalid', `The name of an option is longer than ${LIMITS.optionName} characters.`);
  }
  if (new Set(used.map((name) => name.toLowerCase())).size < used.length) {
    issues.reject(
      'catalog.option_invalid',
      `Two options of the product have the same name: ${quoted(used.join(', '))}.`,
    );
  }
  if (names.some((name, index) => name !== '' && names[index - 1] === '')) {
    issues.reject('catalog.option_invalid', 'An option follows one that has no name.');
  }
  return names;
}

function parseVariant(row: StagedRow, context: RowContext, first: boolean, issues: Issues): ParsedVariant | null {
  const { record, line } = row;
  const sku = cell(record, COLUMN.sku);
  const optionCells = OPTION_COLUMNS.map(({ value }) => cell(record, value));
  if (sku === '' && cell(record, COLUMN.price) === '' && optionCells.every((value) => value === '')) return null;
  issues.required(readText(sku, 'SKU', LIMITS.sku, 'catalog.sku_too_long'));
  for (const value of optionCells) {
    issues.required(readText(value, 'value of an option', LIMITS.optionValue, 'catalog.option_value_too_long'));
  }
  const tracker = cell(record, COLUMN.tracker);
  const tracked = context.columns.has(COLUMN.tracker) ? tracker !== '' : undefined;
  const parsed: ParsedVariant = {
    line,
    sku: sku === '' ? null : sku,
    optionCells,
    ...parseMoney(record, context, issues),
    ...parseTraits(record, context, issues),
    tracked,
    quantity: parseQuantity(record, tracked, issues),
    extra: {
      ...extraOf(record, (column) => isVariantColumn(column) || !first),
      ...(tracked && tracker.toLowerCase() !== SHOPIFY_TRACKER ? { [COLUMN.tracker]: tracker } : {}),
    },
  };
  return issues.rejected ? null : parsed;
}

function parseMoney(
  record: ShopifyRecord,
  { columns, exponent }: RowContext,
  issues: Issues,
): Pick<ParsedVariant, 'price' | 'compareAtPrice'> {
  const price = cell(record, COLUMN.price);
  const before = cell(record, COLUMN.compareAtPrice);
  if (price === '' && columns.has(COLUMN.price)) issues.reject('catalog.price_required', 'The variant has no price.');
  return {
    price: price === '' ? undefined : issues.required(readPrice(price, exponent)),
    compareAtPrice: orNull(COLUMN.compareAtPrice, before, columns, (text) =>
      issues.required(readPrice(text, exponent)),
    ),
  };
}

function parseTraits(
  record: ShopifyRecord,
  { columns }: RowContext,
  issues: Issues,
): Pick<ParsedVariant, 'weightGrams' | 'barcode' | 'image' | 'taxable' | 'requiresShipping' | 'backorder'> {
  const flag = (column: string): boolean | undefined => {
    const text = cell(record, column);
    return text === '' ? undefined : issues.required(readBoolean(text, column));
  };
  const cellOrNull = <T>(column: string, read: (text: string) => T | undefined): T | null | undefined =>
    orNull(column, cell(record, column), columns, read);
  return {
    weightGrams: cellOrNull(COLUMN.grams, (text) => issues.required(readGrams(text))),
    barcode: cellOrNull(COLUMN.barcode, (text) =>
      issues.required(readText(text, 'barcode', LIMITS.barcode, 'catalog.barcode_too_long')),
    ),
    image: cellOrNull(COLUMN.variantImage, (text) => issues.optional(readUrl(text, COLUMN.variantImage))),
    taxable: flag(COLUMN.taxable),
    requiresShipping: flag(COLUMN.requiresShipping),
    backorder: columns.has(COLUMN.policy) ? issues.required(readPolicy(cell(record, COLUMN.policy))) : undefined,
  };
}

/** Undefined where the file has no such column, null where its cell is empty. */
function orNull<T>(
  column: string,
  text: string,
  columns: ReadonlySet<string>,
  read: (text: string) => T | undefined,
): T | null | undefined {
  if (!columns.has(column)) return undefined;
  return text === '' ? null : read(text);
}

/** A negative quantity is an error also where stock is not tracked and it would not have counted. */
function parseQuantity(record: ShopifyRecord, tracked: boolean | undefined, issues: Issues): number | null {
  const text = cell(record, COLUMN.quantity);
  const quantity = text === '' ? undefined : issues.required(readQuantity(text));
  if (quantity === undefined) return null;
  if (quantity < 0) issues.warn('catalog.negative_quantity', `The quantity ${quantity} counts as 0.`);
  return tracked === false ? null : Math.max(quantity, 0);
}

function parseImage(record: ShopifyRecord, issues: Issues): ParsedImage | null {
  const src = cell(record, COLUMN.imageSrc);
  if (src === '') return null;
  const url = issues.required(readUrl(src, COLUMN.imageSrc));
  const alt = issues.required(
    readText(cell(record, COLUMN.imageAlt), 'text of the picture', LIMITS.imageAlt, 'catalog.image_alt_too_long'),
  );
  const position = parsePosition(cell(record, COLUMN.imagePosition), issues);
  return url === undefined || alt === undefined || issues.rejected ? null : { url, alt, position };
}

function parsePosition(text: string, issues: Issues): number | null {
  if (text === '') return null;
  if (/^\d{1,6}$/.test(text)) return Number(text);
  issues.reject('catalog.image_position_invalid', `The position of the picture is ${quoted(text)}, no whole number.`);
  return null;
}

/** What stands in columns that the shop has no field for, as it is, blanks included. */
function extraOf(record: ShopifyRecord, belongs: (column: string) => boolean): Extra {
  return Object.fromEntries(Object.entries(record).filter(([column]) => !isModelled(column) && belongs(column)));
}
