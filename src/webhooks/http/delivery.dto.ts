import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { Omittable } from '../../platform/http/fields.js';
import { PageQuery } from '../../platform/http/index.js';
import type { DeliveryStatus } from '../domain/subscription.js';

const STATUSES = ['queued', 'delivered', 'failed'] as const satisfies readonly DeliveryStatus[];

export class DeliveriesQuery extends PageQuery {
  @ApiPropertyOptional({ enum: STATUSES, description: 'Only those in this state', example: 'failed' })
  @Omittable()
  @IsIn(STATUSES)
  status?: DeliveryStatus;
}

/** One event owed to one subscription. */
export class WebhookDeliveryResponse {
  @ApiProperty({ type: String, description: 'Opaque', example: '0198c5f0-7b7e-7000-8000-000000000070' })
  id!: string;
  @ApiProperty({ type: String, description: 'Whose it is', example: '0198c5f0-7b7e-7000-8000-000000000060' })
  webhookId!: string;
  @ApiProperty({
    type: String,
    description: 'The event, and the `webhook-id` of every try',
    example: '0198c5f0-7b7e-7000-8000-000000000080',
  })
  eventId!: string;
  @ApiProperty({ type: String, description: 'Its type', example: 'orders.paid' })
  eventType!: string;
  @ApiProperty({
    enum: STATUSES,
    description: '`queued` until the endpoint has taken it or all tries are used up',
    example: 'delivered',
  })
  status!: DeliveryStatus;
  @ApiProperty({ type: 'integer', description: 'Tries since it was last put in the queue', example: 1 })
  attempts!: number;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When the next try is due',
    example: null,
  })
  nextAttemptAt!: string | null;
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Why it was given up: `tries_exhausted`, `endpoint_gone` or `subscription_disabled`',
    example: null,
  })
  failure!: string | null;
  @ApiProperty({
    type: String,
    format: 'date-time',
    description: 'Since when it is owed',
    example: '2026-01-05T14:03:59.000Z',
  })
  createdAt!: string;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When it was taken or given up',
    example: '2026-01-05T14:04:00.000Z',
  })
  settledAt!: string | null;
}

/** One try. */
export class WebhookAttemptResponse {
  @ApiProperty({ type: String, format: 'date-time', description: 'When', example: '2026-01-05T14:04:00.000Z' })
  at!: string;
  @ApiProperty({ type: 'integer', description: 'How long it took, in milliseconds', example: 84 })
  durationMs!: number;
  @ApiProperty({ type: 'integer', nullable: true, description: 'What the endpoint answered', example: 204 })
  httpStatus!: number | null;
  @ApiProperty({
    type: String,
    nullable: true,
    description:
      'Why there was no answer, such as `timeout`, `ECONNREFUSED` or `address_not_allowed`. Neither this nor a status: the try is under way, or was cut short',
    example: null,
  })
  error!: string | null;
}

/** A delivery with what is sent and what came of it. */
export class WebhookDeliveryDetailResponse extends WebhookDeliveryResponse {
  @ApiProperty({
    type: String,
    description: 'The body, the same in every try',
    example: '{"type":"orders.refunded","timestamp":"2026-01-05T14:03:59.000Z","data":{}}',
  })
  body!: string;
  @ApiProperty({ type: [WebhookAttemptResponse], description: 'The latest 100 tries, the last one first' })
  tries!: WebhookAttemptResponse[];
}

export class WebhookDeliveriesPageResponse {
  @ApiProperty({ type: [WebhookDeliveryResponse], description: 'Newest first' })
  items!: WebhookDeliveryResponse[];
  @ApiProperty({ type: String, nullable: true, description: 'Where the next page begins', example: null })
  nextCursor!: string | null;
}
