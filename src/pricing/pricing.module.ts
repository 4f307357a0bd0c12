import { Module } from '@nestjs/common';
import { Config } from '../platform/config/index.js';
import { parseRate } from '../platform/money/index.js';
import type { PricingConfig } from './domain/pricing-config.js';
import { shippingMethodsOf } from './domain/shipping-settings.js';
import { PricingFacade } from './pricing.facade.js';

/** Needs `Config` to be provided globally. */
@Module({
  providers: [
    {
      provide: PricingFacade,
      useFactory: (config: Config) => new PricingFacade(pricingConfigOf(config)),
      inject: [Config],
    },
  ],
  exports: [PricingFacade],
})
export class PricingModule {}

/** @throws RangeError for settings that are no rate or amount of the shop's currency; the configuration refuses them at start. */
function pricingConfigOf(config: Config): PricingConfig {
  const rate = parseRate(config.taxRate);
  if (!rate.ok) throw new RangeError('The tax rate must be a percentage from 0 to 100 with up to four decimal places');
  return {
    currency: config.currency,
    taxIncluded: config.taxIncluded,
    taxRate: rate.rate,
    shippingMethods: shippingMethodsOf(config.shipping, config.currency),
  };
}
