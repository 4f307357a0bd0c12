import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Logger } from 'pino';
import { Db, type Tx } from '../../platform/database/index.js';
import { Jobs } from '../../platform/jobs/index.js';
import { LOGGER } from '../../platform/observability/logger.js';
import { Clock } from '../../platform/time/index.js';
import { DeliveriesRepository } from '../data/deliveries.repository.js';
import { SubscriptionsRepository } from '../data/subscriptions.repository.js';
import { WebhookClient } from '../delivery/webhook-client.js';
import { endpointPause, isGivenUp, pauseAfter } from '../domain/retry-schedule.js';
import { signatureHeaders, validSecrets } from '../domain/signature.js';
import { isDelivered, isGone, type Delivery, type Outcome, type Subscription } from '../domain/subscription.js';
import { DELIVER_TASK, DeliveryQueue } from './delivery-queue.js';

interface Try {
  readonly attemptId: bigint;
  readonly delivery: Delivery;
  readonly subscription: Subscription;
  readonly at: Date;
}

/** The job that makes one try of a delivery, and records what came of it. Each step takes the subscription's row before the delivery's. */
@Injectable()
export class DeliverService implements OnModuleInit {
  constructor(
    private readonly db: Db,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
    private readonly subscriptions: SubscriptionsRepository,
    private readonly deliveries: DeliveriesRepository,
    private readonly queue: DeliveryQueue,
    private readonly client: WebhookClient,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(
      DELIVER_TASK,
      async (payload) => this.deliver((payload as { deliveryId: string }).deliveryId),
      'webhooks',
    );
  }

  /**
   * Makes the try that is due, if the delivery is still owed. A crash between the endpoint's answer and our record of it sends the message
   * once more, under the same `webhook-id`.
   */
  async deliver(deliveryId: string): Promise<void> {
    const begun = await this.db.transaction(async (tx) => this.begin(tx, deliveryId));
    if (!begun) return;
    const { delivery, subscription, at } = begun;
    const message = { id: delivery.eventId, at, body: delivery.payload };
    const outcome = await this.client.post({
      url: subscription.url,
      body: delivery.payload,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Backroom-Webhooks',
        ...signatureHeaders(message, validSecrets(subscription, at)),
      },
    });
    await this.db.transaction(async (tx) => this.record(tx, begun, outcome));
  }

  private async begin(tx: Tx, deliveryId: string): Promise<Try | undefined> {
    const found = await this.deliveries.findById(deliveryId, tx);
    const subscription = found && (await this.subscriptions.lock(tx, found.subscriptionId));
    // Read again, now that nobody else changes it.
    const delivery = await this.deliveries.findById(deliveryId, tx);
    if (!subscription || delivery?.status !== 'queued') return undefined;
    const at = this.clock.now();
    if (subscription.disabledAt) {
      await this.deliveries.giveUp(tx, deliveryId, 'subscription_disabled', at);
      return undefined;
    }
    if (subscription.pausedUntil && subscription.pausedUntil > at) {
      await this.postpone(tx, delivery, subscription.pausedUntil);
      return undefined;
    }
    const attemptId = await this.deliveries.startAttempt(tx, deliveryId, at);
    return { attemptId, delivery: { ...delivery, attempts: delivery.attempts + 1 }, subscription, at };
  }

  private async record(tx: Tx, begun: Try, outcome: Outcome): Promise<void> {
    const { id, subscriptionId, attempts } = begun.delivery;
    const subscription = await this.subscriptions.lock(tx, subscriptionId);
    // It was deleted meanwhile, and its deliveries with it.
    if (!subscription) return;
    await this.deliveries.finishAttempt(tx, begun.attemptId, outcome);
    const { httpStatus, error, durationMs } = outcome;
    this.logger.debug({ deliveryId: id, subscriptionId, attempts, httpStatus, error, durationMs }, 'webhook tried');
    if (isDelivered(outcome)) {
      await this.deliveries.markDelivered(tx, id, this.clock.now());
      await this.subscriptions.noteHealth(tx, subscriptionId, { failures: 0, failingSince: null, pausedUntil: null });
    } else await this.failed(tx, begun.delivery, subscription, outcome);
  }

  private async failed(tx: Tx, delivery: Delivery, subscription: Subscription, outcome: Outcome): Promise<void> {
    const now = this.clock.now();
    const failures = subscription.failures + 1;
    const failingSince = subscription.failingSince ?? now;
    const pause = endpointPause(failures);
    const pausedUntil = pause > 0 ? new Date(now.getTime() + pause) : null;
    await this.subscriptions.noteHealth(tx, subscription.id, { failures, failingSince, pausedUntil });
    if (isGone(outcome)) await this.deliveries.giveUp(tx, delivery.id, 'endpoint_gone', now);
    const wait = pauseAfter(delivery.attempts, Math.random());
    if (wait === undefined) await this.deliveries.giveUp(tx, delivery.id, 'tries_exhausted', now);
    const reason = disablingReason(outcome, isGivenUp(failures, failingSince, now));
    if (reason !== undefined && !subscription.disabledAt) await this.disable(tx, subscription.id, reason, now);
    else if (wait !== undefined && !isGone(outcome)) await this.postpone(tx, delivery, new Date(now.getTime() + wait));
  }

  private async postpone(tx: Tx, delivery: Delivery, until: Date): Promise<void> {
    await this.deliveries.postpone(tx, delivery.id, until);
    this.queue.enqueue(tx, delivery, until);
  }

  private async disable(tx: Tx, id: string, reason: string, now: Date): Promise<void> {
    await this.subscriptions.update(tx, id, { disabledAt: now, disabledReason: reason }, now);
    await this.deliveries.giveUpAll(tx, id, now);
    this.logger.warn({ subscriptionId: id, reason }, 'webhook subscription disabled');
  }
}

function disablingReason(outcome: Outcome, givenUp: boolean): string | undefined {
  if (isGone(outcome)) return 'The endpoint answered 410 Gone: it wants no more deliveries.';
  return givenUp ? 'The endpoint took nothing for 5 days.' : undefined;
}
