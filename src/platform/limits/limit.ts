/** How many requests of one kind a key (a client's address, an account) may make in a window of time. */
export interface Limit {
  /** Names the policy in the response fields and in the stored keys: letters, digits and dashes. */
  readonly name: string;
  readonly points: number;
  readonly windowSeconds: number;
}

/** Where a key stands after a request. */
export interface LimitState {
  readonly limit: Limit;
  readonly exceeded: boolean;
  readonly remaining: number;
  /** Whole seconds until the window ends. */
  readonly resetSeconds: number;
}

/** An item of `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10): the rule, the same on every answer. */
export function policyItem({ name, points, windowSeconds }: Limit): string {
  return `"${name}";q=${points};w=${windowSeconds}`;
}

/** An item of `RateLimit` (the same draft): what is left of the quota, and for how long. */
export function stateItem({ limit, remaining, resetSeconds }: LimitState): string {
  return `"${limit.name}";r=${remaining};t=${resetSeconds}`;
}

/** What rate-limiter-flexible tells of a key. */
interface Counted {
  readonly consumedPoints: number;
  readonly msBeforeNext: number;
}

export function toState(limit: Limit, { consumedPoints, msBeforeNext }: Counted): LimitState {
  return {
    limit,
    exceeded: consumedPoints > limit.points,
    remaining: Math.max(0, limit.points - Math.max(0, consumedPoints)),
    resetSeconds: Math.max(1, Math.ceil(msBeforeNext / 1000)),
  };
}
