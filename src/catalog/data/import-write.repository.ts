import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/index.js';
import type {
  CategoryLink,
  ChangedVariantRow,
  ImageRow,
  ImportWrites,
  NewProductRow,
  ProductRow,
  VariantRow,
} from '../domain/shopify/import-writes.js';
import { slugify } from '../domain/slug.js';
import { freeSlugs } from './free-slugs.js';

/**
 * Writes what a batch of an import changes, a statement for each table and kind of change, whatever the number of products. The products
 * that there are must be locked. Unique violations (a SKU, a slug, a handle) end the transaction: someone else was faster.
 */
@Injectable()
export class ImportWriteRepository {
  /** All but the stock. Variants give their SKUs and options free before others take them. */
  async write(tx: Tx, writes: ImportWrites, now: Date): Promise<void> {
    await this.insertProducts(tx, writes.newProducts, now);
    await this.updateProducts(tx, writes.changedProducts, now);
    await this.updateVariants(tx, writes.changedVariants, now);
    await this.remember(tx, writes.remembered);
    await this.insertVariants(tx, writes.newVariants, now);
    await this.replaceImages(tx, writes.imagesOf, writes.images);
    await this.relink(tx, writes.linksAdded, writes.linksRemoved);
  }

  private async insertProducts(tx: Tx, products: readonly NewProductRow[], now: Date): Promise<void> {
    if (products.length === 0) return;
    const slugs = await freeSlugs(
      tx,
      'product',
      products.map(({ handle }) => slugify(handle)),
    );
    const rows = products.map((product, index) => ({ ...product, slug: slugs[index] }));
    await tx.$executeRaw`
      insert into product (id, slug, handle, title, description, vendor, product_type, tags, skus, options, status, price, compare_at_price,
        image, in_stock, extra, created_at, updated_at)
      select id, slug, handle, title, description, vendor, type, tags, skus, options, status, price, "compareAtPrice", image, "inStock", extra,
        ${now}, ${now}
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as p (id uuid, slug text, handle text, title text, description text,
        vendor text, type text, tags text[], skus text[], options jsonb, status product_status, price bigint, "compareAtPrice" bigint,
        image text, "inStock" boolean, extra jsonb)`;
  }

  private async updateProducts(tx: Tx, products: readonly ProductRow[], now: Date): Promise<void> {
    if (products.length === 0) return;
    await tx.$executeRaw`
      update product p
      set handle = c.handle, title = c.title, description = c.description, vendor = c.vendor, product_type = c.type, tags = c.tags,
        skus = c.skus, options = c.options, status = c.status, price = c.price, compare_at_price = c."compareAtPrice", image = c.image,
        extra = c.extra, version = p.version + 1, updated_at = ${now}
      from jsonb_to_recordset(${JSON.stringify(products)}::jsonb) as c (id uuid, handle text, title text, description text, vendor text,
        type text, tags text[], skus text[], options jsonb, status product_status, price bigint, "compareAtPrice" bigint, image text,
        extra jsonb)
      where p.id = c.id`;
  }

  private async insertVariants(tx: Tx, variants: readonly VariantRow[], now: Date): Promise<void> {
    if (variants.length === 0) return;
    await tx.$executeRaw`
      insert into variant (id, product_id, sku, title, options, price, compare_at_price, weight_grams, barcode, image, taxable,
        requires_shipping, position, imported_quantity, extra, created_at, updated_at)
      select id, "productId", sku, title, options, price, "compareAtPrice", "weightGrams", barcode, image, taxable, "requiresShipping",
        position, "importedQuantity", extra, ${now}, ${now}
      from jsonb_to_recordset(${JSON.stringify(variants)}::jsonb) as v (id uuid, "productId" uuid, sku text, title text, options jsonb,
        price bigint, "compareAtPrice" bigint, "weightGrams" int, barcode text, image text, taxable boolean, "requiresShipping" boolean,
        position int, "importedQuantity" int, extra jsonb)`;
  }

  private async updateVariants(tx: Tx, variants: readonly ChangedVariantRow[], now: Date): Promise<void> {
    if (variants.length === 0) return;
    const trading = variants.filter(({ trades }) => trades).map(({ id }) => id);
    if (trading.length > 0) {
      // No option has an empty name, so nothing is in the way of these.
      await tx.$executeRaw`
        update variant set sku = null, options = jsonb_build_object('', id) where id = any(${trading}::uuid[])`;
    }
    await tx.$executeRaw`
      update variant v
      set sku = c.sku, title = c.title, options = c.options, price = c.price, compare_at_price = c."compareAtPrice",
        weight_grams = c."weightGrams", barcode = c.barcode, image = c.image, taxable = c.taxable,
        requires_shipping = c."requiresShipping", imported_quantity = c."importedQuantity", extra = c.extra, updated_at = ${now}
      from jsonb_to_recordset(${JSON.stringify(variants)}::jsonb) as c (id uuid, sku text, title text, options jsonb, price bigint,
        "compareAtPrice" bigint, "weightGrams" int, barcode text, image text, taxable boolean, "requiresShipping" boolean,
        "importedQuantity" int, extra jsonb)
      where v.id = c.id`;
  }

  private async remember(tx: Tx, variants: ImportWrites['remembered']): Promise<void> {
    if (variants.length === 0) return;
    await tx.$executeRaw`
      update variant v set imported_quantity = c."importedQuantity"
      from jsonb_to_recordset(${JSON.stringify(variants)}::jsonb) as c (id uuid, "importedQuantity" int) where v.id = c.id`;
  }

  private async replaceImages(tx: Tx, productIds: readonly string[], images: readonly ImageRow[]): Promise<void> {
    if (productIds.length > 0) await tx.productImage.deleteMany({ where: { productId: { in: [...productIds] } } });
    if (images.length === 0) return;
    await tx.$executeRaw`
      insert into product_image (id, product_id, position, url, alt)
      select id, "productId", position, url, alt from jsonb_to_recordset(${JSON.stringify(images)}::jsonb)
        as i (id uuid, "productId" uuid, position int, url text, alt text)`;
  }

  /** Passes over a category that has gone in the meantime. */
  private async relink(tx: Tx, added: readonly CategoryLink[], removed: readonly CategoryLink[]): Promise<void> {
    if (removed.length > 0) {
      await tx.$executeRaw`
        delete from product_category pc
        using jsonb_to_recordset(${JSON.stringify(removed)}::jsonb) as l ("productId" uuid, "categoryId" uuid)
        where pc.product_id = l."productId" and pc.category_id = l."categoryId"`;
    }
    if (added.length === 0) return;
    await tx.$executeRaw`
      insert into product_category (product_id, category_id)
      select l."productId", c.id
      from jsonb_to_recordset(${JSON.stringify(added)}::jsonb) as l ("productId" uuid, "categoryId" uuid)
      join category c on c.id = l."categoryId" for key share of c
      on conflict do nothing`;
  }
}
