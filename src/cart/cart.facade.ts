import { Injectable } from '@nestjs/common';
import type { Actor } from '../platform/access/index.js';
import type { Tx } from '../platform/database/index.js';
import { NotFoundError } from '../platform/errors/index.js';
import { Clock } from '../platform/time/index.js';
import { isCartId, requireActive, requireCart } from './app/cart-access.js';
import type { CartView } from './app/cart-view.js';
import { ClaimCartService } from './app/claim-cart.service.js';
import { PriceCartService, type ShippingChoice } from './app/price-cart.service.js';
import { CartRepository } from './data/cart.repository.js';

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
   * Locks the cart, so that nothing changes in it and no second order is made of it, and prices it with the shipping method.
   * @throws NotFoundError; AlreadyOrderedError (409, with the order's id); `pricing.unknown_shipping_method` (422)
   */
  async lockForOrder(tx: Tx, id: string, actor: Actor, choice: ShippingChoice): Promise<CartView> {
    if (!isCartId(id)) throw new NotFoundError('cart');
    // The lines are read behind the lock, and nobody waits in between.
    const [[row], lines] = await Promise.all([this.carts.lock(tx, [id]), this.carts.findLines(tx, id)]);
    const cart = requireCart(row, actor, this.clock.now());
    requireActive(cart);
    return this.prices.view(cart, lines, choice);
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
