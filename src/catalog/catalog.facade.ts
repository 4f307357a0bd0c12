import { Injectable } from '@nestjs/common';
import type { Reader } from '../platform/database/index.js';
import type { VariantId } from '../platform/ids/index.js';
import { findVariantsForSale } from './data/variants-for-sale.sql.js';
import type { VariantForSale } from './domain/variant-for-sale.js';

/** What other modules may ask of the catalogue. */
@Injectable()
export class CatalogFacade {
  /**
   * The variants as they are now, deleted and unsold ones too (`purchasable` is false), in one query. Ids that name no variant
   * are missing from the map. Needs no transaction and takes part in one that it is given.
   */
  async variantsById(reader: Reader, ids: readonly VariantId[]): Promise<Map<VariantId, VariantForSale>> {
    if (ids.length === 0) return new Map();
    const variants = await findVariantsForSale(reader, ids);
    return new Map(variants.map((variant) => [variant.id, variant]));
  }
}
