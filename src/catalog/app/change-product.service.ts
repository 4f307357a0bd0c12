import { Injectable } from '@nestjs/common';
import type { SignedIn } from '../../platform/access/index.js';
import { AuditLog } from '../../platform/audit-log/index.js';
import { Db, type Tx } from '../../platform/database/index.js';
import { NotFoundError } from '../../platform/errors/index.js';
import { requireVersion, type ExpectedVersions } from '../../platform/http/index.js';
import { type ProductId } from '../../platform/ids/index.js';
import { CatalogNews } from '../../platform/reads/index.js';
import { Clock } from '../../platform/time/index.js';
import { CategoriesRepository } from '../data/categories.repository.js';
import type { DetailRow } from '../data/product-detail.sql.js';
import { ProductReadsRepository } from '../data/product-reads.repository.js';
import { ProductsRepository, type LockedProduct } from '../data/products.repository.js';
import { VariantsRepository } from '../data/variants.repository.js';
import { sanitizeHtml } from '../domain/html.js';
import { changeOptions, variantTitle, type OptionInput, type ProductOption } from '../domain/product-options.js';
import { requireUsableSlug } from '../domain/slug-rules.js';
import { categoriesBySlug } from './category-slugs.js';
import type { ProductChange } from './product-inputs.js';

/** Changes and deletes products. The product's row is locked first, so that changes of one product come one after the other. */
@Injectable()
export class ChangeProductService {
  constructor(
    private readonly db: Db,
    private readonly products: ProductsRepository,
    private readonly variants: VariantsRepository,
    private readonly reads: ProductReadsRepository,
    private readonly categories: CategoriesRepository,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
    private readonly news: CatalogNews,
  ) {}

  /**
   * @returns the whole product
   * @throws NotFoundError, StaleVersionError, CategoryUnknownError, OptionsInvalidError, SlugReservedError (422), OptionsInUseError,
   *   SlugTakenError (409)
   */
  async change(
    actor: SignedIn,
    idOrSlug: string,
    change: ProductChange,
    expected: ExpectedVersions,
  ): Promise<DetailRow> {
    return this.db.transaction(async (tx) => {
      const product = await this.lock(tx, idOrSlug, expected);
      if (Object.keys(change).length > 0) await this.changeAndTell(tx, actor, product.id, change);
      return this.reads.readDetail(tx, product.id);
    });
  }

  /** Carts and orders that name the product go on working. @throws NotFoundError, StaleVersionError */
  async delete(actor: SignedIn, idOrSlug: string, expected: ExpectedVersions): Promise<void> {
    await this.db.transaction(async (tx) => {
      const product = await this.lock(tx, idOrSlug, expected);
      const subject = { type: 'product', id: product.id };
      const before = await this.products.describe(tx, product.id);
      await this.audit.record(tx, actor, { action: 'catalog.product_deleted', subject, before });
      this.news.catalogChanges(tx);
      const now = this.clock.now();
      await this.variants.markDeleted(tx, { productId: product.id }, now);
      await this.products.markDeleted(tx, product.id, now);
    });
  }

  private async lock(tx: Tx, idOrSlug: string, expected: ExpectedVersions): Promise<LockedProduct> {
    const product = await this.products.lockByIdOrSlug(tx, idOrSlug);
    if (!product) throw new NotFoundError('product');
    requireVersion(expected, product.version);
    return product;
  }

  private async changeAndTell(tx: Tx, actor: SignedIn, id: ProductId, change: ProductChange): Promise<void> {
    const before = await this.products.describe(tx, id);
    this.news.catalogChanges(tx);
    await this.write(tx, id, change);
    const after = await this.products.describe(tx, id);
    await this.audit.recordChange(tx, actor, {
      action: 'catalog.product_changed',
      subject: { type: 'product', id },
      before,
      after,
    });
  }

  private async write(tx: Tx, id: ProductId, change: ProductChange): Promise<void> {
    const { categories, images, options, description, slug, ...fields } = change;
    if (categories)
      await this.products.replaceCategories(tx, id, await categoriesBySlug(this.categories, tx, categories));
    if (images) await this.products.replaceImages(tx, id, images);
    await this.products.save(
      tx,
      id,
      {
        ...fields,
        ...(slug !== undefined && { slug: requireUsableSlug(slug) }),
        ...(description !== undefined && { description: sanitizeHtml(description) }),
        ...(options && { options: await this.changeOptions(tx, id, options) }),
      },
      this.clock.now(),
    );
  }

  private async changeOptions(tx: Tx, id: ProductId, wanted: readonly OptionInput[]): Promise<ProductOption[]> {
    const { options, variants } = changeOptions(wanted, await this.variants.findLive(tx, id));
    const titled = variants.map((variant) => ({ ...variant, title: variantTitle(options, variant.options) }));
    if (titled.length > 0) await this.variants.replaceOptions(tx, titled, this.clock.now());
    return options;
  }
}
