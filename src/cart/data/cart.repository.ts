import { Injectable } from '@nestjs/common';
import { Db, type Reader, type Tx } from '../../platform/database/index.js';
import { newId, type CartId } from '../../platform/ids/index.js';
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

export interface CartWithLines extends CartRow {
  readonly lines: readonly CartLineRow[];
}

export interface NewCart {
  readonly id: string;
  readonly customerId: string | null;
  readonly currency: string;
  readonly now: Date;
  readonly expiresAt: Date;
}

const columns = {
  id: true,
  customerId: true,
  status: true,
  currency: true,
  mergedIntoId: true,
  orderId: true,
  version: true,
  expiresAt: true,
} as const;

/** Carts and their lines. */
@Injectable()
export class CartRepository {
  constructor(private readonly db: Db) {}

  get reader(): Reader {
    return this.db.prisma;
  }

  findWithLines(reader: Reader, id: string): Promise<CartWithLines | null> {
    return reader.cart.findUnique({
      where: { id },
      select: {
        ...columns,
        lines: {
          select: { id: true, variantId: true, quantity: true },
          orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
        },
      },
    });
  }

  /** The row, locked until the transaction ends. Two carts are locked in the order of their ids. */
  async lock(tx: Tx, ids: readonly string[]): Promise<CartRow[]> {
    return tx.$queryRaw<CartRow[]>`
      select id, customer_id as "customerId", status::text as status, currency, merged_into_id as "mergedIntoId",
        order_id as "orderId", version, expires_at as "expiresAt"
      from cart where id = any(${[...ids]}) order by id for update`;
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

  async findActiveId(reader: Reader, customerId: string): Promise<CartId | null> {
    const row = await reader.cart.findFirst({ where: { customerId, status: 'active' }, select: { id: true } });
    return row ? (row.id as CartId) : null;
  }

  /** False when the customer has an active cart already. */
  async insert(tx: Tx, cart: NewCart): Promise<boolean> {
    const made = await tx.$executeRaw`
      insert into cart (id, customer_id, status, currency, created_at, updated_at, expires_at)
      values (${cart.id}, ${cart.customerId}::uuid, 'active', ${cart.currency}, ${cart.now}, ${cart.now}, ${cart.expiresAt})
      on conflict do nothing`;
    return made === 1;
  }

  findLines(tx: Tx, cartId: string): Promise<CartLineRow[]> {
    return tx.cartLine.findMany({
      where: { cartId },
      select: { id: true, variantId: true, quantity: true },
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    });
  }

  /** Writes the quantities that differ from `before`, and answers the lines as they are then. The cart must be locked. */
  async writeLines(
    tx: Tx,
    cartId: string,
    before: readonly CartLineRow[],
    after: readonly Line[],
    now: Date,
  ): Promise<CartLineRow[]> {
    const old = new Map(before.map((line) => [line.variantId, line]));
    const lines = after.map((line) => ({ ...line, id: old.get(line.variantId)?.id ?? newId() }));
    const changed = lines.filter(({ variantId, quantity }) => old.get(variantId)?.quantity !== quantity);
    if (changed.length === 0) return lines;
    await tx.$executeRaw`
      insert into cart_line (id, cart_id, variant_id, quantity, created_at)
      select l.id, ${cartId}, l.variant_id, l.quantity, ${now}
      from unnest(${changed.map(({ id }) => id)}::uuid[], ${changed.map(({ variantId }) => variantId)}::uuid[],
        ${changed.map(({ quantity }) => quantity)}::int[]) as l (id, variant_id, quantity)
      on conflict (cart_id, variant_id) do update set quantity = excluded.quantity`;
    return lines;
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
  async touch(tx: Tx, id: string, now: Date, expiresAt: Date): Promise<void> {
    await tx.cart.update({ where: { id }, data: { version: { increment: 1 }, updatedAt: now, expiresAt } });
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

  async markOrdered(tx: Tx, id: string, orderId: string, now: Date): Promise<void> {
    await tx.cart.update({
      where: { id },
      data: { status: 'ordered', orderId, version: { increment: 1 }, updatedAt: now },
    });
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
