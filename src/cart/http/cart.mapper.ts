import { toTotals } from '../../platform/http/index.js';
import { toJson } from '../../platform/money/index.js';
import type { ShippingQuote } from '../../pricing/index.js';
import type { CartView } from '../app/cart-view.js';
import type { OfferedLine } from '../data/cart-rows.js';
import type { CartItemResponse, CartResponse, ShippingMethodResponse } from './cart.dto.js';

export function toCartResponse({ cart, lines, totals }: CartView): CartResponse {
  const money = (amount: bigint) => toJson({ amount, currency: totals.currency });
  return {
    id: cart.id,
    status: cart.status,
    orderId: cart.orderId,
    currency: totals.currency,
    items: lines.map((line) => toItem(line, money)),
    ...toTotals(totals, totals.currency),
    version: cart.version,
    expiresAt: cart.expiresAt.toISOString(),
  };
}

function toItem(
  { id, variant, quantity, available }: OfferedLine,
  money: (amount: bigint) => CartItemResponse['unitPrice'],
): CartItemResponse {
  return {
    id,
    variantId: variant.id,
    sku: variant.sku,
    title: variant.productTitle,
    variantTitle: variant.title,
    productSlug: variant.productSlug,
    image: variant.image,
    quantity,
    unitPrice: money(variant.price),
    lineTotal: money(variant.price * BigInt(quantity)),
    available,
  };
}

export function toShippingMethod(quote: ShippingQuote, currency: string): ShippingMethodResponse {
  return { code: quote.code, name: quote.name, price: toJson({ amount: quote.price, currency }) };
}
