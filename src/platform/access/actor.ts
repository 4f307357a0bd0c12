import type { SessionId, UserId } from '../ids/index.js';
import type { Permission } from './permissions.js';

export interface Guest {
  readonly kind: 'guest';
}

export interface SignedIn {
  readonly kind: 'user';
  readonly userId: UserId;
  readonly sessionId: SessionId;
  readonly permissions: ReadonlySet<string>;
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
