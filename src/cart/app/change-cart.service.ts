import { Injectable } from '@nestjs/common';
import { CatalogFacade } from '../../catalog/index.js';
import type { Actor } from '../../platform/access/index.js';
import { Config } from '../../platform/config/index.js';
import { Db, type Tx } from '../../platform/database/index.js';
import { NotFoundError } from '../../platform/errors/index.js';
import { requireVersion, type ExpectedVersions } from '../../platform/http/index.js';
import { isUuid, newCapability, type UserId, type VariantId } from '../../platform/ids/index.js';
import { Clock } from '../../platform/time/index.js';
import { CartRepository, type CartRow } from '../data/cart.repository.js';
import { addLines, type Line, type Merged } from '../domain/cart-lines.js';
import { QuantityTooLargeError, TooManyLinesError, VariantNotForSaleError } from '../domain/cart.errors.js';
import { isCartId, requireActive, requireCart } from './cart-access.js';
import type { CartView } from './cart-view.js';
import { PriceCartService } from './price-cart.service.js';

/** Makes carts and changes their lines. Each change locks the cart, so that of two at once neither is lost. */
@Injectable()
export class ChangeCartService {
  constructor(
    private readonly db: Db,
    private readonly carts: CartRepository,
    private readonly catalog: CatalogFacade,
    private readonly prices: PriceCartService,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  /** A new cart for a guest. */
  async createForGuest(lines: readonly Line[]): Promise<CartView> {
    return this.db.transaction(async (tx) => {
      const id = newCapability();
      await this.insert(tx, id, null);
      return this.add(tx, await this.locked(tx, id), lines, '/items');
    });
  }

  /** A customer has one active cart: the lines go there, or into a new one. Takes part in the caller's transaction. */
  async createOrAdd(tx: Tx, customerId: UserId, lines: readonly Line[]): Promise<{ created: boolean; view: CartView }> {
    let created = false;
    let cart: CartRow | undefined;
    // Between finding the active cart and locking it, it may have been ordered; then there is room for a new one.
    for (let tries = 0; !cart && tries < 5; tries++) {
      created = await this.insert(tx, newCapability(), customerId);
      const id = await this.carts.findActiveId(tx, customerId);
      const [locked] = id ? await this.carts.lock(tx, [id]) : [];
      if (locked?.status === 'active') cart = locked;
    }
    if (!cart) throw new NotFoundError('cart');
    // It expired, and the job that clears such carts has not come by yet: begin anew in its place.
    const now = this.clock.now();
    if (cart.expiresAt <= now) {
      const expiresAt = this.expiry();
      await this.carts.clear(tx, cart.id);
      await this.carts.touch(tx, cart.id, now, expiresAt);
      cart = { ...cart, version: cart.version + 1, expiresAt };
    }
    return { created, view: await this.add(tx, cart, lines, '/items') };
  }

  /** @throws NotFoundError, AlreadyOrderedError, StaleVersionError, VariantNotForSaleError, QuantityTooLargeError, TooManyLinesError */
  async addLine(tx: Tx, id: string, line: Line, actor: Actor, expected: ExpectedVersions): Promise<CartView> {
    const cart = await this.open(tx, id, actor, expected);
    return this.add(tx, cart, [line], '');
  }

  /** Sets a line's quantity; 0 removes it. @throws NotFoundError, AlreadyOrderedError, StaleVersionError */
  async setQuantity(
    id: string,
    lineId: string,
    quantity: number,
    actor: Actor,
    expected: ExpectedVersions,
  ): Promise<CartView> {
    return this.db.transaction(async (tx) => {
      const cart = await this.open(tx, id, actor, expected);
      if (!isUuid(lineId) || !(await this.carts.setQuantity(tx, id, lineId, quantity)))
        throw new NotFoundError('cart_item');
      return this.finish(tx, cart);
    });
  }

  private async open(tx: Tx, id: string, actor: Actor, expected: ExpectedVersions): Promise<CartRow> {
    if (!isCartId(id)) throw new NotFoundError('cart');
    const [row] = await this.carts.lock(tx, [id]);
    const cart = requireCart(row, actor, this.clock.now());
    requireActive(cart);
    requireVersion(expected, cart.version);
    return cart;
  }

  private async add(tx: Tx, cart: CartRow, lines: readonly Line[], pointer: string): Promise<CartView> {
    await this.requireForSale(tx, lines, pointer);
    const before = await this.carts.findLines(tx, cart.id);
    const after = requireMerged(addLines(before, lines), lines, pointer);
    await this.carts.writeLines(tx, cart.id, before, after, this.clock.now());
    return lines.length === 0 ? this.prices.view(tx, cart, before) : this.finish(tx, cart);
  }

  private async finish(tx: Tx, cart: CartRow): Promise<CartView> {
    const expiresAt = this.expiry();
    await this.carts.touch(tx, cart.id, this.clock.now(), expiresAt);
    const changed = { ...cart, version: cart.version + 1, expiresAt };
    return this.prices.view(tx, changed, await this.carts.findLines(tx, cart.id));
  }

  private async requireForSale(tx: Tx, lines: readonly Line[], pointer: string): Promise<void> {
    if (lines.length === 0) return;
    const known = lines.filter(({ variantId }) => isUuid(variantId)).map(({ variantId }) => variantId as VariantId);
    const variants = known.length === 0 ? undefined : await this.catalog.variantsById(tx, known);
    const missing = lines.findIndex(({ variantId }) => !variants?.get(variantId as VariantId)?.purchasable);
    if (missing >= 0)
      throw new VariantNotForSaleError(pointer === '' ? '/variantId' : `${pointer}/${missing}/variantId`);
  }

  private insert(tx: Tx, id: string, customerId: UserId | null): Promise<boolean> {
    return this.carts.insert(tx, {
      id,
      customerId,
      currency: this.config.currency,
      now: this.clock.now(),
      expiresAt: this.expiry(),
    });
  }

  private async locked(tx: Tx, id: string): Promise<CartRow> {
    const [cart] = await this.carts.lock(tx, [id]);
    if (!cart) throw new NotFoundError('cart');
    return cart;
  }

  private expiry(): Date {
    return new Date(this.clock.now().getTime() + this.config.cartMs);
  }
}

function requireMerged(merged: Merged, lines: readonly Line[], pointer: string): readonly Line[] {
  if (merged.ok) return merged.lines;
  if (merged.reason === 'too_many_lines') throw new TooManyLinesError();
  const index = lines.findIndex(({ variantId }) => variantId === merged.variantId);
  throw new QuantityTooLargeError(pointer === '' ? '/quantity' : `${pointer}/${index}/quantity`);
}
