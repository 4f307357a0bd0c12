import type { Reader } from '../../platform/database/index.js';
import type { VariantId } from '../../platform/ids/index.js';
import type { VariantForSale } from '../domain/variant-for-sale.js';

/**
 * One row a variant, the columns named as `VariantForSale` has them. The view `variant_for_sale` is part of catalogue's face:
 * other modules may join it in SQL of their own.
 */
export async function findVariantsForSale(reader: Reader, ids: readonly VariantId[]): Promise<VariantForSale[]> {
  return reader.$queryRaw<VariantForSale[]>`
    select id, product_id as "productId", product_slug as "productSlug", product_title as "productTitle", sku, title, image, price,
      taxable, requires_shipping as "requiresShipping", purchasable
    from variant_for_sale where id = any(${[...ids]}::uuid[])`;
}
