import { PUBLIC_EVENTS, type PublicEventType } from '../domain/public-events.js';
import { publicMessage } from '../domain/public-message.js';
import type { Attempt, Delivery, Subscription } from '../domain/subscription.js';
import type { WebhookDeliveryDetailResponse, WebhookDeliveryResponse } from './delivery.dto.js';
import type { WebhookEventTypeResponse, WebhookResponse, WebhookWithSecretResponse } from './webhook.dto.js';

export function toWebhookResponse(subscription: Subscription): WebhookResponse {
  return {
    id: subscription.id,
    url: subscription.url,
    eventTypes: [...subscription.eventTypes],
    description: subscription.description,
    disabled: subscription.disabledAt !== null,
    disabledReason: subscription.disabledReason,
    disabledAt: subscription.disabledAt?.toISOString() ?? null,
    failingSince: subscription.failingSince?.toISOString() ?? null,
    failures: subscription.failures,
    previousSecretUntil: subscription.previousUntil?.toISOString() ?? null,
    version: subscription.version,
    createdAt: subscription.createdAt.toISOString(),
    updatedAt: subscription.updatedAt.toISOString(),
  };
}

/** For the two answers that give the secret out, and no other. */
export function toWebhookWithSecret(subscription: Subscription): WebhookWithSecretResponse {
  return { ...toWebhookResponse(subscription), secret: subscription.secret };
}

const EXAMPLE_TIME = new Date('2026-01-05T14:03:59.000Z');

/** The example is made as real bodies are. */
export function toEventTypeResponse(type: PublicEventType): WebhookEventTypeResponse {
  const { description, example } = PUBLIC_EVENTS[type];
  return { type, description, example: { ...publicMessage(type, example, EXAMPLE_TIME) } };
}

export function toDeliveryResponse(delivery: Delivery): WebhookDeliveryResponse {
  return {
    id: delivery.id,
    webhookId: delivery.subscriptionId,
    eventId: delivery.eventId,
    eventType: delivery.eventType,
    status: delivery.status,
    attempts: delivery.attempts,
    nextAttemptAt: delivery.nextAttemptAt?.toISOString() ?? null,
    failure: delivery.failure,
    createdAt: delivery.createdAt.toISOString(),
    settledAt: delivery.settledAt?.toISOString() ?? null,
  };
}

export function toDeliveryDetail(delivery: Delivery, tries: readonly Attempt[]): WebhookDeliveryDetailResponse {
  return {
    ...toDeliveryResponse(delivery),
    body: delivery.payload,
    tries: tries.map(({ at, durationMs, httpStatus, error }) => ({
      at: at.toISOString(),
      durationMs,
      httpStatus,
      error,
    })),
  };
}
