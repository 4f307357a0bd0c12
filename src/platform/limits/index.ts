export { LimitByAddress } from './address-limit.guard.js';
export { LimitsModule } from './limits.module.js';
export { announce, RateLimits, requireWithinLimit } from './rate-limits.js';
export type { Limit } from './limit.js';
