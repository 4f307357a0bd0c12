import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Logger } from 'pino';
import { Jobs } from '../../platform/jobs/index.js';
import { LOGGER } from '../../platform/observability/logger.js';
import { PersonalData } from '../../platform/privacy/index.js';

/** Takes out, once a day, what is past the periods of the configuration (`RETAIN_…_DAYS`). */
@Injectable()
export class RetentionJob implements OnModuleInit {
  constructor(
    private readonly jobs: Jobs,
    private readonly registry: PersonalData,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.jobs.schedule('privacy.retention', '11 4 * * *', () => this.run());
  }

  /** One source that fails keeps none of the others. @throws AggregateError with what failed, so that the job is run again */
  async run(): Promise<void> {
    const rows: Record<string, number> = {};
    const errors: unknown[] = [];
    for (const source of this.registry.sources) {
      try {
        const count = (await source.forgetOld?.()) ?? 0;
        if (count > 0) rows[source.name] = count;
      } catch (error) {
        errors.push(error);
      }
    }
    if (Object.keys(rows).length > 0) this.logger.info({ rows }, 'old personal data taken out');
    if (errors.length > 0) throw new AggregateError(errors, 'some personal data could not be taken out');
  }
}
