import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/index.js';
import { Config } from '../../platform/config/index.js';
import { NotFoundError } from '../../platform/errors/index.js';
import type { UserId } from '../../platform/ids/index.js';
import { Clock } from '../../platform/time/index.js';
import { CartRepository } from '../data/cart.repository.js';
import { rowsAfter, type CartRow } from '../data/cart-rows.js';
import { MAX_LINES, mergeCarts } from '../domain/cart-lines.js';
import { MergeTooLargeError } from '../domain/cart.errors.js';
import { isCartId, requireActive } from './cart-access.js';
import type { CartView } from './cart-view.js';
import { PriceCartService } from './price-cart.service.js';

/** A signed-in customer takes over a guest's cart. Doing it again answers the same cart. */
@Injectable()
export class ClaimCartService {
  constructor(
    private readonly carts: CartRepository,
    private readonly prices: PriceCartService,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  /** @throws NotFoundError for a missing cart and for another customer's; AlreadyOrderedError, MergeTooLargeError (409) */
  async claim(tx: Tx, id: string, customerId: UserId): Promise<CartView> {
    const [source, target] = await this.lockBoth(tx, id, customerId);
    if (!source || (source.customerId !== null && source.customerId !== customerId)) throw new NotFoundError('cart');
    if (source.status === 'merged') return this.view(tx, await this.follow(tx, source));
    requireActive(source);
    if (source.expiresAt <= this.clock.now()) throw new NotFoundError('cart');
    if (source.customerId === customerId) return this.view(tx, source);
    if (!target) {
      await this.carts.setOwner(tx, id, customerId);
      return this.touched(tx, { ...source, customerId });
    }
    await this.moveLines(tx, source, target, customerId, 'all or none');
    return this.touched(tx, target);
  }

  /**
   * Makes an ordered cart usable again after its payment failed. Where the customer has begun another cart meanwhile, the
   * lines go there: one active cart a customer.
   */
  async reopen(tx: Tx, id: string): Promise<void> {
    // The owner of an ordered cart does not change any more.
    const owner = await this.carts.findOwner(tx, id);
    if (owner) await this.carts.lockOwner(tx, owner);
    const [found] = await this.carts.lock(tx, [id]);
    if (!found || found.status !== 'ordered') return;
    const customerId = found.customerId as UserId | null;
    const otherId = customerId && (await this.carts.findActiveId(tx, customerId));
    const [target] = otherId ? await this.carts.lock(tx, [otherId]) : [];
    if (!target || target.status !== 'active' || !customerId) {
      await this.carts.markActive(tx, id, this.clock.now(), this.expiry());
      return;
    }
    await this.moveLines(tx, found, target, customerId, 'as many as fit');
    this.carts.touch(tx, target.id, this.clock.now(), this.expiry());
  }

  private async lockBoth(tx: Tx, id: string, customerId: UserId): Promise<[CartRow | undefined, CartRow | undefined]> {
    if (!isCartId(id)) throw new NotFoundError('cart');
    await this.carts.lockOwner(tx, customerId);
    const activeId = await this.carts.findActiveId(tx, customerId);
    const rows = await this.carts.lock(tx, activeId ? [id, activeId] : [id]);
    const target = rows.find((row) => row.id === activeId && row.id !== id && row.status === 'active');
    return [rows.find((row) => row.id === id), target];
  }

  private async moveLines(
    tx: Tx,
    source: CartRow,
    target: CartRow,
    customerId: UserId,
    which: 'all or none' | 'as many as fit',
  ): Promise<void> {
    const before = await this.carts.findLines(tx, target.id);
    const lines = await this.carts.findLines(tx, source.id);
    // Nobody is there to be refused when a failed payment gives a cart back.
    const merged = mergeCarts(before, which === 'all or none' ? lines : lines.slice(0, MAX_LINES - before.length));
    if (!merged.ok) throw new MergeTooLargeError();
    this.carts.writeLines(tx, target.id, rowsAfter(before, merged.lines).changed, this.clock.now());
    await this.carts.markMerged(tx, source.id, target.id, customerId, this.clock.now());
  }

  /** The cart that a merged one's lines ended in. */
  private async follow(tx: Tx, merged: CartRow): Promise<CartRow> {
    let at: CartRow | undefined = merged;
    for (let hops = 0; at?.status === 'merged' && at.mergedIntoId && hops < 10; hops++)
      [at] = await this.carts.lock(tx, [at.mergedIntoId]);
    if (!at || at.status === 'merged') throw new NotFoundError('cart');
    requireActive(at);
    return at;
  }

  private async touched(tx: Tx, cart: CartRow): Promise<CartView> {
    const expiresAt = this.expiry();
    this.carts.touch(tx, cart.id, this.clock.now(), expiresAt);
    return this.view(tx, { ...cart, version: cart.version + 1, expiresAt });
  }

  private async view(tx: Tx, cart: CartRow): Promise<CartView> {
    return this.prices.view(cart, await this.carts.findLines(tx, cart.id));
  }

  private expiry(): Date {
    return new Date(this.clock.now().getTime() + this.config.cartMs);
  }
}
