import {
  diffProduct,
  type ExistingProduct,
  type ExistingVariant,
  type ProductPlan,
} from '../../src/catalog/domain/shopify/diff-product.js';
import type { ExportProduct } from '../../src/catalog/domain/shopify/export-rows.js';
import type { ProductDraft } from '../../src/catalog/domain/shopify/product-draft.js';

/** The product as it stands in the shop when the plan has been carried out. */
export function carriedOut(existing: ExistingProduct | null, plan: ProductPlan): ExistingProduct {
  const before = existing?.variants ?? [];
  const changed = plan.variants.map((variant, index): ExistingVariant => {
    const old = before.find(({ id }) => id === variant.id);
    return {
      ...variant.state,
      id: variant.id ?? `new ${before.length + index}`,
      onHand: variant.stock ?? old?.onHand ?? 0,
      importedQuantity: variant.importedQuantity,
    };
  });
  const kept = before.map((old) => changed.find(({ id }) => id === old.id) ?? old);
  const added = changed.filter(({ id }) => !before.some((old) => old.id === id));
  return { ...plan.state, categoryIds: plan.categoryIds, variants: [...kept, ...added] };
}

/** A shop in which the category of each name has that name, in small letters, as its id. */
export function anyCategory(name: string): string | undefined {
  return name === '' ? undefined : name.toLowerCase();
}

/** The product as it stands in such a shop when the draft has been imported. */
export function applied(existing: ExistingProduct | null, draft: ProductDraft): ExistingProduct {
  return carriedOut(existing, diffProduct(existing, draft, anyCategory));
}

export function exported(product: ExistingProduct, handle: string): ExportProduct {
  return { ...product, handle };
}
