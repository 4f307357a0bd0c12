import { NO_OPTION } from './columns.js';
import { matchVariants, optionKey } from './match-variants.js';
import { mergeOptions, mergeProduct, mergeVariant } from './merge-draft.js';
import type { ProductDraft, ProductState, VariantDraft, VariantState } from './product-draft.js';
import { quoted, type RowError, type RowErrorCode } from './row-error.js';
import { sameValue } from './same-value.js';
import { stockToSet } from './stock-rule.js';

export interface ExistingVariant extends VariantState {
  readonly id: string;
  readonly onHand: number;
  /** The quantity of the last import that had one. */
  readonly importedQuantity: number | null;
}

export interface ExistingProduct extends ProductState {
  readonly categoryIds: readonly string[];
  /** Those that are not deleted, in the product's order. */
  readonly variants: readonly ExistingVariant[];
}

export interface VariantPlan {
  /** Null: the variant is new, and comes after those that there are. */
  readonly id: string | null;
  readonly line: number;
  readonly state: VariantState;
  /** Whether `state` differs from what is there; always for a new one. */
  readonly changed: boolean;
  /** Units on hand to set, null for "leave it". */
  readonly stock: number | null;
  /** To be remembered for the next import; by itself no change of the variant. */
  readonly importedQuantity: number | null;
}

export interface ProductPlan {
  /** Unchanged: neither the product, nor a variant, nor stock is to be written. */
  readonly outcome: 'created' | 'updated' | 'unchanged';
  readonly state: ProductState;
  /** Whether `state` or the categories differ from what is there; always for a new product. */
  readonly changed: boolean;
  readonly categoryIds: readonly string[];
  /** One for each variant of the file that can be kept, in the file's order. Variants that the file does not name stay. */
  readonly variants: readonly VariantPlan[];
  readonly errors: readonly RowError[];
}

/** A category by its name, without regard to case; those that types of the file name have been made before. */
export type FindCategory = (name: string) => string | undefined;

/**
 * What an import does to one product: with `existing` null it is made, else changed where the file says something else. Columns that
 * the file lacks change nothing, variants that it does not name stay as they are, and nothing is ever deleted, so a file of prices
 * alone is safe. Applying a plan and asking again with the same draft answers "unchanged".
 */
export function diffProduct(
  existing: ExistingProduct | null,
  given: ProductDraft,
  findCategory: FindCategory,
): ProductPlan {
  const draft = withDefaultOption(existing, given);
  const clash = existing && optionsClash(existing, draft);
  if (existing && clash) return untouched(existing, clash);
  const { plans, errors } = planVariants(existing, draft);
  const merged = mergeProduct(existing, draft);
  const stay = (existing?.variants ?? []).filter(({ id }) => !plans.some((plan) => plan.id === id));
  const options = mergeOptions(existing?.options ?? [], draft.options, [...stay, ...plans.map(({ state }) => state)]);
  const type = typeAfter(existing, merged.type, findCategory);
  const state: ProductState = { ...merged, type, options };
  const categoryIds = categoriesAfter(existing, state, draft.categoryNames, findCategory);
  const changed = !existing || !sameProduct(existing, state) || !sameSet(existing.categoryIds, categoryIds);
  const touched = changed || plans.some((plan) => plan.changed || plan.stock !== null);
  const outcome = !existing ? 'created' : touched ? 'updated' : 'unchanged';
  return { outcome, state, changed, categoryIds, variants: plans, errors };
}

/** A file writes the one variant of a product without options just as it writes that of a product with the option "Title" and one value. */
function withDefaultOption(existing: ExistingProduct | null, draft: ProductDraft): ProductDraft {
  const [option, ...others] = existing?.options ?? [];
  const values = [NO_OPTION.value];
  const isDefault =
    option?.name === NO_OPTION.name && others.length === 0 && sameValue(option.values, values) && draft.options;
  if (!isDefault || isDefault.length > 0) return draft;
  return {
    ...draft,
    options: [option],
    variants: draft.variants.map((variant) => ({ ...variant, optionValues: values })),
  };
}

function untouched(existing: ExistingProduct, error: RowError): ProductPlan {
  const { categoryIds, variants: _, ...state } = existing;
  return { outcome: 'unchanged', state, changed: false, categoryIds, variants: [], errors: [error] };
}

/** Another number of options cannot be laid over variants that the file does not name. */
function optionsClash(existing: ExistingProduct, draft: ProductDraft): RowError | null {
  if (!draft.options || draft.options.length === existing.options.length) return null;
  const matched = new Set(matchVariants(existing.variants, draft.variants).values());
  if (existing.variants.every((variant) => matched.has(variant))) return null;
  return {
    line: draft.line,
    code: 'catalog.options_differ',
    detail:
      `The product has ${existing.options.length} options in the shop and ${draft.options.length} in the file, ` +
      'which does not name all of its variants.',
  };
}

