import type { ProductId, VariantId } from '../../platform/ids/index.js';

/** A variant as a cart sees it. `price` is in whole minor units of the shop's currency. */
export interface VariantForSale {
  readonly id: VariantId;
  readonly productId: ProductId;
  readonly productSlug: string;
  readonly productTitle: string;
  readonly sku: string | null;
  /** The option values ("M / Blue"), "Default" where the product has none. */
  readonly title: string;
  /** The variant's own picture, or else the product's first. */
  readonly image: string | null;
  readonly price: bigint;
  readonly taxable: boolean;
  readonly requiresShipping: boolean;
  /** The product is active and neither it nor the variant has been deleted. */
  readonly purchasable: boolean;
}
