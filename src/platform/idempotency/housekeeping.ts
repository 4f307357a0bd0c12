import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Jobs } from '../jobs/index.js';
import { IdempotencyStore } from './idempotency.store.js';

/** Sweeps expired idempotency records every hour. */
@Injectable()
export class Housekeeping implements OnModuleInit {
  constructor(
    private readonly jobs: Jobs,
    private readonly store: IdempotencyStore,
  ) {}

  onModuleInit(): void {
    this.jobs.schedule('idempotency.sweep', '17 * * * *', async () => {
      await this.store.sweep();
    });
  }
}
