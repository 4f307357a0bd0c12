import type { OptionInput, OptionValues } from '../domain/product-options.js';
import type { ProductStatus } from '../domain/product-listing.js';
import type { ImageFields } from '../data/products.repository.js';

/** A variant to be made. Amounts are whole minor units of the shop's currency. */
export interface NewVariantInput {
  readonly sku: string;
  readonly price: bigint;
  readonly compareAtPrice: bigint | null;
  readonly options: OptionValues;
  /** Units on hand at the beginning; null where stock is not tracked. */
  readonly stock: number | null;
  readonly backorder: boolean;
  readonly weightGrams: number | null;
  readonly barcode: string | null;
  readonly image: string | null;
  readonly taxable: boolean;
  readonly requiresShipping: boolean;
}

/** What is to change of a variant; what is absent stays. */
export interface VariantChange extends Partial<Omit<NewVariantInput, 'stock'>> {
  readonly tracked?: boolean;
}

/** What is to change of a product; what is absent stays. */
export interface ProductChange {
  readonly title?: string;
  readonly slug?: string;
  /** HTML from outside. */
  readonly description?: string;
  readonly vendor?: string;
  /** Slugs. */
  readonly categories?: readonly string[];
  readonly tags?: readonly string[];
  readonly options?: readonly OptionInput[];
  readonly images?: readonly ImageFields[];
  readonly status?: ProductStatus;
}

export interface NewProductInput extends ProductChange {
  readonly title: string;
  readonly variants: readonly NewVariantInput[];
}
