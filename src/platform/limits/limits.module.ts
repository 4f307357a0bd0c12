import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import { Config } from '../config/index.js';
import { Db } from '../database/index.js';
import { LOGGER } from '../observability/logger.js';
import { GeneralLimits } from './general-limits.js';
import { LIMIT_STORE, type LimitStore } from './limit-store.js';
import { PostgresLimitStore } from './postgres-limit-store.sql.js';
import { RateLimits } from './rate-limits.js';
import { RedisLimitStore } from './redis-limit-store.js';
import { RequestLimits } from './request-limits.js';
import { StoreWatch } from './store-watch.js';

@Module({
  providers: [
    {
      provide: LIMIT_STORE,
      useFactory: (config: Config, db: Db): LimitStore =>
        config.redisUrl !== undefined && config.rateLimit
          ? new RedisLimitStore(config.redisUrl)
          : new PostgresLimitStore(db),
      inject: [Config, Db],
    },
    { provide: StoreWatch, useFactory: (logger: Logger) => new StoreWatch(logger), inject: [LOGGER] },
    RateLimits,
    GeneralLimits,
    RequestLimits,
  ],
  exports: [RateLimits, RequestLimits],
})
export class LimitsModule implements OnApplicationShutdown {
  constructor(@Inject(LIMIT_STORE) private readonly store: LimitStore) {}

  onApplicationShutdown(): void {
    this.store.close?.();
  }
}
