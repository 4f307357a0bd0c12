import type { SqlReader } from '../../../platform/database/index.js';

const PREFERRED = `
  select v.id from variant_for_sale v join stock_availability s on s.variant_id = v.id
  where v.product_slug = any($1::text[]) and v.purchasable and v.requires_shipping and s.available > 0
  order by s.available desc, v.id limit 1`;
const ANY = `
  select v.id from variant_for_sale v join stock_availability s on s.variant_id = v.id
  where v.purchasable and v.requires_shipping and s.in_stock
  order by v.id limit 1`;

/**
 * The id of a variant that can be bought and sent now: of the products named the one with most stock, else any.
 * Follows the variants' primary key in the second case, and ends at the first that fits.
 */
export async function findVariantToTry(
  reader: SqlReader,
  preferredSlugs: readonly string[],
): Promise<string | undefined> {
  const [preferred] = await reader.sql<{ id: string }>('demo.variant_to_try', PREFERRED, [[...preferredSlugs]]);
  if (preferred) return preferred.id;
  const [other] = await reader.sql<{ id: string }>('demo.any_variant', ANY, []);
  return other?.id;
}
