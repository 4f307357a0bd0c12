import { randomBytes } from 'node:crypto';
import { v5, v7 } from 'uuid';

declare const brand: unique symbol;

/** A string that is known to name one kind of thing; the brand exists only for the compiler. */
export type Id<Kind extends string> = string & { readonly [brand]: Kind };

export type UserId = Id<'user'>;
export type SessionId = Id<'session'>;
export type ProductId = Id<'product'>;
export type VariantId = Id<'variant'>;
export type CategoryId = Id<'category'>;
export type CartId = Id<'cart'>;
export type OrderId = Id<'order'>;
export type PaymentId = Id<'payment'>;
export type RefundId = Id<'refund'>;

const last = { msecs: -Infinity, seq: 0 };

/**
 * A UUID version 7 (RFC 9562): grows with time, so that new rows land at the end of an index; of one process each is greater than those before it
 * (6.2, method 1). As the library makes it, but with random bytes from our reserve.
 */
export function newId<T extends string = string>(): T {
  const random = takeRandom(16);
  const now = Date.now();
  if (now > last.msecs) Object.assign(last, { msecs: now, seq: random.readUInt32BE() >>> 1 });
  else last.seq += 1;
  return v7({ ...last, random }) as T;
}

/** The one id that a thing has under this name (UUID version 5, RFC 9562): the same however often it is asked for. */
export function idWithin(owner: string, name: string): string {
  return v5(name, owner);
}

/** 128 random bits, base64url (22 characters): an id that is itself the permission to use what it names. */
export function newCapability<T extends string = string>(): T {
  return takeRandom(16).toString('base64url') as T;
}

/** Asked of the system for many at once, as Node does for `randomUUID`: the question costs more than the bytes. */
const RESERVE_BYTES = 4096;
let reserve = Buffer.alloc(0);

/** No byte is given out twice. */
function takeRandom(bytes: number): Buffer {
  if (reserve.length < bytes) reserve = randomBytes(RESERVE_BYTES);
  const taken = reserve.subarray(0, bytes);
  reserve = reserve.subarray(bytes);
  return taken;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a client's string can be a UUID at all: PostgreSQL refuses anything else with an error, and a wrong id is only a 404. */
export function isUuid(value: string): boolean {
  return UUID.test(value);
}
