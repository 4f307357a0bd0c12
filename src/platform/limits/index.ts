export { AddressLimitGuard, LimitByAddress } from './address-limit.guard.js';
export { LimitsModule } from './limits.module.js';
export { announce, RateLimitedError, RateLimits, requireWithinLimit } from './rate-limits.js';
export type { Limit, LimitState } from './limit.js';
