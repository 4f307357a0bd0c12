import type { Actor } from '../../platform/access/index.js';
import { NotFoundError } from '../../platform/errors/index.js';
import type { CartRow } from '../data/cart-rows.js';
import { AlreadyOrderedError } from '../domain/cart.errors.js';

const CART_ID = /^[A-Za-z0-9_-]{22}$/;

/** Whether a client's string can name a cart at all. */
export function isCartId(id: string): boolean {
  return CART_ID.test(id);
}

/**
 * A guest's cart answers to whoever holds its id; a customer's to that customer only. Expired and merged carts are gone.
 * @throws NotFoundError
 */
export function requireCart<T extends CartRow>(cart: T | null | undefined, actor: Actor, now: Date): T {
  const gone = !cart || cart.status === 'merged' || (cart.status === 'active' && cart.expiresAt <= now);
  if (gone || (cart.customerId !== null && !(actor.kind === 'user' && actor.userId === cart.customerId)))
    throw new NotFoundError('cart');
  return cart;
}

/** @throws AlreadyOrderedError (409) */
export function requireActive(cart: CartRow): void {
  if (cart.status !== 'active') throw new AlreadyOrderedError(cart.orderId);
}
