import { Injectable } from '@nestjs/common';
import type { Actor } from '../../platform/access/index.js';
import { Config } from '../../platform/config/index.js';
import { Db, type Tx } from '../../platform/database/index.js';
import { NotFoundError } from '../../platform/errors/index.js';
import { requireVersion, type ExpectedVersions } from '../../platform/http/index.js';
import { isUuid, newCapability, type UserId } from '../../platform/ids/index.js';
import { Clock } from '../../platform/time/index.js';
import { CartBatches } from '../data/cart-batches.js';
import { CartRepository } from '../data/cart.repository.js';
import { rowsAfter, type CartLineRow, type CartRow, type Offer, type OfferedLine } from '../data/cart-rows.js';
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
    private readonly batches: CartBatches,
    private readonly prices: PriceCartService,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  /**
   * A new cart for a guest; a customer has one active cart, and the lines go there. In the caller's transaction or, where there is none, in one
   * of its own.
   * @throws VariantNotForSaleError, QuantityTooLargeError, TooManyLinesError
   */
  async create(tx: Tx | null, actor: Actor, lines: readonly Line[]): Promise<{ created: boolean; view: CartView }> {
    if (actor.kind === 'guest') return { created: true, view: await this.createForGuest(tx, lines) };
    return tx
      ? this.createOrAdd(tx, actor.userId, lines)
      : this.db.transaction((own) => this.create(own, actor, lines));
  }

  private async createForGuest(tx: Tx | null, lines: readonly Line[]): Promise<CartView> {
    const expiresAt = this.expiry();
    const cart = newCart(newCapability(), this.config.currency, expiresAt);
    const { rows, offers } = await this.merge(tx, [], lines, '/items');
    const write = { cart, lines: rows, now: this.clock.now(), expiresAt };
    if (tx) this.carts.create(tx, write);
    else await this.batches.create(write);
    return this.prices.view(cart, withOffers(rows, offers));
  }

  private async createOrAdd(
    tx: Tx,
    customerId: UserId,
    lines: readonly Line[],
  ): Promise<{ created: boolean; view: CartView }> {
    await this.carts.lockOwner(tx, customerId);
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
    if (cart.expiresAt <= this.clock.now()) {
      await this.carts.clear(tx, cart.id);
      cart = this.touched(tx, cart);
    }
    return { created, view: await this.add(tx, cart, lines, '/items') };
  }

  /**
   * Adds to a line, in the caller's transaction or, where there is none, in one of its own.
   * @throws NotFoundError, AlreadyOrderedError, StaleVersionError, VariantNotForSaleError, QuantityTooLargeError, TooManyLinesError
   */
  async addLine(tx: Tx | null, id: string, line: Line, actor: Actor, expected: ExpectedVersions): Promise<CartView> {
    if (!tx) {
      // Nearly always nobody else changes the cart meanwhile; where somebody does, they take turns at its lock.
      const done = await this.addUnlocked(id, line, actor, expected);
      return done ?? this.db.transaction((own) => this.addLine(own, id, line, actor, expected));
    }
    const cart = await this.open(tx, id, actor, expected);
    return this.add(tx, cart, [line], '');
  }

  /** Adds to the cart as it is read, without a lock; null, and nothing done, where it has changed before this was written. */
  private async addUnlocked(
    id: string,
    line: Line,
    actor: Actor,
    expected: ExpectedVersions,
  ): Promise<CartView | null> {
    if (!isCartId(id)) throw new NotFoundError('cart');
    // Of a variant that is in the cart already this asks for nothing new; of all others nobody waits for one after the other.
    const [found, offered] = await Promise.all([
      this.batches.find(id),
      isUuid(line.variantId) ? this.batches.findOffers([line.variantId]) : new Map<string, Offer>(),
    ]);
    const cart = requireCart(found, actor, this.clock.now());
    requireActive(cart);
    requireVersion(expected, cart.version);
    const { rows, changed, offers } = mergeOffered(cart.lines, [line], offered, '');
    const expiresAt = this.expiry();
    if (!(await this.batches.change({ cart, lines: changed, now: this.clock.now(), expiresAt }))) return null;
    return this.prices.view({ ...cart, version: cart.version + 1, expiresAt }, withOffers(rows, offers));
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
    const before = await this.carts.findLines(tx, cart.id);
    if (lines.length === 0) return this.prices.view(cart, before);
    const { rows, changed, offers } = await this.merge(tx, before, lines, pointer);
    this.carts.writeLines(tx, cart.id, changed, this.clock.now());
    return this.prices.view(this.touched(tx, cart), withOffers(rows, offers));
  }

  /** Asks what those of the lines are of that are not in the cart yet. */
  private async merge(tx: Tx | null, before: readonly OfferedLine[], lines: readonly Line[], pointer: string) {
    const there = new Set(before.map(({ variantId }) => variantId));
    const ids = lines.map(({ variantId }) => variantId).filter((id) => isUuid(id) && !there.has(id));
    const unknown = [...new Set(ids)];
    const found = await (tx ? this.carts.findOffers(tx, unknown) : this.batches.findOffers(unknown));
    return mergeOffered(before, lines, found, pointer);
  }

  private async finish(tx: Tx, cart: CartRow): Promise<CartView> {
    return this.prices.view(this.touched(tx, cart), await this.carts.findLines(tx, cart.id));
  }

  private touched(tx: Tx, cart: CartRow): CartRow {
    const expiresAt = this.expiry();
    this.carts.touch(tx, cart.id, this.clock.now(), expiresAt);
    return { ...cart, version: cart.version + 1, expiresAt };
  }

  private insert(tx: Tx, id: string, customerId: UserId): Promise<boolean> {
    const now = this.clock.now();
    return this.carts.insert(tx, { id, customerId, currency: this.config.currency, now, expiresAt: this.expiry() });
  }

  private expiry(): Date {
    return new Date(this.clock.now().getTime() + this.config.cartMs);
  }
}

function newCart(id: string, currency: string, expiresAt: Date): CartRow {
  return { id, customerId: null, status: 'active', currency, mergedIntoId: null, orderId: null, version: 1, expiresAt };
}

/** The lines together, those of them that have to be written, and what each is of. Those that are added must be for sale. */
function mergeOffered(
  before: readonly OfferedLine[],
  lines: readonly Line[],
  found: ReadonlyMap<string, Offer>,
  pointer: string,
) {
  const offers = new Map<string, Offer>([...found, ...before.map((line) => [line.variantId, line] as const)]);
  const missing = lines.findIndex(({ variantId }) => !offers.get(variantId)?.variant.purchasable);
  if (missing >= 0) throw new VariantNotForSaleError(pointer === '' ? '/variantId' : `${pointer}/${missing}/variantId`);
  const { rows, changed } = rowsAfter(before, requireMerged(addLines(before, lines), lines, pointer));
  return { rows, changed, offers };
}

function withOffers(rows: readonly CartLineRow[], offers: ReadonlyMap<string, Offer>): OfferedLine[] {
  return rows.flatMap((row) => {
    const offer = offers.get(row.variantId);
    return offer ? [{ ...row, variant: offer.variant, available: offer.available }] : [];
  });
}

function requireMerged(merged: Merged, lines: readonly Line[], pointer: string): readonly Line[] {
  if (merged.ok) return merged.lines;
  if (merged.reason === 'too_many_lines') throw new TooManyLinesError();
  const index = lines.findIndex(({ variantId }) => variantId === merged.variantId);
  throw new QuantityTooLargeError(pointer === '' ? '/quantity' : `${pointer}/${index}/quantity`);
}
