import { Injectable } from '@nestjs/common';
import type { SignedIn } from '../../platform/access/index.js';
import { AuditLog } from '../../platform/audit-log/index.js';
import { NotFoundError } from '../../platform/errors/index.js';
import { IdempotencyStore, type KeptAnswer, type KeyUse } from '../../platform/idempotency/index.js';
import { Clock } from '../../platform/time/index.js';
import { DeliveriesRepository } from '../data/deliveries.repository.js';
import { SubscriptionsRepository } from '../data/subscriptions.repository.js';
import type { Delivery } from '../domain/subscription.js';
import { SubscriptionDisabledError } from '../domain/webhooks.errors.js';
import { DeliveryQueue } from './delivery-queue.js';

/** Staff have a delivery sent again, whatever became of it: the same event under the same id. */
@Injectable()
export class ReplayService {
  constructor(
    private readonly keys: IdempotencyStore,
    private readonly clock: Clock,
    private readonly subscriptions: SubscriptionsRepository,
    private readonly deliveries: DeliveriesRepository,
    private readonly queue: DeliveryQueue,
    private readonly audit: AuditLog,
  ) {}

  /** @throws NotFoundError, SubscriptionDisabledError (409) */
  async replay(
    actor: SignedIn,
    id: string,
    key: KeyUse | undefined,
    render: (delivery: Delivery) => string,
  ): Promise<KeptAnswer> {
    return this.keys.run(key, async (tx) => {
      const found = await this.deliveries.findById(id, tx);
      const subscription = found && (await this.subscriptions.lock(tx, found.subscriptionId));
      // Read again, now that nobody else changes it.
      const delivery = await this.deliveries.findById(id, tx);
      if (!subscription || !delivery) throw new NotFoundError('webhook_delivery');
      if (subscription.disabledAt) throw new SubscriptionDisabledError();
      const queued = await this.deliveries.requeue(tx, delivery, this.clock.now());
      // Whoever asks for it means now, even where the endpoint has failed of late.
      const { failures, failingSince } = subscription;
      await this.subscriptions.noteHealth(tx, subscription.id, { failures, failingSince, pausedUntil: null });
      this.queue.enqueue(tx, queued);
      await this.audit.record(tx, actor, {
        action: 'webhooks.delivery_replayed',
        subject: { type: 'webhook_delivery', id: queued.id },
        after: { webhookId: subscription.id, eventType: queued.eventType },
      });
      return { status: 202, body: render(queued), headers: {} };
    });
  }
}
