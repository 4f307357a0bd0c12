import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import { Config } from '../config/index.js';
import { Db } from '../database/index.js';
import { LOGGER } from '../observability/logger.js';
import { GeneralLimits } from './general-limits.js';
import { LIMIT_STORE, type LimitStore } from './limit-store.js';
import { PostgresLimitStore } from './postgres-limit-store.sql.js';
import { RateLimits } from './rate-limits.js';
import { RequestLimits } from './request-limits.js';
import { StoreWatch } from './store-watch.js';

@Module({
  providers: [
    {
      provide: LIMIT_STORE,
      useFactory: async (config: Config, db: Db): Promise<LimitStore> => {
        if (config.redisUrl === undefined || !config.rateLimit) return new PostgresLimitStore(db);
        // Most shops have no Redis, and its client is large.
        const { RedisLimitStore } = await import('./redis-limit-store.js');
        return new RedisLimitStore(config.redisUrl);
      },
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
