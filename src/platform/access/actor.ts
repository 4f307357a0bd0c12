import type { SessionId, UserId } from '../ids/index.js';
import type { Permission } from './permissions.js';

/** From where a request came, for what is recorded of it. */
export interface Origin {
  /** The client's network address, as far as the configured proxies can be believed. */
  readonly address: string;
  readonly userAgent: string | undefined;
  readonly requestId: string;
}

export interface Guest {
  readonly kind: 'guest';
  readonly origin?: Origin;
}

export interface SignedIn {
  readonly kind: 'user';
  readonly userId: UserId;
  /** How the user comes: by a session of their own, or by one of their API keys, which may do a part of what they may. */
  readonly via: ViaSession | ViaKey;
  readonly permissions: ReadonlySet<string>;
  readonly origin?: Origin;
}

export interface ViaSession {
  readonly kind: 'session';
  readonly sessionId: SessionId;
  /** The shop wants a second factor of its staff and this session has shown none: permissions are withheld from it. */
  readonly lacksSecondFactor?: boolean;
}

export interface ViaKey {
  readonly kind: 'key';
  readonly keyId: string;
}

/** Who asks. The guard puts it on the request; use cases decide by it what is whose. */
export type Actor = Guest | SignedIn;

export const GUEST: Guest = { kind: 'guest' };

/** Whether the actor holds a permission; a guest holds none. */
export function may(actor: Actor, permission: Permission): boolean {
  return actor.kind === 'user' && actor.permissions.has(permission);
}

/** The user's id, or null for a guest. */
export function userIdOf(actor: Actor): UserId | null {
  return actor.kind === 'user' ? actor.userId : null;
}

/** The session that the user comes by; undefined where it is a key. */
export function sessionIdOf(actor: SignedIn): SessionId | undefined {
  return actor.via.kind === 'session' ? actor.via.sessionId : undefined;
}
