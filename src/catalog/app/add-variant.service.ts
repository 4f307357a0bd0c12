import { Injectable } from '@nestjs/common';
import type { SignedIn } from '../../platform/access/index.js';
import { AuditLog } from '../../platform/audit-log/index.js';
import { NotFoundError } from '../../platform/errors/index.js';
import { requireVersion, type ExpectedVersions } from '../../platform/http/index.js';
import { IdempotencyStore, type KeptAnswer, type KeyUse } from '../../platform/idempotency/index.js';
import { CatalogNews } from '../../platform/reads/index.js';
import { Clock } from '../../platform/time/index.js';
import { ProductReadsRepository } from '../data/product-reads.repository.js';
import { ProductsRepository } from '../data/products.repository.js';
import { VariantsRepository } from '../data/variants.repository.js';
import { TooManyVariantsError } from '../domain/catalog.errors.js';
import { MAX } from '../domain/limits.js';
import { optionsWithVariant, requireNewCombination } from '../domain/product-options.js';
import type { NewVariantInput } from './product-inputs.js';
import { VariantAdder } from './variant-adder.js';

/** Adds a variant, with its stock, to a product that is there. */
@Injectable()
export class AddVariantService {
  constructor(
    private readonly products: ProductsRepository,
    private readonly variants: VariantsRepository,
    private readonly reads: ProductReadsRepository,
    private readonly adder: VariantAdder,
    private readonly audit: AuditLog,
    private readonly idempotency: IdempotencyStore,
    private readonly clock: Clock,
    private readonly news: CatalogNews,
  ) {}

  /**
   * @returns 201 with the whole product
   * @throws NotFoundError, StaleVersionError, OptionsInvalidError (422), OptionsTakenError, SkuTakenError, TooManyVariantsError (409)
   */
  async add(
    idOrSlug: string,
    input: NewVariantInput,
    context: { readonly actor: SignedIn; readonly expected: ExpectedVersions; readonly use: KeyUse | undefined },
  ): Promise<KeptAnswer> {
    return this.idempotency.run(context.use, async (tx) => {
      const product = await this.products.lockByIdOrSlug(tx, idOrSlug);
      if (!product) throw new NotFoundError('product');
      requireVersion(context.expected, product.version);
      const present = await this.variants.findLive(tx, product.id);
      if (present.length >= MAX.variantsOfProduct) throw new TooManyVariantsError(MAX.variantsOfProduct);
      const options = optionsWithVariant(product.options, input.options);
      requireNewCombination(input.options, present);
      const firstPosition = Math.max(-1, ...present.map(({ position }) => position)) + 1;
      const actorId = context.actor.userId;
      this.news.catalogChanges(tx);
      const [id] = await this.adder.add(tx, { id: product.id, options }, [input], { firstPosition, actorId });
      await this.products.save(tx, product.id, { options }, this.clock.now());
      if (id !== undefined)
        await this.audit.record(tx, context.actor, {
          action: 'catalog.variant_added',
          subject: { type: 'variant', id },
          after: { productId: product.id, ...(await this.variants.describe(tx, id)) },
        });
      const { json } = await this.reads.readDetail(tx, product.id);
      return { status: 201, body: json, headers: {} };
    });
  }
}
