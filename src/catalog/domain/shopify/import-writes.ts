import { newId } from '../../../platform/ids/index.js';
import { variantTitle } from '../product-options.js';
import { summarise } from '../product-summary.js';
import type { ExistingProduct, ExistingVariant, ProductPlan, VariantPlan } from './diff-product.js';
import type { Extra, ImageDraft, OptionDraft, ProductState, VariantState } from './product-draft.js';
import { sameValue } from './same-value.js';

/** A product of the shop as an import finds it. */
export interface LoadedProduct {
  readonly id: string;
  readonly handle: string | null;
  readonly product: ExistingProduct;
  /** The greatest position of its variants; -1 where it has none. */
  readonly lastPosition: number;
}

/** What is to be done to one product, with what it is done to. */
export interface PlannedProduct {
  readonly handle: string;
  readonly loaded: LoadedProduct | null;
  readonly plan: ProductPlan;
}

/** Amounts stand as text: JSON carries these rows to the database. */
export interface ProductRow {
  readonly id: string;
  readonly handle: string;
  readonly title: string;
  readonly description: string;
  readonly vendor: string;
  readonly type: string;
  readonly tags: readonly string[];
  readonly skus: readonly string[];
  readonly options: readonly OptionDraft[];
  readonly status: string;
  readonly price: string | null;
  readonly compareAtPrice: string | null;
  readonly image: string | null;
  readonly extra: Extra | null;
}

export interface NewProductRow extends ProductRow {
  /** Whether one of its variants can be sold at once. The database would find out, but only by writing the row again. */
  readonly inStock: boolean;
}

export interface VariantRow {
  readonly id: string;
  readonly productId: string;
  readonly sku: string | null;
  readonly title: string;
  readonly options: Readonly<Record<string, string>>;
  readonly price: string;
  readonly compareAtPrice: string | null;
  readonly weightGrams: number | null;
  readonly barcode: string | null;
  readonly image: string | null;
  readonly taxable: boolean;
  readonly requiresShipping: boolean;
  readonly position: number;
  readonly importedQuantity: number | null;
  readonly extra: Extra | null;
}

export interface ChangedVariantRow extends Omit<VariantRow, 'position'> {
  /** Its SKU or options go to another variant, perhaps within the same statement, and have to be given free before. */
  readonly trades: boolean;
}

export interface ImageRow extends ImageDraft {
  readonly id: string;
  readonly productId: string;
  readonly position: number;
}

export interface CategoryLink {
  readonly productId: string;
  readonly categoryId: string;
}

export interface StockRow {
  readonly variantId: string;
  readonly sku: string | null;
  readonly tracked: boolean;
  readonly backorder: boolean;
  readonly onHand: number;
}

/** Everything that a batch writes, by table. What is the same already is not in it. */
export interface ImportWrites {
  readonly newProducts: NewProductRow[];
  readonly changedProducts: ProductRow[];
  readonly newVariants: VariantRow[];
  readonly changedVariants: ChangedVariantRow[];
  /** Of variants that do not change otherwise: nobody sees it. */
  readonly remembered: { readonly id: string; readonly importedQuantity: number | null }[];
  /** All images of these products are replaced. */
  readonly imagesOf: string[];
  readonly images: ImageRow[];
  readonly linksAdded: CategoryLink[];
  readonly linksRemoved: CategoryLink[];
  readonly newStock: StockRow[];
  /** `onHand` is absent where it is to stay. */
  readonly changedStock: (Omit<StockRow, 'onHand'> & { readonly onHand?: number })[];
}

/** What has to be written to carry the plans out. */
export function writesFor(planned: readonly PlannedProduct[]): ImportWrites {
  const writes: ImportWrites = {
    newProducts: [],
    changedProducts: [],
    newVariants: [],
    changedVariants: [],
    remembered: [],
    imagesOf: [],
    images: [],
    linksAdded: [],
    linksRemoved: [],
    newStock: [],
    changedStock: [],
  };
  for (const product of planned) addProduct(writes, product);
  return writes;
}

function addProduct(writes: ImportWrites, { handle, loaded, plan }: PlannedProduct): void {
  const id = loaded?.id ?? newId();
  const before = loaded?.product ?? null;
  const variants = addVariants(writes, id, loaded, plan);
  const touched = plan.changed || plan.variants.some(({ changed }) => changed);
  if (touched) {
    const row = productRow(id, loaded?.handle ?? handle, plan.state, variants);
    if (loaded) writes.changedProducts.push(row);
    else writes.newProducts.push({ ...row, inStock: plan.variants.some(sells) });
  }
  if (!sameValue(before?.images ?? [], plan.state.images)) {
    if (loaded) writes.imagesOf.push(id);
    const rows = plan.state.images.map((image, position) => ({ ...image, id: newId(), productId: id, position }));
    writes.images.push(...rows);
  }
  const had = before?.categoryIds ?? [];
  const link = (categoryId: string): CategoryLink => ({ productId: id, categoryId });
  writes.linksAdded.push(...plan.categoryIds.filter((category) => !had.includes(category)).map(link));
  writes.linksRemoved.push(...had.filter((category) => !plan.categoryIds.includes(category)).map(link));
}

