import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/index.js';
import { Jobs } from '../../platform/jobs/index.js';
import type { WaitingDelivery } from '../data/deliveries.repository.js';

/** The job that makes one try of one delivery. */
export const DELIVER_TASK = 'webhooks.deliver';

/** One job for each delivery that waits; those of a subscription run one after the other, so that a slow endpoint takes one place only. */
@Injectable()
export class DeliveryQueue {
  constructor(private readonly jobs: Jobs) {}

  /** As part of the transaction that makes the delivery due; replaces the job that it may have already. */
  enqueue(tx: Pick<Tx, 'write'>, { id, subscriptionId }: WaitingDelivery, runAt?: Date): void {
    this.jobs.enqueue(
      tx,
      DELIVER_TASK,
      { deliveryId: id },
      { key: `webhook:${id}`, queue: `webhook:${subscriptionId}`, ...(runAt ? { runAt } : {}) },
    );
  }
}