interface Candidate {
  readonly draft: VariantDraft;
  readonly existing: ExistingVariant | null;
  readonly state: VariantState;
}

function planVariants(
  existing: ExistingProduct | null,
  draft: ProductDraft,
): { readonly plans: VariantPlan[]; readonly errors: RowError[] } {
  const errors: RowError[] = [];
  const reject = ({ line }: VariantDraft, code: RowErrorCode, detail: string): void => {
    errors.push({ line, code, detail });
  };
  const all = existing?.variants ?? [];
  const matches = matchVariants(all, draft.variants);
  const width = (draft.options ?? existing?.options ?? []).length;
  const candidates: Candidate[] = [];
  for (const variant of draft.variants) {
    const match = matches.get(variant) ?? null;
    const price = variant.price ?? match?.price;
    if (price === undefined) {
      reject(variant, 'catalog.price_required', 'The variant is new and the file has no column of prices.');
      continue;
    }
    const state = mergeVariant(match, variant, price, draft);
    if (state.optionValues.length !== width) {
      reject(variant, 'catalog.option_value_required', 'The variant is new and the file does not tell its options.');
      continue;
    }
    candidates.push({ draft: variant, existing: match, state });
  }
  const kept = withDistinctOptions(all, candidates, ({ draft: variant, state }) => {
    const values = state.optionValues.join(', ');
    reject(variant, 'catalog.option_values_taken', `Another variant of the product has the options ${quoted(values)}.`);
  });
  return { plans: kept.map(planVariant), errors: errors.sort((a, b) => a.line - b.line) };
}

/**
 * Leaves out the candidates whose options another variant has or will have. One that is left out keeps what it has in the shop, which
 * may be in the way of another: so until nothing more is left out.
 */
function withDistinctOptions(
  all: readonly ExistingVariant[],
  candidates: readonly Candidate[],
  leftOut: (candidate: Candidate) => void,
): Candidate[] {
  let kept = [...candidates];
  for (;;) {
    const changing = new Set(kept.map(({ existing }) => existing));
    const taken = new Set(
      all.filter((variant) => !changing.has(variant)).map((variant) => optionKey(variant.optionValues)),
    );
    const next = kept.filter(({ state }) => {
      const key = optionKey(state.optionValues);
      return !taken.has(key) && taken.add(key);
    });
    if (next.length === kept.length) return kept;
    kept.filter((candidate) => !next.includes(candidate)).forEach(leftOut);
    kept = next;
  }
}

function planVariant({ draft, existing, state }: Candidate): VariantPlan {
  const toSet = stockToSet(existing?.importedQuantity ?? null, draft.quantity, !existing);
  const quantity = state.tracked ? draft.quantity : null;
  return {
    id: existing?.id ?? null,
    line: draft.line,
    state,
    changed: !existing || !sameVariant(existing, state),
    stock: !state.tracked || toSet === existing?.onHand ? null : toSet,
    importedQuantity: quantity ?? existing?.importedQuantity ?? null,
  };
}

/** A product without a type of its own is exported with the name of its category, which makes it no type when it comes back. */
function typeAfter(existing: ExistingProduct | null, type: string, findCategory: FindCategory): string {
  const category = findCategory(type);
  const fromCategory = existing?.type === '' && category !== undefined && existing.categoryIds.includes(category);
  return fromCategory ? '' : type;
}

/**
 * The product's categories afterwards: those it has, without the one of a type that it no longer has, and with those that a new type
 * and new tags name. A tag that names no category stays a tag only; a type and tags that the product has already are no reason to
 * undo what staff have since done to its categories.
 */
function categoriesAfter(
  existing: ExistingProduct | null,
  { type, tags }: ProductState,
  categoryNames: readonly string[],
  findCategory: FindCategory,
): string[] {
  const sameType = existing?.type === type;
  const dropped = existing && !sameType ? findCategory(existing.type) : undefined;
  const stay = (existing?.categoryIds ?? []).filter((id) => id !== dropped);
  const known = new Set(existing?.tags.map((tag) => tag.toLowerCase()));
  const names = [...(sameType ? [] : categoryNames), ...tags.filter((tag) => !known.has(tag.toLowerCase()))];
  return [...new Set([...stay, ...names.flatMap((name) => findCategory(name) ?? [])])];
}

function sameProduct(existing: ExistingProduct, state: ProductState): boolean {
  return (Object.keys(state) as (keyof ProductState)[]).every((key) => sameValue(existing[key], state[key]));
}

function sameVariant(existing: ExistingVariant, state: VariantState): boolean {
  return (Object.keys(state) as (keyof VariantState)[]).every((key) => sameValue(existing[key], state[key]));
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return sameValue([...a].sort(), [...b].sort());
}