/** The variants as they are afterwards, in their order. */
function addVariants(
  writes: ImportWrites,
  productId: string,
  loaded: LoadedProduct | null,
  { state: { options }, variants: plans }: ProductPlan,
): VariantState[] {
  const existing = loaded?.product.variants ?? [];
  const before = loaded?.product.options ?? [];
  const renamed = before.length > 0 && before.some(({ name }, index) => name !== options[index]?.name);
  const byId = new Map(plans.map((plan) => [plan.id, plan]));
  for (const variant of existing) {
    const plan = byId.get(variant.id);
    if (plan || renamed) addChanged(writes, { productId, options, renamed }, variant, plan);
  }
  const news = plans.filter(({ id }) => id === null);
  news.forEach((plan, index) => {
    const position = (loaded?.lastPosition ?? -1) + 1 + index;
    const row = { ...variantRow(newId(), productId, options, plan.state, plan.importedQuantity), position };
    writes.newVariants.push(row);
    const { sku, tracked, backorder } = plan.state;
    writes.newStock.push({ variantId: row.id, sku, tracked, backorder, onHand: plan.stock ?? 0 });
  });
  return [...existing.map((variant) => byId.get(variant.id)?.state ?? variant), ...news.map(({ state }) => state)];
}

function addChanged(
  writes: ImportWrites,
  product: { readonly productId: string; readonly options: readonly OptionDraft[]; readonly renamed: boolean },
  existing: ExistingVariant,
  plan: VariantPlan | undefined,
): void {
  const { sku, tracked, backorder, ...state } = plan?.state ?? existing;
  const touched = product.renamed || (plan?.changed ?? false);
  const importedQuantity = plan ? plan.importedQuantity : existing.importedQuantity;
  if (touched) {
    const after = { sku, tracked, backorder, ...state };
    const row = variantRow(existing.id, product.productId, product.options, after, importedQuantity);
    const trades = product.renamed || sku !== existing.sku || !sameValue(state.optionValues, existing.optionValues);
    writes.changedVariants.push({ ...row, trades });
  } else if (importedQuantity !== existing.importedQuantity) {
    writes.remembered.push({ id: existing.id, importedQuantity });
  }
  const stock = plan?.stock ?? null;
  const same = sku === existing.sku && tracked === existing.tracked && backorder === existing.backorder;
  if (same && stock === null) return;
  const change = { variantId: existing.id, sku, tracked, backorder };
  writes.changedStock.push(stock === null ? change : { ...change, onHand: stock });
}

function sells({ state: { tracked, backorder }, stock }: VariantPlan): boolean {
  return !tracked || backorder || (stock ?? 0) > 0;
}

function productRow(id: string, handle: string, state: ProductState, variants: readonly VariantState[]): ProductRow {
  const { price, compareAtPrice, image, skus } = summarise(variants, state.images[0]?.url ?? null);
  return {
    id,
    handle,
    title: state.title,
    description: state.description,
    vendor: state.vendor,
    type: state.type,
    tags: state.tags,
    skus,
    options: state.options,
    status: state.status,
    price: price === null ? null : String(price),
    compareAtPrice: compareAtPrice === null ? null : String(compareAtPrice),
    image,
    extra: orNull(state.extra),
  };
}

function variantRow(
  id: string,
  productId: string,
  options: readonly OptionDraft[],
  state: VariantState,
  importedQuantity: number | null,
): Omit<VariantRow, 'position'> {
  const values = Object.fromEntries(options.map(({ name }, index) => [name, state.optionValues[index] ?? '']));
  return {
    id,
    productId,
    sku: state.sku,
    title: variantTitle(options, values),
    options: values,
    price: String(state.price),
    compareAtPrice: state.compareAtPrice === null ? null : String(state.compareAtPrice),
    weightGrams: state.weightGrams,
    barcode: state.barcode,
    image: state.image,
    taxable: state.taxable,
    requiresShipping: state.requiresShipping,
    importedQuantity,
    extra: orNull(state.extra),
  };
}

function orNull(extra: Extra): Extra | null {
  return Object.keys(extra).length === 0 ? null : extra;
}
