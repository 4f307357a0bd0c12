import { Injectable } from '@nestjs/common';
import { InventoryFacade } from '../../inventory/index.js';
import type { Tx } from '../../platform/database/index.js';
import { newId, type ProductId, type UserId, type VariantId } from '../../platform/ids/index.js';
import { Clock } from '../../platform/time/index.js';
import { VariantsRepository } from '../data/variants.repository.js';
import { SkuRepeatedError } from '../domain/catalog.errors.js';
import { variantTitle, type ProductOption } from '../domain/product-options.js';
import type { NewVariantInput } from './product-inputs.js';

/** Makes variants together with their stock. */
@Injectable()
export class VariantAdder {
  constructor(
    private readonly variants: VariantsRepository,
    private readonly inventory: InventoryFacade,
    private readonly clock: Clock,
  ) {}

  /**
   * Adds variants, whose options fit, behind those that a product has. The product's row must be locked, and saved afterwards.
   * @returns their ids, in the order of the inputs
   * @throws SkuRepeatedError, SkuTakenError, OptionsTakenError
   */
  async add(
    tx: Tx,
    product: { readonly id: ProductId; readonly options: readonly ProductOption[] },
    inputs: readonly NewVariantInput[],
    options: { readonly firstPosition: number; readonly actorId: UserId },
  ): Promise<VariantId[]> {
    if (inputs.length === 0) return [];
    requireDifferentSkus(inputs);
    await this.variants.requireFreeSkus(
      tx,
      inputs.map(({ sku }) => sku),
    );
    const made = inputs.map((input, index) => ({
      input,
      id: newId<VariantId>(),
      position: options.firstPosition + index,
    }));
    const rows = made.map(({ input: { stock: _stock, backorder: _backorder, ...fields }, id, position }) => ({
      ...fields,
      id,
      position,
      title: variantTitle(product.options, fields.options),
    }));
    await this.variants.insertMany(tx, product.id, rows, this.clock.now());
    const items = made.map(({ input: { sku, stock, backorder }, id }) => ({
      variantId: id,
      sku,
      tracked: stock !== null,
      backorder,
      onHand: stock ?? 0,
    }));
    await this.inventory.createItems(tx, items, { kind: 'initial', actorId: options.actorId });
    return made.map(({ id }) => id);
  }
}

function requireDifferentSkus(inputs: readonly NewVariantInput[]): void {
  const seen = new Set<string>();
  inputs.forEach(({ sku }, index) => {
    if (seen.has(sku)) throw new SkuRepeatedError(`/variants/${index}/sku`);
    seen.add(sku);
  });
}
