import { Global, Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import type { Pool } from 'pg';
import { AuditLog } from './audit-log/index.js';
import { BOOT, type Boot } from './boot.js';
import { Config } from './config/index.js';
import { createPool, Db } from './database/index.js';
import { FailPoints } from './fail-points/index.js';
import { LoadShedding } from './http/load-shedding.js';
import { ProblemFilter } from './http/problem.filter.js';
import { RequestPipe } from './http/validation.pipe.js';
import { Housekeeping } from './idempotency/housekeeping.js';
import { IdempotencyStore } from './idempotency/index.js';
import { Jobs, JOBS_OPTIONS, type JobsOptions } from './jobs/index.js';
import { measuredLoad, ProcessLoad } from './load/index.js';
import { HealthController } from './observability/health.controller.js';
import { LOGGER } from './observability/logger.js';
import { Metrics } from './observability/metrics.js';
import { timeQueries } from './observability/request-timing.js';
import { Outbox } from './outbox/index.js';
import { AnswersData } from './privacy/answers-data.js';
import { AuditData } from './privacy/audit-data.js';
import { EventsData } from './privacy/events-data.js';
import { PersonalData, RetentionProgress } from './privacy/index.js';
import { Sealer } from './sealing/index.js';
import { CatalogNewsReceiver } from './reads/catalog-news-receiver.js';
import { CatalogNews } from './reads/index.js';
import { StartNotes } from './start-notes.js';
import { Clock, SystemClock } from './time/index.js';

@Global()
@Module({})
export class PlatformModule {
  static for(boot: Boot): DynamicModule {
    const { databaseUrl, work = true, listening } = boot;
    const jobs: JobsOptions = { databaseUrl, work, concurrency: 4, ...(listening && { after: listening }) };
    return {
      module: PlatformModule,
      controllers: [HealthController],
      providers: [
        { provide: BOOT, useValue: boot },
        { provide: Config, useValue: boot.config },
        { provide: LOGGER, useValue: boot.logger },
        { provide: Clock, useClass: SystemClock },
        { provide: Db, useFactory: () => new Db(poolOf(boot)) },
        { provide: JOBS_OPTIONS, useValue: jobs },
        Jobs,
        Outbox,
        Metrics,
        IdempotencyStore,
        Housekeeping,
        StartNotes,
        FailPoints,
        LoadShedding,
        CatalogNews,
        CatalogNewsReceiver,
        { provide: ProcessLoad, useFactory: measuredLoad },
        Sealer,
        AuditLog,
        PersonalData,
        RetentionProgress,
        AnswersData,
        AuditData,
        EventsData,
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_PIPE, useClass: RequestPipe },
      ],
      exports: [
        BOOT,
        Config,
        LOGGER,
        Clock,
        Db,
        Jobs,
        Outbox,
        Metrics,
        IdempotencyStore,
        StartNotes,
        FailPoints,
        CatalogNews,
        Sealer,
        AuditLog,
        PersonalData,
        RetentionProgress,
      ],
    };
  }
}

function poolOf({ databaseUrl, config }: Boot): Pool {
  const pool = createPool(databaseUrl, config.databasePoolSize);
  if (config.serverTiming) timeQueries(pool);
  return pool;
}
