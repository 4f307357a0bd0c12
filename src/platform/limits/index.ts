export { countedAddress } from './client-address.js';
export { LimitByAddress } from './address-limit.guard.js';
export { LimitsModule } from './limits.module.js';
export { RequestLimits } from './request-limits.js';
export { announce, RateLimits, requireWithinLimit } from './rate-limits.js';
export type { Limit, LimitState } from './limit.js';
