import type { Tx } from '../../../platform/database/index.js';
import type { DemoRows } from '../demo-rows.js';

/**
 * The products and their variants in one statement each. Measured at a first start: Prisma takes 0.4 s to write the two statements
 * for so many rows and columns, which is most of what the demonstration catalogue costs.
 */
export async function insertProducts(tx: Tx, { products }: DemoRows, now: Date): Promise<void> {
  await tx.$executeRaw`
    insert into product (id, slug, title, description, vendor, product_type, tags, skus, options, status, price, compare_at_price,
      image, created_at, updated_at)
    select id, slug, title, description, vendor, '', tags, skus, options, status, price, "compareAtPrice", image, "createdAt", ${now}
    from jsonb_to_recordset(${json(products.map(({ product }) => product))}::jsonb) as rows (id uuid, slug text, title text,
      description text, vendor text, tags text[], skus text[], options jsonb, status product_status, price bigint,
      "compareAtPrice" bigint, image text, "createdAt" timestamptz)`;
  const variants = products.flatMap(({ product: { id: productId, createdAt }, variants: rows }) =>
    rows.map((row) => ({ ...row, productId, createdAt })),
  );
  await tx.$executeRaw`
    insert into variant (id, product_id, sku, title, options, price, compare_at_price, weight_grams, image, requires_shipping, position,
      created_at, updated_at)
    select id, "productId", sku, title, options, price, "compareAtPrice", "weightGrams", image, "requiresShipping", position,
      "createdAt", ${now}
    from jsonb_to_recordset(${json(variants)}::jsonb) as rows (id uuid, "productId" uuid, sku text, title text, options jsonb,
      price bigint, "compareAtPrice" bigint, "weightGrams" int, image text, "requiresShipping" boolean, position int,
      "createdAt" timestamptz)`;
}

/** Amounts go as text, which PostgreSQL reads as exactly as the numbers. */
function json(rows: readonly object[]): string {
  return JSON.stringify(rows, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}
