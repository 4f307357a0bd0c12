import type { VariantDraft, VariantState } from './product-draft.js';

/**
 * Finds for each variant of the file the one of the shop that it tells of: by SKU; those left by the values of their options, which
 * is all that variants without SKU have; and when the file has neither, the only one by the only one. No variant is found twice.
 */
export function matchVariants<E extends Pick<VariantState, 'sku' | 'optionValues'>>(
  existing: readonly E[],
  drafts: readonly VariantDraft[],
): ReadonlyMap<VariantDraft, E> {
  const found = new Map<VariantDraft, E>();
  const free = new Set(existing);
  const claim = (keyOf: (variant: E) => string | null, keyOfDraft: (draft: VariantDraft) => string | null): void => {
    const byKey = new Map([...free].map((variant) => [keyOf(variant), variant]));
    for (const draft of drafts) {
      const key = keyOfDraft(draft);
      const variant = key === null || found.has(draft) ? undefined : byKey.get(key);
      if (!variant || !free.delete(variant)) continue;
      found.set(draft, variant);
    }
  };
  claim(
    ({ sku }) => sku,
    ({ sku }) => sku,
  );
  claim(
    ({ optionValues }) => optionKey(optionValues),
    ({ optionValues }) => (optionValues ? optionKey(optionValues) : null),
  );
  const [only] = drafts;
  if (only && drafts.length === 1 && existing.length === 1 && only.sku === null && !only.optionValues) {
    claim(
      () => '',
      () => '',
    );
  }
  return found;
}

/** The values of a variant's options as one text, by which two variants of a product are told apart. */
export function optionKey(values: readonly string[]): string {
  return JSON.stringify(values);
}
