import { Injectable } from '@nestjs/common';
import { BatchedCalls, BatchedReads } from '../../platform/batches/index.js';
import { Db } from '../../platform/database/index.js';
import type { CartRow, CartWrite, Offer, OfferedLine } from './cart-rows.js';
import { changeCarts, createCarts, readCarts, readOffers } from './carts.sql.js';

/** More variants than this are asked for by a statement of their own. */
const FEW_VARIANTS = 20;

/**
 * Carts outside of any transaction: what many shoppers do at the same moment is one statement, and each statement is a transaction of its own.
 * For what a shopper does most; all else is `CartRepository`'s.
 */
@Injectable()
export class CartBatches {
  private readonly carts: BatchedReads<CartRow & { readonly lines: readonly OfferedLine[] }>;
  private readonly offers: BatchedReads<Offer>;
  private readonly creations: BatchedCalls<CartWrite, undefined>;
  private readonly changes: BatchedCalls<CartWrite, boolean>;

  constructor(private readonly db: Db) {
    this.carts = new BatchedReads((ids) => readCarts(db, ids));
    this.offers = new BatchedReads((ids) => readOffers(db, ids));
    this.creations = new BatchedCalls(async (carts) => {
      await createCarts(db, carts);
      return carts.map(() => undefined);
    });
    this.changes = new BatchedCalls(async (changes) => {
      // Of two changes of one cart the second is to see the first.
      const first = new Map([...changes].reverse().map((change) => [change.cart.id, change]));
      const done = await changeCarts(db, [...first.values()]);
      return changes.map((change) => first.get(change.cart.id) === change && done.has(change.cart.id));
    });
  }

  /** A cart with its lines; undefined where there is none. */
  find(id: string): Promise<(CartRow & { readonly lines: readonly OfferedLine[] }) | undefined> {
    return this.carts.get(id);
  }

  /** What could be put into a cart, by variant id; ids that name no variant are missing. */
  async findOffers(variantIds: readonly string[]): Promise<Map<string, Offer>> {
    if (variantIds.length > FEW_VARIANTS) return readOffers(this.db, variantIds);
    const found = await Promise.all(variantIds.map((id) => this.offers.get(id)));
    return new Map(found.flatMap((offer) => (offer ? [[offer.variant.id, offer]] : [])));
  }

  /** A new cart with its first lines. The id must be free. */
  async create(cart: CartWrite): Promise<void> {
    await this.creations.call(cart);
  }

  /**
   * Writes the lines, and marks the change, if the cart is as it was read. False where it is not, or where somebody has locked it: then nothing
   * was written.
   */
  change(change: CartWrite): Promise<boolean> {
    return this.changes.call(change);
  }
}
