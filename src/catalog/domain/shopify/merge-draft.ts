import { COLUMN, isVariantColumn } from './columns.js';
import type {
  Extra,
  ImageDraft,
  OptionDraft,
  ProductDraft,
  ProductState,
  ProductStatus,
  VariantDraft,
  VariantState,
} from './product-draft.js';
import { sameValue } from './same-value.js';

/** The product as it is after the draft, its options aside: what the file does not tell of stays. */
export function mergeProduct(existing: ProductState | null, draft: ProductDraft): Omit<ProductState, 'options'> {
  return {
    title: draft.title,
    description: draft.description ?? existing?.description ?? '',
    vendor: draft.vendor ?? existing?.vendor ?? '',
    type: draft.type ?? existing?.type ?? '',
    tags: mergeTags(existing?.tags, draft.tags),
    status: statusAfter(existing?.status, draft),
    images: mergeImages(existing?.images, draft.images),
    extra: mergeExtra(existing?.extra, draft.extra, (column) => draft.columns.has(column) && !isVariantColumn(column)),
  };
}

/** The order of tags says nothing, so another order is no change. */
function mergeTags(existing: readonly string[] = [], tags: readonly string[] = existing): readonly string[] {
  return sameValue([...existing].sort(), [...tags].sort()) ? existing : tags;
}

/** A file counts an address once; a product of the shop may show it twice, which is no change either. */
function mergeImages(
  existing: readonly ImageDraft[] = [],
  images: readonly ImageDraft[] = existing,
): readonly ImageDraft[] {
  const firsts = existing.filter(({ url }, index) => existing.findIndex((image) => image.url === url) === index);
  return sameValue(firsts, images) ? existing : images;
}

/**
 * A product that is not published is a draft, and Status can only say more. Without a column Status, which older files lack, an
 * archived product stays archived: such a file cannot know of it.
 */
function statusAfter(existing: ProductStatus | undefined, { status, published }: ProductDraft): ProductStatus {
  if (status !== undefined && status !== 'active') return status;
  if (published === false) return existing === 'archived' && status === undefined ? 'archived' : 'draft';
  if (status === 'active') return 'active';
  if (published === undefined) return existing ?? 'active';
  return existing === 'archived' ? 'archived' : 'active';
}

/**
 * The variant as it is after the draft. An empty SKU in the file leaves the variant its own: the file may be older than the SKU.
 * @param price of the draft or of the existing variant; the caller has seen to it that there is one
 */
export function mergeVariant(
  existing: VariantState | null,
  draft: VariantDraft,
  price: bigint,
  { line, columns }: ProductDraft,
): VariantState {
  const tracked = draft.tracked ?? existing?.tracked ?? false;
  const isGiven = (column: string): boolean => {
    if (column === COLUMN.tracker) return tracked && columns.has(column);
    // on the product's first row all other columns tell of the product
    return columns.has(column) && (isVariantColumn(column) || draft.line !== line);
  };
  return {
    sku: draft.sku ?? existing?.sku ?? null,
    optionValues: draft.optionValues ?? existing?.optionValues ?? [],
    price,
    compareAtPrice: draft.compareAtPrice === undefined ? (existing?.compareAtPrice ?? null) : draft.compareAtPrice,
    weightGrams: draft.weightGrams === undefined ? (existing?.weightGrams ?? null) : draft.weightGrams,
    barcode: draft.barcode === undefined ? (existing?.barcode ?? null) : draft.barcode,
    image: draft.image === undefined ? (existing?.image ?? null) : draft.image,
    taxable: draft.taxable ?? existing?.taxable ?? true,
    requiresShipping: draft.requiresShipping ?? existing?.requiresShipping ?? true,
    tracked,
    backorder: draft.backorder ?? existing?.backorder ?? false,
    extra: mergeExtra(existing?.extra, draft.extra, isGiven),
  };
}

/** What the file has a column for is as the file has it, and gone where its cell is empty. */
function mergeExtra(existing: Extra = {}, draft: Extra, isGiven: (column: string) => boolean): Extra {
  const kept = Object.entries(existing).filter(([column]) => !isGiven(column));
  return Object.fromEntries([...kept, ...Object.entries(draft)]);
}

/**
 * The options after the draft, with the values of all variants that there will be. Values are never taken away, and keep their order:
 * staff may have put them in it.
 */
export function mergeOptions(
  existing: readonly OptionDraft[],
  draft: readonly OptionDraft[] | undefined,
  variants: readonly Pick<VariantState, 'optionValues'>[],
): readonly OptionDraft[] {
  return (draft ?? existing).map(({ name }, index) => {
    const known = existing.length === (draft ?? existing).length ? (existing[index]?.values ?? []) : [];
    return {
      name,
      values: [...new Set([...known, ...variants.flatMap(({ optionValues }) => optionValues[index] ?? [])])],
    };
  });
}
