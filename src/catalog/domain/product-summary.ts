/** What of a variant its product repeats; amounts in minor units. */
export interface SummarisedVariant {
  readonly price: bigint;
  readonly compareAtPrice: bigint | null;
  readonly sku: string | null;
  readonly image: string | null;
}

/** What a product repeats of its variants and images, for cards, sorting and searching. */
export interface ProductSummary {
  readonly price: bigint | null;
  readonly compareAtPrice: bigint | null;
  readonly image: string | null;
  readonly skus: string[];
}

/**
 * The price and compare-at price of the cheapest variant (of equal ones the first), the first image (or else that variant's), the SKUs.
 * A product without variants has no price.
 * @param variants those that are not deleted, in their order
 * @param firstImage the address of the product's first image
 */
export function summarise(variants: readonly SummarisedVariant[], firstImage: string | null): ProductSummary {
  const cheapest = variants.reduce<SummarisedVariant | undefined>(
    (best, variant) => (best === undefined || variant.price < best.price ? variant : best),
    undefined,
  );
  return {
    price: cheapest?.price ?? null,
    compareAtPrice: cheapest?.compareAtPrice ?? null,
    image: firstImage ?? cheapest?.image ?? variants.find(({ image }) => image !== null)?.image ?? null,
    skus: variants.flatMap(({ sku }) => sku ?? []),
  };
}
