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

/** A UUID version 7 (RFC 9562): grows with time, so that new rows land at the end of an index. */
export function newId<T extends string = string>(): T {
  return v7() as T;
}

/** The one id that a thing has under this name (UUID version 5, RFC 9562): the same however often it is asked for. */
export function idWithin(owner: string, name: string): string {
  return v5(name, owner);
}

/** 128 random bits, base64url (22 characters): an id that is itself the permission to use what it names. */
export function newCapability<T extends string = string>(): T {
  return randomBytes(16).toString('base64url') as T;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a client's string can be a UUID at all: PostgreSQL refuses anything else with an error, and a wrong id is only a 404. */
export function isUuid(value: string): boolean {
  return UUID.test(value);
}
