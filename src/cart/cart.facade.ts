import { Injectable } from '@nestjs/common';
import type { VariantsQuery } from '../inventory/index.js';
import type { Actor } from '../platform/access/index.js';
import type { Tx } from '../platform/database/index.js';
import { Clock } from '../platform/time/index.js';
import { isCartId, requireActive, requireCart } from './app/cart-access.js';
import type { CartView } from './app/cart-view.js';
import { ClaimCartService } from './app/claim-cart.service.js';
import { PriceCartService, type ShippingChoice } from './app/price-cart.service.js';
import { CartRepository } from './data/cart.repository.js';
import type { CartRow } from './data/cart-rows.js';
import { variantsInCarts } from './data/carts.sql.js';

/** A cart that an order is to be made of. */
export interface AskedCart {
  readonly id: string;
  readonly actor: Actor;
  readonly choice: ShippingChoice;
}

/** What placing an order needs of a cart. Everything takes part in the caller's transaction. */
@Injectable()
export class CartFacade {
  constructor(
    private readonly carts: CartRepository,
    private readonly prices: PriceCartService,
    private readonly claims: ClaimCartService,
    private readonly clock: Clock,
  ) {}

  /**
   * Locks carts, no two of them the same, so that nothing changes in them and no second order is made of one, and prices each with its shipping
   * method.
   * @returns of each, in their order, how it looks, or why no order can be made of it: NotFoundError; AlreadyOrderedError (409, with the
   *   order's id); `pricing.unknown_shipping_method` (422)
   */
  async lockForOrders(tx: Tx, asked: readonly AskedCart[]): Promise<PromiseSettledResult<CartView>[]> {
    const ids = asked.map(({ id }) => id).filter(isCartId);
    // The lines are read behind the locks, and nobody waits in between.
    const [rows, lines] = await Promise.all([this.carts.lock(tx, ids), this.carts.findAllLines(tx, ids)]);
    const carts = new Map<string, CartRow>(rows.map((row) => [row.id, row]));
    return Promise.allSettled(
      asked.map(async ({ id, actor, choice }) => {
        const cart = requireCart(carts.get(id), actor, this.clock.now());
        requireActive(cart);
        return this.prices.view(cart, lines.get(id) ?? [], choice);
      }),
    );
  }

  /** What is in those of the carts that are active: of carts that are locked, what `lockForOrders` answers or more. */
  variantsIn(ids: readonly string[]): VariantsQuery {
    return variantsInCarts(ids.filter(isCartId));
  }

  /** The cart must be locked. */
  markOrdered(tx: Tx, id: string, orderId: string): void {
    this.carts.markOrdered(tx, id, orderId, this.clock.now());
  }

  /** Gives the cart back after the order's payment failed. Does nothing where it is not ordered. */
  reopen(tx: Tx, id: string): Promise<void> {
    return this.claims.reopen(tx, id);
  }
}
