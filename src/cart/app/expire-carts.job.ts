import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Logger } from 'pino';
import { Jobs } from '../../platform/jobs/index.js';
import { LOGGER } from '../../platform/observability/logger.js';
import { Clock } from '../../platform/time/index.js';
import { CartRepository } from '../data/cart.repository.js';

const BATCH = 500;

/** Deletes abandoned carts, in batches small enough to disturb nobody. */
@Injectable()
export class ExpireCartsJob implements OnModuleInit {
  constructor(
    private readonly jobs: Jobs,
    private readonly carts: CartRepository,
    private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.jobs.schedule('cart.expire', '*/10 * * * *', () => this.run());
  }

  async run(): Promise<void> {
    let total = 0;
    let deleted: number;
    do {
      deleted = await this.carts.deleteExpired(this.clock.now(), BATCH);
      total += deleted;
    } while (deleted === BATCH);
    if (total > 0) this.logger.info({ carts: total }, 'expired carts deleted');
  }
}
