import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Db } from '../../platform/database/index.js';
import { Jobs } from '../../platform/jobs/index.js';
import { Clock } from '../../platform/time/index.js';
import { DeliveriesRepository } from '../data/deliveries.repository.js';
import { DeliveryQueue } from './delivery-queue.js';

const KEEP_MS = 30 * 86_400_000;
const OVERDUE_MS = 3_600_000;
const BATCH = 500;

/** Forgets settled deliveries after 30 days, and queues again what nobody has tried for an hour after its time. */
@Injectable()
export class WebhookHousekeeping implements OnModuleInit {
  constructor(
    private readonly db: Db,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
    private readonly deliveries: DeliveriesRepository,
    private readonly queue: DeliveryQueue,
  ) {}

  onModuleInit(): void {
    this.jobs.schedule('webhooks.sweep', '41 3 * * *', async () => {
      await this.deliveries.deleteSettledBefore(new Date(this.clock.now().getTime() - KEEP_MS));
    });
    this.jobs.schedule('webhooks.requeue_overdue', '*/10 * * * *', async () => {
      await this.requeueOverdue();
    });
  }

  /** A job that the queue has given up (its process died again and again) is no reason to owe a delivery for ever. Answers how many. */
  async requeueOverdue(): Promise<number> {
    const overdue = await this.deliveries.findOverdue(new Date(this.clock.now().getTime() - OVERDUE_MS), BATCH);
    await this.db.transaction(async (tx) => {
      for (const delivery of overdue) this.queue.enqueue(tx, delivery);
    });
    return overdue.length;
  }
}
