import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
} from 'class-validator';
import { Omittable, Trimmed } from '../../platform/http/fields.js';
import { MAX_URL_LENGTH } from '../domain/endpoint-url.js';
import { EVERY_TYPE, PUBLIC_EVENT_TYPES } from '../domain/public-events.js';

const ACCEPTED_TYPES = [...PUBLIC_EVENT_TYPES, EVERY_TYPE];
const MAX_DESCRIPTION = 500;
const MAX_OVERLAP_HOURS = 168;

const URL_FIELD = {
  type: 'string',
  minLength: 1,
  maxLength: MAX_URL_LENGTH,
  description:
    'Where deliveries are posted to: an https address on the open Internet, without user and password, on the usual port or one from 1024 up',
  example: 'https://hooks.example.com/backroom',
} as const;
const TYPES_FIELD = {
  enum: ACCEPTED_TYPES,
  isArray: true,
  minItems: 1,
  maxItems: 50,
  uniqueItems: true,
  description: 'Which events to send; `*` stands for all, those of later releases too',
  example: ['orders.paid', 'orders.cancelled'],
} as const;
const DESCRIPTION_FIELD = {
  type: 'string',
  maxLength: MAX_DESCRIPTION,
  description: 'What it is for, for people',
  example: 'Accounting',
} as const;
const DISABLED_FIELD = { type: 'boolean', description: 'Whether nothing is sent', example: false } as const;

const OptionalDescription = () =>
  applyDecorators(
    Omittable(),
    IsString(),
    MaxLength(MAX_DESCRIPTION),
    Matches(/^\P{Cc}*$/u, { message: 'description must not contain control characters' }),
  );

export class CreateWebhookRequest {
  @ApiProperty(URL_FIELD)
  @Trimmed()
  @IsString()
  @MinLength(1)
  @MaxLength(MAX_URL_LENGTH)
  url!: string;

  @ApiProperty(TYPES_FIELD)
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @ArrayUnique()
  @IsIn(ACCEPTED_TYPES, { each: true })
  eventTypes!: string[];

  @ApiPropertyOptional(DESCRIPTION_FIELD)
  @OptionalDescription()
  description?: string;

  @ApiPropertyOptional(DISABLED_FIELD)
  @Omittable()
  @IsBoolean()
  disabled?: boolean;
}

export class ChangeWebhookRequest {
  @ApiPropertyOptional(URL_FIELD)
  @Omittable()
  @Trimmed()
  @IsString()
  @MinLength(1)
  @MaxLength(MAX_URL_LENGTH)
  url?: string;

  @ApiPropertyOptional(TYPES_FIELD)
  @Omittable()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @ArrayUnique()
  @IsIn(ACCEPTED_TYPES, { each: true })
  eventTypes?: string[];

  @ApiPropertyOptional(DESCRIPTION_FIELD)
  @OptionalDescription()
  description?: string;

  @ApiPropertyOptional({
    ...DISABLED_FIELD,
    description:
      'Whether nothing is sent. What is still owed is given up then, and can be sent again once it is enabled',
  })
  @Omittable()
  @IsBoolean()
  disabled?: boolean;
}

export class RotateWebhookSecretRequest {
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    maximum: MAX_OVERLAP_HOURS,
    default: 24,
    description:
      'For how many hours deliveries are signed with the old secret, too; 0 for one that got into wrong hands',
    example: 24,
  })
  @Omittable()
  @IsInt()
  @Min(0)
  @Max(MAX_OVERLAP_HOURS)
  overlapHours = 24;
}

/** A subscription, without its secret. */
export class WebhookResponse {
  @ApiProperty({ type: String, description: 'Opaque', example: '0198c5f0-7b7e-7000-8000-000000000060' })
  id!: string;
  @ApiProperty({ type: String, description: 'Where deliveries go', example: 'https://hooks.example.com/backroom' })
  url!: string;
  @ApiProperty({
    type: [String],
    description: 'Which events; `*` for all',
    example: ['orders.paid', 'orders.cancelled'],
  })
  eventTypes!: string[];
  @ApiProperty({ type: String, description: 'What it is for', example: 'Accounting' })
  description!: string;
  @ApiProperty({ type: Boolean, description: 'Whether nothing is sent', example: false })
  disabled!: boolean;
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Why: by staff, or because the endpoint answered 410 or took nothing for 5 days',
    example: null,
  })
  disabledReason!: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Since when', example: null })
  disabledAt!: string | null;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Since when the endpoint has taken nothing; null where its last answer was a success',
    example: null,
  })
  failingSince!: string | null;
  @ApiProperty({ type: 'integer', description: 'Tries in a row that failed', example: 0 })
  failures!: number;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Until when deliveries are also signed with the secret before the present one',
    example: null,
  })
  previousSecretUntil!: string | null;
  @ApiProperty({ type: 'integer', description: 'Grows with every change', example: 1 })
  version!: number;
  @ApiProperty({
    type: String,
    format: 'date-time',
    description: 'When it was made',
    example: '2026-01-05T10:00:00.000Z',
  })
  createdAt!: string;
  @ApiProperty({
    type: String,
    format: 'date-time',
    description: 'When it was changed',
    example: '2026-01-05T10:00:00.000Z',
  })
  updatedAt!: string;
}

/** A subscription with its secret, which no other answer shows. */
export class WebhookWithSecretResponse extends WebhookResponse {
  @ApiProperty({
    type: String,
    description: 'Signs deliveries as Standard Webhooks says (HMAC-SHA256); shown only here, so keep it',
    example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  })
  secret!: string;
}

export class WebhooksPageResponse {
  @ApiProperty({ type: [WebhookResponse], description: 'Newest first' })
  items!: WebhookResponse[];
  @ApiProperty({ type: String, nullable: true, description: 'Where the next page begins', example: null })
  nextCursor!: string | null;
}

/** A type of event that can be subscribed to. */
export class WebhookEventTypeResponse {
  @ApiProperty({ type: String, description: 'What a subscription names', example: 'orders.refunded' })
  type!: string;
  @ApiProperty({ type: String, description: 'What has happened then', example: 'Money of an order was given back.' })
  description!: string;
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'A body as it is posted',
    example: {
      type: 'orders.refunded',
      timestamp: '2026-01-05T14:03:59.000Z',
      data: { orderId: '0198c5f0-7b7e-7000-8000-000000000010', amount: { amount: 350, currency: 'GBP' } },
    },
  })
  example!: Record<string, unknown>;
}

export class WebhookEventTypesResponse {
  @ApiProperty({ type: [WebhookEventTypeResponse], description: 'All of them' })
  items!: WebhookEventTypeResponse[];
}
