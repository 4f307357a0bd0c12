import { Injectable } from '@nestjs/common';
import { Prisma, uniqueViolation, type Tx } from '../../platform/database/index.js';
import { isUuid, newId, type CategoryId, type ProductId } from '../../platform/ids/index.js';
import { SlugTakenError } from '../domain/catalog.errors.js';
import type { ProductStatus } from '../domain/product-listing.js';
import type { ProductOption } from '../domain/product-options.js';
import { summarise, type ProductSummary } from '../domain/product-summary.js';
import { insertUnderFreeSlug } from './slugs.js';

/** A product whose row is locked until the transaction ends. */
export interface LockedProduct {
  readonly id: ProductId;
  readonly version: number;
  readonly options: readonly ProductOption[];
}

export interface ProductFields {
  readonly title: string;
  /** Sanitised HTML. */
  readonly description: string;
  readonly vendor: string;
  readonly tags: readonly string[];
  readonly options: readonly ProductOption[];
  readonly status: ProductStatus;
}

export interface ImageFields {
  readonly url: string;
  readonly alt: string;
}

/** Products and what belongs to them alone. Everything here takes part in the caller's transaction. */
@Injectable()
export class ProductsRepository {
  /** Writes the product without price, categories, images and variants. @throws SlugTakenError for a slug that was asked for. */
  async insert(
    tx: Tx,
    fields: ProductFields,
    slug: { asked: string } | { from: string },
    now: Date,
  ): Promise<ProductId> {
    const id = newId<ProductId>();
    const insert = async (candidate: string) => {
      const data = {
        ...fields,
        id,
        slug: candidate,
        productType: '',
        tags: [...fields.tags],
        options: optionsJson(fields.options),
        createdAt: now,
        updatedAt: now,
      };
      // Passes over a slug that is taken, where a plain insert would end the transaction.
      const { count } = await tx.product.createMany({ data: [data], skipDuplicates: true });
      return count === 1;
    };
    if ('from' in slug) await insertUnderFreeSlug(tx, 'product', slug.from, insert);
    else if (!(await insert(slug.asked))) throw new SlugTakenError(slug.asked);
    return id;
  }

  /** What the audit log says of it. */
  async describe(tx: Tx, id: ProductId): Promise<Record<string, unknown>> {
    const { categories, images, ...fields } = await tx.product.findUniqueOrThrow({
      where: { id },
      select: {
        slug: true,
        title: true,
        description: true,
        vendor: true,
        tags: true,
        options: true,
        status: true,
        categories: { select: { categoryId: true }, orderBy: { categoryId: 'asc' } },
        images: { select: { url: true, alt: true }, orderBy: { position: 'asc' } },
      },
    });
    // An option is called as the shop calls it: it is no person's name.
    const options = (fields.options as unknown as ProductOption[]).map(({ name, values }) => ({
      option: name,
      values,
    }));
    return { ...fields, options, categoryIds: categories.map(({ categoryId }) => categoryId), images };
  }

  /** Locks the product at an address. Whoever changes a product, its variants included, holds this lock. */
  async lockByIdOrSlug(tx: Tx, idOrSlug: string): Promise<LockedProduct | undefined> {
    const address = isUuid(idOrSlug) ? Prisma.sql`id = ${idOrSlug}::uuid` : Prisma.sql`slug = ${idOrSlug}`;
    const [row] = await tx.$queryRaw<LockedProduct[]>`
      select id, version, options from product where ${address} and deleted_at is null for no key update`;
    return row;
  }

  /** Locks the product of a variant that is there. */
  async lockByVariant(tx: Tx, variantId: string): Promise<LockedProduct | undefined> {
    const [row] = await tx.$queryRaw<LockedProduct[]>`
      select p.id, p.version, p.options from product p join variant v on v.product_id = p.id
      where v.id = ${variantId}::uuid and v.deleted_at is null and p.deleted_at is null for no key update of p`;
    return row;
  }

  /**
   * Writes the change, and with it a new version and what the product repeats of its variants and images, which the caller has
   * changed before.
   * @throws SlugTakenError
   */
  async save(tx: Tx, id: ProductId, fields: Partial<ProductFields> & { slug?: string }, now: Date): Promise<void> {
    const { tags, options, ...others } = fields;
    const data = {
      ...others,
      ...(tags && { tags: [...tags] }),
      ...(options && { options: optionsJson(options) }),
      ...(await this.summary(tx, id)),
      version: { increment: 1 },
      updatedAt: now,
    };
    try {
      await tx.product.update({ where: { id }, data, select: { id: true } });
    } catch (error) {
      if (fields.slug !== undefined && uniqueViolation(error)) throw new SlugTakenError(fields.slug);
      throw error;
    }
  }

  /** Writes what a new product repeats of its variants and images. */
  async saveSummary(tx: Tx, id: ProductId): Promise<void> {
    await tx.product.update({ where: { id }, data: await this.summary(tx, id), select: { id: true } });
  }

  private async summary(tx: Tx, id: ProductId): Promise<ProductSummary> {
    const variants = await tx.variant.findMany({
      where: { productId: id, deletedAt: null },
      select: { price: true, compareAtPrice: true, sku: true, image: true },
      orderBy: [{ position: 'asc' }, { id: 'asc' }],
    });
    const first = await tx.productImage.findFirst({
      where: { productId: id },
      select: { url: true },
      orderBy: [{ position: 'asc' }, { id: 'asc' }],
    });
    return summarise(variants, first?.url ?? null);
  }

  /** The product is gone for everyone but those who name it by id: carts and orders. Its slug and handle are free again. */
  async markDeleted(tx: Tx, id: ProductId, now: Date): Promise<void> {
    await tx.product.update({
      where: { id },
      data: { deletedAt: now, updatedAt: now, slug: id, handle: null, skus: [], version: { increment: 1 } },
      select: { id: true },
    });
    await tx.productCategory.deleteMany({ where: { productId: id } });
  }

  async replaceImages(tx: Tx, id: ProductId, images: readonly ImageFields[]): Promise<void> {
    await tx.productImage.deleteMany({ where: { productId: id } });
    await tx.productImage.createMany({
      data: images.map((image, position) => ({ ...image, id: newId(), productId: id, position })),
    });
  }

  async replaceCategories(tx: Tx, id: ProductId, categoryIds: readonly CategoryId[]): Promise<void> {
    await tx.productCategory.deleteMany({ where: { productId: id } });
    await tx.productCategory.createMany({ data: categoryIds.map((categoryId) => ({ productId: id, categoryId })) });
  }
}

/** JSON that Prisma may write. */
function optionsJson(options: readonly ProductOption[]) {
  return options.map(({ name, values }) => ({ name, values: [...values] }));
}
