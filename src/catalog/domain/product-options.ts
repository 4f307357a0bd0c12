import { OptionsInUseError, OptionsInvalidError, OptionsTakenError } from './catalog.errors.js';

/** An option of a product, such as Size, with its values in the order they are shown in. */
export interface ProductOption {
  readonly name: string;
  readonly values: readonly string[];
}

/** A variant's value for each option of its product, by the option's name. */
export type OptionValues = Readonly<Record<string, string>>;

/** Options as a request gives them: values that only the variants name may be left out. */
export interface OptionInput {
  readonly name: string;
  readonly values?: readonly string[];
}

/** The title of a variant of a product without options. */
export const DEFAULT_TITLE = 'Default';

/** The variant's values in the order of the options: "M / Blue". */
export function variantTitle(options: readonly ProductOption[], values: OptionValues): string {
  return options.length === 0 ? DEFAULT_TITLE : options.map(({ name }) => values[name] ?? '').join(' / ');
}

/** The same text for the same values, whatever the order of the keys. */
export function combinationKey(values: OptionValues): string {
  return JSON.stringify(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * The options of a new product. Where the request names none, they are those of the first variant. A value that only a variant
 * names is added to its option.
 * @throws OptionsInvalidError `catalog.options_invalid` (422), pointing into `/options` or `/variants`.
 */
export function optionsOfNewProduct(
  given: readonly OptionInput[] | undefined,
  variants: readonly OptionValues[],
): ProductOption[] {
  const options = given ?? Object.keys(variants[0] ?? {}).map((name) => ({ name }));
  requireDistinct(options);
  variants.forEach((values, index) => requireFit(options, values, `/variants/${index}/options`));
  requireDifferent(variants);
  return withValuesOf(options, variants);
}

/**
 * The options once a variant has joined, or changed: its new values are added to theirs.
 * @throws OptionsInvalidError (422) when the variant lacks an option or has one that the product has not.
 */
export function optionsWithVariant(options: readonly ProductOption[], values: OptionValues): ProductOption[] {
  requireFit(options, values, '/options');
  return withValuesOf(options, [values]);
}

/** A variant as far as its options go. */
interface WithOptions {
  readonly id: string;
  readonly options: OptionValues;
}

/**
 * Other options for a product that has variants. An option that is new gives each variant its first value; one that is left out is
 * taken from each. Values that variants have stay in their options.
 * @throws OptionsInvalidError (422) for a new option without values, or options that contradict themselves.
 * @throws OptionsInUseError (409) when two variants would become the same.
 */
export function changeOptions<V extends WithOptions>(
  wanted: readonly OptionInput[],
  variants: readonly V[],
): { options: ProductOption[]; variants: WithOptions[] } {
  requireDistinct(wanted);
  const changed = variants.map(({ id, options }) => ({
    id,
    options: Object.fromEntries(wanted.map((option, index) => [option.name, valueFor(option, options, index)])),
  }));
  if (new Set(changed.map(({ options }) => combinationKey(options))).size < changed.length)
    throw new OptionsInUseError();
  return {
    options: withValuesOf(
      wanted,
      changed.map(({ options }) => options),
    ),
    variants: changed,
  };
}

/** @throws OptionsTakenError (409) when one of the variants has just these values. */
export function requireNewCombination(
  values: OptionValues,
  variants: readonly { readonly options: OptionValues }[],
): void {
  const key = combinationKey(values);
  if (variants.some(({ options }) => combinationKey(options) === key)) throw new OptionsTakenError();
}

function valueFor(option: OptionInput, present: OptionValues, index: number): string {
  const value = Object.hasOwn(present, option.name) ? present[option.name] : option.values?.[0];
  if (value === undefined)
    throw new OptionsInvalidError(`/options/${index}/values`, 'value_required', 'names no value for the variants');
  return value;
}

function requireDistinct(options: readonly OptionInput[]): void {
  const names = new Set<string>();
  options.forEach(({ name, values = [] }, index) => {
    // Two options that differ in capitals alone are one and the same to a customer.
    if (names.has(name.toLowerCase()))
      throw new OptionsInvalidError(`/options/${index}/name`, 'name_repeated', 'is the name of an earlier option');
    names.add(name.toLowerCase());
    if (new Set(values).size < values.length)
      throw new OptionsInvalidError(`/options/${index}/values`, 'value_repeated', 'names a value twice');
  });
}

function requireFit(options: readonly OptionInput[], values: OptionValues, pointer: string): void {
  const missing = options.find(({ name }) => !Object.hasOwn(values, name));
  if (missing) throw new OptionsInvalidError(pointer, 'value_required', `names no value for "${missing.name}"`);
  const known = new Set(options.map(({ name }) => name));
  const unknown = Object.keys(values).find((name) => !known.has(name));
  if (unknown !== undefined)
    throw new OptionsInvalidError(pointer, 'option_unknown', `"${unknown}" is no option of the product`);
}

function requireDifferent(variants: readonly OptionValues[]): void {
  const seen = new Set<string>();
  variants.forEach((values, index) => {
    const key = combinationKey(values);
    if (seen.has(key))
      throw new OptionsInvalidError(
        `/variants/${index}/options`,
        'options_repeated',
        'are those of an earlier variant',
      );
    seen.add(key);
  });
}

function withValuesOf(options: readonly OptionInput[], variants: readonly OptionValues[]): ProductOption[] {
  return options.map(({ name, values = [] }) => ({
    name,
    values: [...new Set([...values, ...variants.flatMap((variant) => variant[name] ?? [])])],
  }));
}
