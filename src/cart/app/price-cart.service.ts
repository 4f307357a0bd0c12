import { Injectable } from '@nestjs/common';
import { PricingFacade, type PricingInput } from '../../pricing/index.js';
import type { CartRow, OfferedLine } from '../data/cart-rows.js';
import type { CartView } from './cart-view.js';

export type ShippingChoice = Pick<PricingInput, 'shippingMethod' | 'destination'>;

/** Prices a cart anew: nothing about a price is kept in it. */
@Injectable()
export class PriceCartService {
  constructor(private readonly pricing: PricingFacade) {}

  /** @throws `pricing.total_too_large`, `pricing.unknown_shipping_method` (422) */
  view(cart: CartRow, lines: readonly OfferedLine[], choice: ShippingChoice = { shippingMethod: null }): CartView {
    return { cart, lines, totals: this.pricing.price({ lines: lines.map(pricingLine), ...choice }) };
  }

  shippingMethods(view: Pick<CartView, 'lines'>) {
    return this.pricing.shippingMethods({ lines: view.lines.map(pricingLine) });
  }
}

function pricingLine({ variant, quantity }: OfferedLine) {
  return { id: variant.id, unitPrice: variant.price, quantity, taxable: variant.taxable };
}
