export { PricingFacade } from './pricing.facade.js';
export { PricingModule } from './pricing.module.js';
export { TotalTooLargeError, UnknownShippingMethodError } from './domain/pricing.errors.js';
export type { ShippingMethod } from './domain/fixed-shipping.js';
export type { PricingConfig } from './domain/pricing-config.js';
export type * from './domain/rules.js';
export type * from './domain/totals.js';
