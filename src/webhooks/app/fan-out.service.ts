import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Db, type Tx } from '../../platform/database/index.js';
import { Outbox, type StoredEvent } from '../../platform/outbox/index.js';
import { Clock } from '../../platform/time/index.js';
import { DeliveriesRepository } from '../data/deliveries.repository.js';
import { SubscriptionsRepository } from '../data/subscriptions.repository.js';
import { EVERY_TYPE, isPublicEventType, PUBLIC_EVENT_TYPES } from '../domain/public-events.js';
import { publicMessage } from '../domain/public-message.js';
import { DeliveryQueue } from './delivery-queue.js';

/** Turns what happened into what each subscriber is owed: one delivery for each event, however often it is handed over. */
@Injectable()
export class FanOut implements OnModuleInit {
  constructor(
    private readonly db: Db,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    private readonly subscriptions: SubscriptionsRepository,
    private readonly deliveries: DeliveriesRepository,
    private readonly queue: DeliveryQueue,
  ) {}

  onModuleInit(): void {
    const sift = (events: readonly StoredEvent[], tx: Tx) => this.wanted(events, tx);
    for (const type of PUBLIC_EVENT_TYPES)
      this.outbox.subscribe(type, 'webhooks', async (event) => this.handOut(event), sift);
  }

  /** Those of a type that somebody wants to hear of: a subscription that comes later is told of what happens from then on. */
  private async wanted(events: readonly StoredEvent[], tx: Tx): Promise<readonly StoredEvent[]> {
    const types = new Set(await this.subscriptions.findWantedTypes(tx));
    return types.has(EVERY_TYPE) ? events : events.filter(({ type }) => types.has(type));
  }

  /** The deliveries and their jobs are written together; the body is made once, and is the same in every try. */
  async handOut(event: StoredEvent): Promise<void> {
    const { id: eventId, type, payload, occurredAt } = event;
    if (!isPublicEventType(type)) return;
    const body = JSON.stringify(publicMessage(type, payload, occurredAt));
    await this.db.transaction(async (tx) => {
      const readers = await this.subscriptions.findActiveFor(tx, type);
      if (readers.length === 0) return;
      const owed = { eventId, eventType: type, payload: body };
      for (const delivery of await this.deliveries.add(tx, owed, readers, this.clock.now()))
        this.queue.enqueue(tx, delivery);
    });
  }
}
