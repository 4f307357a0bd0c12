import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsOptional, IsString, MaxLength, MinLength } from 'class-validator';
import { PageQuery } from '../../platform/http/index.js';
import { Trimmed } from '../../platform/http/fields.js';
import { TIMELINE_TYPES, type TimelineData } from '../domain/timeline.js';

export class WriteNoteRequest {
  @ApiProperty({ type: String, minLength: 1, maxLength: 5000, description: 'The note', example: 'Rang, calls back' })
  @Trimmed()
  @IsString()
  @MinLength(1)
  @MaxLength(5000)
  text!: string;

  @ApiPropertyOptional({
    type: Boolean,
    default: false,
    description: 'Whether the customer sees it',
    example: false,
  })
  @IsOptional()
  @IsBoolean()
  public?: boolean;
}

export class TimelineQuery extends PageQuery {
  @ApiPropertyOptional({
    type: String,
    maxLength: 200,
    description: "A guest's order token; the `Order-Token` header does the same and stays out of logs",
  })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  token?: string;
}

export class TimelineEntryResponse {
  @ApiProperty({ type: String, description: 'The entry', example: '0198c5f0-7b7e-7000-8000-000000000007' })
  id!: string;
  @ApiProperty({ enum: TIMELINE_TYPES, description: 'What happened', example: 'fulfilled' })
  type!: string;
  @ApiProperty({ enum: ['customer', 'staff', 'system'], description: 'Who did it', example: 'staff' })
  actor!: string;
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The user, where one was signed in; customers are not told which of the staff it was',
    example: null,
  })
  actorId!: string | null;
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'The facts, by `type`: ids, texts, units, amounts in minor units of the order',
    example: { position: 1 },
  })
  data!: TimelineData;
  @ApiProperty({ type: Boolean, description: 'Whether the customer sees it', example: true })
  public!: boolean;
  @ApiProperty({ type: String, format: 'date-time', description: 'When', example: '2026-01-05T10:00:00.000Z' })
  createdAt!: string;
}

export class TimelinePageResponse {
  @ApiProperty({ type: [TimelineEntryResponse], description: 'Newest first' })
  items!: TimelineEntryResponse[];
  @ApiProperty({ type: String, nullable: true, description: 'Where the next page begins', example: null })
  nextCursor!: string | null;
}
