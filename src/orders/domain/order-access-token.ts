import { createHmac, timingSafeEqual } from 'node:crypto';
import type { OrderId } from '../../platform/ids/index.js';

/** Names the scheme, so that a later one can be told apart; it is also signed, so that no other use of the secret yields a token. */
const VERSION = 'ot1';

/** RFC 2104, section 3: a key shorter than the hash weakens the HMAC. */
const MIN_SECRET_BYTES = 32;

/**
 * The token by which a guest reads an order: `ot1_` and HMAC-SHA256 over the order's id, base64url. It is derived, not stored: a
 * replayed request and a later mail give the same one again, and a new secret revokes all.
 * @throws RangeError for a secret of less than 32 bytes.
 */
export function orderAccessToken(orderId: OrderId, secret: string): string {
  if (Buffer.byteLength(secret) < MIN_SECRET_BYTES) throw new RangeError('The secret of order tokens is too short');
  // UUIDs are equal without regard to case, and PostgreSQL finds an order by either.
  const mac = createHmac('sha256', secret).update(`${VERSION}:order:${orderId.toLowerCase()}`).digest('base64url');
  return `${VERSION}_${mac}`;
}

/** Whether the token is the one of this order; takes the same time wherever it differs. */
export function verifyOrderAccessToken(token: string, orderId: OrderId, secret: string): boolean {
  const expected = Buffer.from(orderAccessToken(orderId, secret));
  const given = Buffer.from(token);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
