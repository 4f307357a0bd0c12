import type { VariantForSale } from '../../catalog/index.js';
import { newId } from '../../platform/ids/index.js';
import type { Line } from '../domain/cart-lines.js';

export type CartStatus = 'active' | 'ordered' | 'merged';

export interface CartRow {
  readonly id: string;
  readonly customerId: string | null;
  readonly status: CartStatus;
  readonly currency: string;
  readonly mergedIntoId: string | null;
  readonly orderId: string | null;
  readonly version: number;
  readonly expiresAt: Date;
}

export interface CartLineRow extends Line {
  readonly id: string;
}

export interface NewCart {
  readonly id: string;
  readonly customerId: string | null;
  readonly currency: string;
  readonly now: Date;
  readonly expiresAt: Date;
}

/** A cart and the lines that are to be written with it. */
export interface CartWrite {
  /** As it was read, where it is not new. */
  readonly cart: CartRow;
  readonly lines: readonly CartLineRow[];
  readonly now: Date;
  readonly expiresAt: Date;
}

/** A variant, and how much there is of it. */
export interface Offer {
  readonly variant: VariantForSale;
  /** Units that can be sold now: null where stock is not counted, 0 where the product is not for sale. */
  readonly available: number | null;
}

/** A line with what it is of. */
export interface OfferedLine extends CartLineRow, Offer {}

/** The rows of a cart's lines after a change, and those of them that have to be written: lines that there were keep their ids. */
export function rowsAfter(
  before: readonly CartLineRow[],
  after: readonly Line[],
): { readonly rows: readonly CartLineRow[]; readonly changed: readonly CartLineRow[] } {
  const old = new Map(before.map((line) => [line.variantId, line]));
  const rows = after.map(({ variantId, quantity }) => ({ id: old.get(variantId)?.id ?? newId(), variantId, quantity }));
  return { rows, changed: rows.filter(({ variantId, quantity }) => old.get(variantId)?.quantity !== quantity) };
}
