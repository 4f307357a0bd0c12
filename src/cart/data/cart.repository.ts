import { Injectable } from '@nestjs/common';
import { Db, type Reader, type SqlReader, type Tx } from '../../platform/database/index.js';
import type { CartId } from '../../platform/ids/index.js';
import type { CartLineRow, CartRow, CartWrite, NewCart, Offer, OfferedLine } from './cart-rows.js';
import {
  createCart,
  lockCarts,
  markCartOrdered,
  readActiveCartId,
  readAllLines,
  readLines,
  readOffers,
  touchCart,
  writeLines,
} from './carts.sql.js';

/** Carts and their lines. */
@Injectable()
export class CartRepository {
  constructor(private readonly db: Db) {}

  get reader(): SqlReader {
    return this.db;
  }

  /** The rows, locked until the transaction ends, in the order of their ids. */
  lock(tx: Tx, ids: readonly string[]): Promise<CartRow[]> {
    return lockCarts(tx, ids);
  }

  /**
   * Until the transaction ends nobody else gives this customer an active cart, of which there is one at most. Before any cart is
   * locked, so that two that need both do not wait for each other.
   */
  async lockOwner(tx: Tx, customerId: string): Promise<void> {
    await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${`cart owner ${customerId}`}, 0))`;
  }

  async findOwner(reader: Reader, id: string): Promise<string | null> {
    const row = await reader.cart.findUnique({ where: { id }, select: { customerId: true } });
    return row?.customerId ?? null;
  }

  findActiveId(reader: SqlReader, customerId: string): Promise<CartId | null> {
    return readActiveCartId(reader, customerId);
  }

  /** False when the customer has an active cart already. */
  async insert(tx: Tx, cart: NewCart): Promise<boolean> {
    const made = await tx.$executeRaw`
      insert into cart (id, customer_id, status, currency, created_at, updated_at, expires_at)
      values (${cart.id}, ${cart.customerId}::uuid, 'active', ${cart.currency}, ${cart.now}, ${cart.now}, ${cart.expiresAt})
      on conflict do nothing`;
    return made === 1;
  }

  /** A new cart with its first lines. The cart's id must be free. */
  create(tx: Tx, cart: CartWrite): void {
    createCart(tx, cart);
  }

  findLines(reader: SqlReader, cartId: string): Promise<OfferedLine[]> {
    return readLines(reader, cartId);
  }

  /** The lines of carts, by the cart's id. */
  findAllLines(tx: Tx, cartIds: readonly string[]): Promise<Map<string, OfferedLine[]>> {
    return readAllLines(tx, cartIds);
  }

  findOffers(reader: SqlReader, variantIds: readonly string[]): Promise<Map<string, Offer>> {
    return readOffers(reader, variantIds);
  }

  /** Sets the quantities of lines, and adds those that are new. The cart must be locked. */
  writeLines(tx: Tx, cartId: string, lines: readonly CartLineRow[], now: Date): void {
    writeLines(tx, cartId, lines, now);
  }

  async setQuantity(tx: Tx, cartId: string, lineId: string, quantity: number): Promise<boolean> {
    const { count } =
      quantity === 0
        ? await tx.cartLine.deleteMany({ where: { id: lineId, cartId } })
        : await tx.cartLine.updateMany({ where: { id: lineId, cartId }, data: { quantity } });
    return count === 1;
  }

  async clear(tx: Tx, cartId: string): Promise<void> {
    await tx.cartLine.deleteMany({ where: { cartId } });
  }

  /** Marks a change: a new version, and more time before the cart expires. */
  touch(tx: Tx, id: string, now: Date, expiresAt: Date): void {
    touchCart(tx, id, now, expiresAt);
  }

  async setOwner(tx: Tx, id: string, customerId: string): Promise<void> {
    await tx.cart.update({ where: { id }, data: { customerId } });
  }

  async markMerged(tx: Tx, id: string, mergedIntoId: string, customerId: string, now: Date): Promise<void> {
    await this.clear(tx, id);
    await tx.cart.update({
      where: { id },
      data: { status: 'merged', mergedIntoId, customerId, orderId: null, version: { increment: 1 }, updatedAt: now },
    });
  }

  /** The cart must be locked and active. */
  markOrdered(tx: Tx, id: string, orderId: string, now: Date): void {
    markCartOrdered(tx, id, orderId, now);
  }

  async markActive(tx: Tx, id: string, now: Date, expiresAt: Date): Promise<void> {
    await tx.cart.update({
      where: { id },
      data: { status: 'active', orderId: null, version: { increment: 1 }, updatedAt: now, expiresAt },
    });
  }

  /** Deletes up to `limit` carts that nobody has touched for so long that they expired. */
  async deleteExpired(now: Date, limit: number): Promise<number> {
    return this.db.prisma.$executeRaw`
      delete from cart where id in (
        select id from cart where expires_at < ${now} and status in ('active', 'merged') order by expires_at limit ${limit} for update skip locked)`;
  }
}
