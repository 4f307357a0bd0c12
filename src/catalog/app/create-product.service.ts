import { Injectable } from '@nestjs/common';
import type { SignedIn } from '../../platform/access/index.js';
import { AuditLog } from '../../platform/audit-log/index.js';
import type { Tx } from '../../platform/database/index.js';
import { IdempotencyStore, type KeptAnswer, type KeyUse } from '../../platform/idempotency/index.js';
import type { ProductId } from '../../platform/ids/index.js';
import { CatalogNews } from '../../platform/reads/index.js';
import { Clock } from '../../platform/time/index.js';
import { CategoriesRepository } from '../data/categories.repository.js';
import { ProductReadsRepository } from '../data/product-reads.repository.js';
import { ProductsRepository } from '../data/products.repository.js';
import { sanitizeHtml } from '../domain/html.js';
import { optionsOfNewProduct } from '../domain/product-options.js';
import { requireUsableSlug } from '../domain/slug-rules.js';
import { slugify } from '../domain/slug.js';
import { categoriesBySlug } from './category-slugs.js';
import type { NewProductInput } from './product-inputs.js';
import { VariantAdder } from './variant-adder.js';

/** Makes a product with its variants, images and stock. */
@Injectable()
export class CreateProductService {
  constructor(
    private readonly products: ProductsRepository,
    private readonly reads: ProductReadsRepository,
    private readonly categories: CategoriesRepository,
    private readonly variants: VariantAdder,
    private readonly audit: AuditLog,
    private readonly idempotency: IdempotencyStore,
    private readonly clock: Clock,
    private readonly news: CatalogNews,
  ) {}

  /**
   * @returns 201 with the whole product
   * @throws OptionsInvalidError, CategoryUnknownError, SlugReservedError, SkuRepeatedError (422), SlugTakenError, SkuTakenError (409)
   */
  async create(input: NewProductInput, actor: SignedIn, use: KeyUse | undefined): Promise<KeptAnswer> {
    return this.idempotency.run(use, async (tx) => {
      this.news.catalogChanges(tx);
      const id = await this.write(tx, input, actor);
      await this.audit.record(tx, actor, {
        action: 'catalog.product_created',
        subject: { type: 'product', id },
        after: { ...(await this.products.describe(tx, id)), skus: input.variants.map(({ sku }) => sku) },
      });
      const { json } = await this.reads.readDetail(tx, id);
      return { status: 201, body: json, headers: { location: `/v1/products/${id}` } };
    });
  }

  private async write(tx: Tx, input: NewProductInput, actor: SignedIn): Promise<ProductId> {
    const options = optionsOfNewProduct(
      input.options,
      input.variants.map((variant) => variant.options),
    );
    const categoryIds = await categoriesBySlug(this.categories, tx, input.categories ?? []);
    const now = this.clock.now();
    const id = await this.products.insert(
      tx,
      {
        title: input.title,
        description: sanitizeHtml(input.description ?? ''),
        vendor: input.vendor ?? '',
        tags: input.tags ?? [],
        options,
        status: input.status ?? 'active',
      },
      input.slug === undefined ? { from: slugify(input.title) } : { asked: requireUsableSlug(input.slug) },
      now,
    );
    await this.variants.add(tx, { id, options }, input.variants, { firstPosition: 0, actorId: actor.userId });
    if (input.images && input.images.length > 0) await this.products.replaceImages(tx, id, input.images);
    if (categoryIds.length > 0) await this.products.replaceCategories(tx, id, categoryIds);
    await this.products.saveSummary(tx, id);
    return id;
  }
}
