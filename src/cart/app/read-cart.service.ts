import { Injectable } from '@nestjs/common';
import type { Actor, SignedIn } from '../../platform/access/index.js';
import { Config } from '../../platform/config/index.js';
import { NotFoundError } from '../../platform/errors/index.js';
import { Clock } from '../../platform/time/index.js';
import type { ShippingQuote } from '../../pricing/index.js';
import { CartBatches } from '../data/cart-batches.js';
import { CartRepository } from '../data/cart.repository.js';
import { isCartId, requireCart } from './cart-access.js';
import type { CartView } from './cart-view.js';
import { PriceCartService } from './price-cart.service.js';

/** Reads carts with today's prices and stock. */
@Injectable()
export class ReadCartService {
  constructor(
    private readonly carts: CartRepository,
    private readonly batches: CartBatches,
    private readonly prices: PriceCartService,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  /** @throws NotFoundError */
  async read(id: string, actor: Actor): Promise<CartView> {
    if (!isCartId(id)) throw new NotFoundError('cart');
    const cart = requireCart(await this.batches.find(id), actor, this.clock.now());
    return this.prices.view(cart, cart.lines);
  }

  /** @throws NotFoundError without an active cart */
  async readOwn(user: SignedIn): Promise<CartView> {
    const id = await this.carts.findActiveId(this.carts.reader, user.userId);
    if (!id) throw new NotFoundError('cart');
    return this.read(id, user);
  }

  /** The methods priced for a cart, or for an empty one. @throws NotFoundError */
  async shippingMethods(
    id: string | undefined,
    actor: Actor,
  ): Promise<{ quotes: readonly ShippingQuote[]; currency: string }> {
    const lines = id === undefined ? [] : (await this.read(id, actor)).lines;
    return { quotes: this.prices.shippingMethods({ lines }), currency: this.config.currency };
  }
}
