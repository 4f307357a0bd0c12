import { Injectable } from '@nestjs/common';
import { CatalogFacade, type VariantForSale } from '../../catalog/index.js';
import { InventoryFacade } from '../../inventory/index.js';
import type { Reader } from '../../platform/database/index.js';
import type { VariantId } from '../../platform/ids/index.js';
import { PricingFacade, type PricingInput } from '../../pricing/index.js';
import type { CartLineRow, CartRow } from '../data/cart.repository.js';
import type { CartLineView, CartView } from './cart-view.js';

export type ShippingChoice = Pick<PricingInput, 'shippingMethod' | 'destination'>;

/** Prices a cart anew: nothing about a price is kept in it. */
@Injectable()
export class PriceCartService {
  constructor(
    private readonly catalog: CatalogFacade,
    private readonly inventory: InventoryFacade,
    private readonly pricing: PricingFacade,
  ) {}

  /**
   * @param known the lines' variants, where the caller has read them just now
   * @throws `pricing.total_too_large`, `pricing.unknown_shipping_method` (422)
   */
  async view(
    reader: Reader,
    cart: CartRow,
    rows: readonly CartLineRow[],
    choice: ShippingChoice = { shippingMethod: null },
    known?: ReadonlyMap<VariantId, VariantForSale>,
  ): Promise<CartView> {
    const ids = rows.map(({ variantId }) => variantId as VariantId);
    const variants = known ?? (await this.catalog.variantsById(reader, ids));
    const stock = await this.inventory.availability(reader, ids);
    const lines: CartLineView[] = [];
    for (const row of rows) {
      const variant = variants.get(row.variantId as VariantId);
      // The foreign key keeps variants; without this the compiler could not know.
      if (!variant) continue;
      const level = stock.get(row.variantId);
      const available = variant.purchasable ? (level ? level.available : 0) : 0;
      lines.push({ ...row, variant, available });
    }
    return { cart, lines, totals: this.pricing.price({ lines: lines.map(pricingLine), ...choice }) };
  }

  shippingMethods(view: Pick<CartView, 'lines'>) {
    return this.pricing.shippingMethods({ lines: view.lines.map(pricingLine) });
  }
}

function pricingLine({ variant, quantity }: CartLineView) {
  return { id: variant.id, unitPrice: variant.price, quantity, taxable: variant.taxable };
}
