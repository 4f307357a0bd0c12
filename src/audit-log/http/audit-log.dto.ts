import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsISO8601, IsOptional, IsString, IsUUID, Matches, MaxLength } from 'class-validator';
import { PageQuery } from '../../platform/http/index.js';

const USER = '0198c5f0-7b7e-7000-8000-000000000001';
const TIME = { type: 'string', format: 'date-time', maxLength: 40, example: '2026-11-22T12:00:00.000Z' } as const;

export class AuditLogQuery extends PageQuery {
  @ApiPropertyOptional({ format: 'uuid', description: 'What this account did, itself or by its keys', example: USER })
  @IsOptional()
  @IsUUID()
  actorId?: string;

  @ApiPropertyOptional({
    type: 'string',
    maxLength: 100,
    pattern: '^[a-z_]+\\.[a-z_]+$',
    description: 'Only this action',
    example: 'users.roles_changed',
  })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  @Matches(/^[a-z_]+\.[a-z_]+$/)
  action?: string;

  @ApiPropertyOptional({ type: 'string', maxLength: 50, description: 'Of what kind of thing', example: 'user' })
  @IsOptional()
  @IsString()
  @MaxLength(50)
  subjectType?: string;

  @ApiPropertyOptional({ type: 'string', maxLength: 200, description: 'Of this thing', example: USER })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  subjectId?: string;

  @ApiPropertyOptional({ ...TIME, description: 'From this moment on' })
  @IsOptional()
  @MaxLength(40)
  @IsISO8601({ strict: true, strictSeparator: true })
  from?: string;

  @ApiPropertyOptional({ ...TIME, description: 'Before this moment' })
  @IsOptional()
  @MaxLength(40)
  @IsISO8601({ strict: true, strictSeparator: true })
  to?: string;
}

export class AuditExportQuery extends AuditLogQuery {
  @ApiPropertyOptional({
    enum: ['csv', 'ndjson'],
    default: 'csv',
    description:
      'CSV for spreadsheets, in which no cell is a formula, or a JSON object a line; `limit` and `cursor` mean nothing here',
    example: 'csv',
  })
  @IsOptional()
  @IsIn(['csv', 'ndjson'])
  format: 'csv' | 'ndjson' = 'csv';
}

/** One thing that was done. */
export class AuditEntryResponse {
  @ApiProperty({ description: 'Opaque; grows with time', example: '0198c5f0-7b7e-7000-8000-0000000000f0' })
  id!: string;

  @ApiProperty({ format: 'date-time', description: 'When', example: '2026-11-22T12:00:00.000Z' })
  at!: string;

  @ApiProperty({
    enum: ['user', 'api_key', 'guest', 'system'],
    description: 'As what the actor came; `system` is the shop itself or its command line',
    example: 'user',
  })
  actorKind!: string;

  @ApiProperty({ type: 'string', nullable: true, description: 'The account that acted', example: USER })
  actorId!: string | null;

  @ApiProperty({ type: 'string', nullable: true, description: 'By which of its API keys', example: null })
  apiKeyId!: string | null;

  @ApiProperty({ description: 'What was done', example: 'users.role_changed' })
  action!: string;

  @ApiProperty({ description: 'To what kind of thing', example: 'role' })
  subjectType!: string;

  @ApiProperty({ description: 'To which', example: 'support' })
  subjectId!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    description: 'The fields that changed, as they were; secrets and personal data read `[hidden]`',
    example: { permissions: ['orders:read'] },
  })
  before!: Record<string, unknown> | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    description: 'The same fields as they became',
    example: { permissions: ['orders:read', 'orders:write'] },
  })
  after!: Record<string, unknown> | null;

  @ApiProperty({
    type: 'string',
    nullable: true,
    description: 'The network address that it came from; null once its time is over',
    example: '192.0.2.1',
  })
  address!: string | null;

  @ApiProperty({ type: 'string', nullable: true, description: 'What the client called itself', example: 'curl/8.5.0' })
  userAgent!: string | null;

  @ApiProperty({ type: 'string', nullable: true, description: 'As in the log of the server', example: 'req-1a' })
  requestId!: string | null;
}

/** A page of the audit log, newest first. */
export class AuditLogPageResponse {
  @ApiProperty({ type: [AuditEntryResponse], description: 'Entries, newest first' })
  items!: AuditEntryResponse[];

  @ApiProperty({ type: 'string', nullable: true, description: 'For the next page; null on the last', example: null })
  nextCursor!: string | null;
}
