import type { Caller } from './callers.js';
import type { World } from './world.js';

/** A request to one operation; what is not said is left out. */
export interface Asked {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON, a string as it is. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Instead of the caller's own, where the request ends a session. */
  readonly bearer?: string | undefined;
}

/** How to ask one operation so that nothing but who asks decides over the answer. */
export interface Row {
  /** A valid request about something of `holder`'s: their cart, their order, their address. Made anew for each request that may succeed. */
  readonly ask: (world: World, holder: Caller) => Asked | Promise<Asked>;
  /** What is answered past the gate where that is not one of the operation's successes, such as 409 for what cannot be prepared here. */
  readonly past?: readonly number[];
  /** For operations about the caller's own things that name them by id: the request by which somebody else would reach for `owner`'s. */
  readonly foreign?: (world: World, owner: Caller) => Asked | Promise<Asked>;
  /** Whoever holds the id may use it, whoever they are: there is no owner. */
  readonly idAlone?: boolean;
  /** The same as `ask`, with ids that nobody has, where they stand elsewhere than in the path. */
  readonly missing?: (asked: Asked) => Asked;
}

export type Rows = Readonly<Record<string, Row>>;
