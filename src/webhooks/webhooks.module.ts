import { Module } from '@nestjs/common';
import { DeliverService } from './app/deliver.service.js';
import { DeliveryQueue } from './app/delivery-queue.js';
import { EndpointCheck } from './app/endpoint-check.js';
import { FanOut } from './app/fan-out.service.js';
import { WebhookHousekeeping } from './app/housekeeping.js';
import { ReplayService } from './app/replay.service.js';
import { SubscriptionsService } from './app/subscriptions.service.js';
import { DeliveriesRepository } from './data/deliveries.repository.js';
import { SubscriptionsRepository } from './data/subscriptions.repository.js';
import { EndpointAddresses } from './delivery/endpoint-addresses.js';
import { WebhooksPersonalData } from './app/webhooks-personal-data.js';
import { WebhooksPersonalDataRepository } from './data/webhooks-personal-data.repository.js';
import { WebhookClient } from './delivery/webhook-client.js';
import { WebhookDeliveriesController } from './http/webhook-deliveries.controller.js';
import { WebhooksController } from './http/webhooks.controller.js';

/** Signed news for other systems (Standard Webhooks), driven by the outbox. Knows the events of others by their types alone. */
@Module({
  controllers: [WebhooksController, WebhookDeliveriesController],
  providers: [
    SubscriptionsRepository,
    DeliveriesRepository,
    EndpointAddresses,
    EndpointCheck,
    WebhookClient,
    DeliveryQueue,
    FanOut,
    DeliverService,
    ReplayService,
    SubscriptionsService,
    WebhookHousekeeping,
    WebhooksPersonalData,
    WebhooksPersonalDataRepository,
  ],
})
export class WebhooksModule {}
