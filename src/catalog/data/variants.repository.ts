import { Injectable } from '@nestjs/common';
import { uniqueViolation, type Tx } from '../../platform/database/index.js';
import type { ProductId, VariantId } from '../../platform/ids/index.js';
import { OptionsTakenError, SkuTakenError } from '../domain/catalog.errors.js';
import type { OptionValues } from '../domain/product-options.js';

/** What can be said of a variant but for its stock; amounts in minor units. */
export interface VariantFields {
  readonly sku: string;
  readonly title: string;
  readonly options: OptionValues;
  readonly price: bigint;
  readonly compareAtPrice: bigint | null;
  readonly weightGrams: number | null;
  readonly barcode: string | null;
  readonly image: string | null;
  readonly taxable: boolean;
  readonly requiresShipping: boolean;
}

export interface NewVariantRow extends VariantFields {
  readonly id: VariantId;
  readonly position: number;
}

export interface VariantRow {
  readonly id: VariantId;
  readonly sku: string | null;
  readonly options: OptionValues;
  readonly position: number;
}

/** Variants. The product's row must be locked for every change. */
@Injectable()
export class VariantsRepository {
  /** The variants of a product that are not deleted, in their order. */
  async findLive(tx: Tx, productId: ProductId): Promise<VariantRow[]> {
    const rows = await tx.variant.findMany({
      where: { productId, deletedAt: null },
      select: { id: true, sku: true, options: true, position: true },
      orderBy: [{ position: 'asc' }, { id: 'asc' }],
    });
    return rows.map((row) => ({ ...row, id: row.id as VariantId, options: row.options as OptionValues }));
  }

  /** What the audit log says of it; amounts in minor units. */
  async describe(tx: Tx, id: VariantId): Promise<Record<string, unknown>> {
    const { options, ...fields } = await tx.variant.findUniqueOrThrow({
      where: { id },
      select: {
        sku: true,
        title: true,
        options: true,
        price: true,
        compareAtPrice: true,
        weightGrams: true,
        barcode: true,
        image: true,
        taxable: true,
        requiresShipping: true,
      },
    });
    return {
      ...fields,
      options: Object.entries(options as OptionValues).map(([option, value]) => ({ option, value })),
    };
  }

  /** @throws SkuTakenError naming those of the SKUs that other variants have. */
  async requireFreeSkus(tx: Tx, skus: readonly string[], except?: VariantId): Promise<void> {
    const taken = await tx.variant.findMany({
      where: { sku: { in: [...skus] }, ...(except && { id: { not: except } }) },
      select: { sku: true },
    });
    if (taken.length > 0) throw new SkuTakenError(taken.flatMap(({ sku }) => sku ?? []));
  }

  /** @throws SkuTakenError, OptionsTakenError when another transaction was first. */
  async insertMany(tx: Tx, productId: ProductId, variants: readonly NewVariantRow[], now: Date): Promise<void> {
    const data = variants.map((variant) => ({ ...variant, productId, createdAt: now, updatedAt: now }));
    await this.translating(
      variants.map(({ sku }) => sku),
      () => tx.variant.createMany({ data }),
    );
  }

  /** @throws SkuTakenError, OptionsTakenError */
  async update(tx: Tx, id: VariantId, fields: Partial<VariantFields>, now: Date): Promise<void> {
    await this.translating(fields.sku === undefined ? [] : [fields.sku], () =>
      tx.variant.update({ where: { id }, data: { ...fields, updatedAt: now }, select: { id: true } }),
    );
  }

  /** Gives several variants other options, in one statement. */
  async replaceOptions(
    tx: Tx,
    changes: readonly { id: string; options: OptionValues; title: string }[],
    now: Date,
  ): Promise<void> {
    await tx.$executeRaw`
      update variant v set options = c.options, title = c.title, updated_at = ${now}
      from jsonb_to_recordset(${JSON.stringify(changes)}::jsonb) c(id uuid, options jsonb, title text) where v.id = c.id`;
  }

  /** Marks variants as deleted and gives their SKUs free. Carts and orders go on naming them. */
  async markDeleted(tx: Tx, where: { id: VariantId } | { productId: ProductId }, now: Date): Promise<void> {
    await tx.variant.updateMany({
      where: { ...where, deletedAt: null },
      data: { deletedAt: now, updatedAt: now, sku: null },
    });
  }

  private async translating<T>(skus: readonly string[], write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } catch (error) {
      const violated = uniqueViolation(error);
      if (violated?.includes('sku')) throw new SkuTakenError(skus);
      if (violated) throw new OptionsTakenError();
      throw error;
    }
  }
}
