import { createHash } from 'node:crypto';
import type { Limit, LimitState } from './limit.js';

/** Injection token of the store: the shop's database, or Redis where REDIS_URL names one. */
export const LIMIT_STORE = Symbol('limit store');

/** What a process has counted of one key in one window and not yet told the others. */
export interface Tally {
  /** See `storedKey`. */
  readonly key: string;
  readonly points: number;
  /** When the window ends, in milliseconds since 1970: the same for all processes. */
  readonly endsAt: number;
}

/** Where all processes of the shop count together. */
export interface LimitStore {
  /**
   * Counts one request exactly, or takes the count of one back (`points` -1), in a window that begins with the first.
   * @throws whatever the store's client says when it cannot be reached
   */
  count(limit: Limit, key: string, points: 1 | -1): Promise<LimitState>;
  /** Adds what was counted elsewhere, all in one step, and gives the totals of all processes in the same order. */
  add(tallies: readonly Tally[]): Promise<number[]>;
  /** Forgets windows that have ended; gives their number. */
  sweep(now: Date): Promise<number>;
  /** Lets go of what it holds beside the shop's database. */
  close?(): void;
}

/** Addresses and e-mail addresses are personal: the store holds neither. */
export function hashKey(key: string): string {
  return createHash('sha256').update(key).digest('base64url');
}

/** The key of a limit in the store, where it is one of many. */
export function storedKey(limit: Limit, hash: string): string {
  return `${limit.name}:${hash}`;
}
