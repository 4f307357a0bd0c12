import { Injectable } from '@nestjs/common';
import { InventoryFacade } from '../../inventory/index.js';
import type { SignedIn } from '../../platform/access/index.js';
import { AuditLog } from '../../platform/audit-log/index.js';
import { Db, type Tx } from '../../platform/database/index.js';
import { NotFoundError } from '../../platform/errors/index.js';
import { requireVersion, type ExpectedVersions } from '../../platform/http/index.js';
import { isUuid } from '../../platform/ids/index.js';
import { CatalogNews } from '../../platform/reads/index.js';
import { Clock } from '../../platform/time/index.js';
import type { DetailRow } from '../data/product-detail.sql.js';
import { ProductReadsRepository } from '../data/product-reads.repository.js';
import { ProductsRepository, type LockedProduct } from '../data/products.repository.js';
import { VariantsRepository, type VariantRow } from '../data/variants.repository.js';
import { optionsWithVariant, requireNewCombination, variantTitle } from '../domain/product-options.js';
import type { VariantChange } from './product-inputs.js';

/** Changes and deletes variants. The version that counts is the product's. */
@Injectable()
export class ChangeVariantsService {
  constructor(
    private readonly db: Db,
    private readonly products: ProductsRepository,
    private readonly variants: VariantsRepository,
    private readonly reads: ProductReadsRepository,
    private readonly inventory: InventoryFacade,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
    private readonly news: CatalogNews,
  ) {}

  /**
   * @returns the whole product
   * @throws NotFoundError, StaleVersionError, OptionsInvalidError (422), OptionsTakenError, SkuTakenError (409)
   */
  async change(actor: SignedIn, id: string, change: VariantChange, expected: ExpectedVersions): Promise<DetailRow> {
    return this.withVariant(id, expected, async (tx, product, variant, others) => {
      if (Object.keys(change).length === 0) return;
      const before = await this.variants.describe(tx, variant.id);
      const { tracked, backorder, ...fields } = change;
      const options = fields.options ? optionsWithVariant(product.options, fields.options) : product.options;
      if (fields.options) requireNewCombination(fields.options, others);
      if (fields.sku !== undefined) await this.variants.requireFreeSkus(tx, [fields.sku], variant.id);
      const title = fields.options && { title: variantTitle(options, fields.options) };
      const now = this.clock.now();
      await this.variants.update(tx, variant.id, { ...fields, ...title }, now);
      if (tracked !== undefined || backorder !== undefined || fields.sku !== undefined)
        await this.inventory.changeItems(tx, [
          {
            variantId: variant.id,
            ...(tracked !== undefined && { tracked }),
            ...(backorder !== undefined && { backorder }),
            ...(fields.sku !== undefined && { sku: fields.sku }),
          },
        ]);
      await this.products.save(tx, product.id, fields.options ? { options } : {}, now);
      const stock = { ...(tracked !== undefined && { tracked }), ...(backorder !== undefined && { backorder }) };
      await this.audit.recordChange(tx, actor, {
        action: 'catalog.variant_changed',
        subject: { type: 'variant', id: variant.id },
        before,
        after: { ...(await this.variants.describe(tx, variant.id)), ...stock },
      });
    });
  }

  /** @returns the whole product. @throws NotFoundError, StaleVersionError */
  async delete(actor: SignedIn, id: string, expected: ExpectedVersions): Promise<DetailRow> {
    return this.withVariant(id, expected, async (tx, product, variant) => {
      const now = this.clock.now();
      await this.audit.record(tx, actor, {
        action: 'catalog.variant_deleted',
        subject: { type: 'variant', id: variant.id },
        before: { productId: product.id, ...(await this.variants.describe(tx, variant.id)) },
      });
      await this.variants.markDeleted(tx, { id: variant.id }, now);
      await this.products.save(tx, product.id, {}, now);
    });
  }

  private async withVariant(
    id: string,
    expected: ExpectedVersions,
    work: (tx: Tx, product: LockedProduct, variant: VariantRow, others: VariantRow[]) => Promise<void>,
  ): Promise<DetailRow> {
    return this.db.transaction(async (tx) => {
      const product = isUuid(id) ? await this.products.lockByVariant(tx, id) : undefined;
      if (!product) throw new NotFoundError('variant');
      const present = await this.variants.findLive(tx, product.id);
      // Read under the lock: while it was waited for, the variant may have been deleted.
      const variant = present.find((row) => row.id === id.toLowerCase());
      if (!variant) throw new NotFoundError('variant');
      requireVersion(expected, product.version);
      const others = present.filter((row) => row !== variant);
      this.news.catalogChanges(tx);
      await work(tx, product, variant, others);
      return this.reads.readDetail(tx, product.id);
    });
  }
}
