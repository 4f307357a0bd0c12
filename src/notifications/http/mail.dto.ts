import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsString, MaxLength, MinLength } from 'class-validator';
import { Omittable, Trimmed } from '../../platform/http/fields.js';
import { PageQuery } from '../../platform/http/index.js';
import type { MailStatus } from '../data/mail-reads.repository.js';

const STATUSES = ['queued', 'sent', 'failed'] as const satisfies readonly MailStatus[];

export class MailsQuery extends PageQuery {
  @ApiPropertyOptional({ enum: STATUSES, description: 'Only those in this state', example: 'failed' })
  @Omittable()
  @IsIn(STATUSES)
  status?: MailStatus;

  @ApiPropertyOptional({
    type: 'string',
    minLength: 1,
    maxLength: 320,
    description: 'Only those to this address, spelt as the mail was sent',
    example: 'grace@example.com',
  })
  @Omittable()
  @Trimmed()
  @IsString()
  @MinLength(1)
  @MaxLength(320)
  recipient?: string;
}

/** A mail that is owed, was sent, or was given up. */
export class MailResponse {
  @ApiProperty({
    type: String,
    description: 'Opaque; part of the Message-ID',
    example: '0198c5f0-7b7e-7000-8000-000000000090',
  })
  id!: string;
  @ApiProperty({ type: String, description: 'The event it tells of', example: '0198c5f0-7b7e-7000-8000-000000000080' })
  eventId!: string;
  @ApiProperty({ type: String, description: 'What kind of mail', example: 'order_confirmation' })
  kind!: string;
  @ApiProperty({ type: String, description: 'To whom', example: 'grace@example.com' })
  recipient!: string;
  @ApiProperty({ type: String, description: 'Its subject', example: 'Your order BR-7K3QX9 at Tea & Cups' })
  subject!: string;
  @ApiProperty({
    enum: STATUSES,
    description: '`queued` until the mail server has taken it or it is given up',
    example: 'sent',
  })
  status!: MailStatus;
  @ApiProperty({ type: 'integer', description: 'Tries since it was last put in the queue', example: 1 })
  attempts!: number;
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Why the last try failed, as the mail server said it',
    example: null,
  })
  lastError!: string | null;
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
    description: 'When the mail server took it',
    example: '2026-01-05T14:04:00.000Z',
  })
  sentAt!: string | null;
}

/** A mail with what it says. A guest's key to the order is taken out. */
export class MailDetailResponse extends MailResponse {
  @ApiProperty({ type: String, description: 'Its plain text', example: 'Thank you for your order' })
  text!: string;
  @ApiProperty({ type: String, description: 'Its HTML', example: '<h1>Thank you for your order</h1>' })
  html!: string;
}

export class MailsPageResponse {
  @ApiProperty({ type: [MailResponse], description: 'Newest first' })
  items!: MailResponse[];
  @ApiProperty({ type: String, nullable: true, description: 'Where the next page begins', example: null })
  nextCursor!: string | null;
}
