import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsISO8601,
  IsString,
  IsUUID,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { ALL_PERMISSIONS, type Permission } from '../../platform/access/index.js';
import { Omittable, OneLine } from '../../platform/http/fields.js';
import { PageQuery } from '../../platform/http/index.js';
import { MAX_OVERLAP_SECONDS } from '../domain/api-key.js';
import { PASSWORD_MAX } from '../passwords/password-length.js';

const MAX_NAME = 100;
const MAX_CODE = 40;

const NAME = {
  type: 'string',
  minLength: 1,
  maxLength: MAX_NAME,
  description: 'What the key is for, for people',
  example: 'Stock from the till',
} as const;

/** The person shows themselves once more, by one of these; see the description of the operation. */
class ProofFields {
  @ApiPropertyOptional({
    type: 'string',
    format: 'password',
    maxLength: PASSWORD_MAX,
    description: "The account's password, as proof that it is the person who asks",
    example: 'correct horse battery staple',
  })
  @Omittable()
  @IsString()
  @MaxLength(PASSWORD_MAX)
  password?: string;

  @ApiPropertyOptional({
    type: 'string',
    maxLength: MAX_CODE,
    description: 'Or a code of the second factor',
    example: '492039',
  })
  @Omittable()
  @IsString()
  @MaxLength(MAX_CODE)
  code?: string;
}

export class CreateApiKeyRequest extends ProofFields {
  @ApiProperty(NAME)
  @OneLine(MAX_NAME)
  name!: string;

  @ApiProperty({
    enum: ALL_PERMISSIONS,
    isArray: true,
    minItems: 1,
    maxItems: 50,
    uniqueItems: true,
    description: 'What the key may do, within what its owner may; what the owner loses later, the key loses as well',
    example: ['inventory:read', 'inventory:write'],
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @ArrayUnique()
  @IsIn(ALL_PERMISSIONS, { each: true })
  permissions!: Permission[];

  @ApiPropertyOptional({
    type: 'string',
    format: 'date-time',
    maxLength: 40,
    description: 'From when on it is good no more; left out: good until it is revoked',
    example: '2027-01-01T00:00:00.000Z',
  })
  @Omittable()
  @IsString()
  @MaxLength(40)
  @IsISO8601({ strict: true })
  expiresAt?: string;
}

export class ChangeApiKeyRequest {
  @ApiProperty(NAME)
  @OneLine(MAX_NAME)
  name!: string;
}

export class RotateApiKeyRequest extends ProofFields {
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    maximum: MAX_OVERLAP_SECONDS,
    default: 0,
    description: 'For how many seconds the secret until now stays good; 0 for one that got into wrong hands',
    example: 3600,
  })
  @Omittable()
  @IsInt()
  @Min(0)
  @Max(MAX_OVERLAP_SECONDS)
  overlapSeconds = 0;
}

export class ApiKeysQuery extends PageQuery {
  @ApiPropertyOptional({
    type: 'string',
    format: 'uuid',
    description: "Another account's keys, with `users:read`",
    example: '0198c5f0-7b7e-7000-8000-000000000001',
  })
  @Omittable()
  @IsUUID()
  userId?: string;
}

/** A key, without its secret. */
export class ApiKeyResponse {
  @ApiProperty({ type: String, description: 'Opaque', example: '0198c5f0-7b7e-7000-8000-000000000070' })
  id!: string;
  @ApiProperty({
    type: String,
    description: 'What stands at the head of the key after `bk_`, to tell it by',
    example: 'q7f3k9x2m4ab',
  })
  prefix!: string;
  @ApiProperty({ type: String, description: 'What it is for', example: 'Stock from the till' })
  name!: string;
  @ApiProperty({ type: String, description: 'Whose it is', example: '0198c5f0-7b7e-7000-8000-000000000001' })
  userId!: string;
  @ApiProperty({
    type: [String],
    description: 'What it was made for; it may do these as far as its owner may',
    example: ['inventory:read', 'inventory:write'],
  })
  permissions!: string[];
  @ApiProperty({
    enum: ['active', 'expired', 'revoked'],
    description: 'Whether it can be used',
    example: 'active',
  })
  status!: 'active' | 'expired' | 'revoked';
  @ApiProperty({ type: String, format: 'date-time', description: 'Made', example: '2026-01-05T14:03:59.000Z' })
  createdAt!: string;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Since when it has its present secret; null where it never had another',
    example: null,
  })
  rotatedAt!: string | null;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Until when the secret before that is good, too',
    example: null,
  })
  previousUntil!: string | null;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'From when on it is good no more',
    example: '2027-01-01T00:00:00.000Z',
  })
  expiresAt!: string | null;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Its last use, to the minute; null for never',
    example: '2026-01-06T08:00:00.000Z',
  })
  lastUsedAt!: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Revoked', example: null })
  revokedAt!: string | null;
}

export class ApiKeyWithSecretResponse extends ApiKeyResponse {
  @ApiProperty({
    type: String,
    description: 'The whole key, for `Authorization: Bearer`. No other answer shows it',
    example: 'bk_q7f3k9x2m4ab_0mH3sX1q2w8J4c5V6b7N8m9K0l1P2o3I4u5Y6t7R8e9',
  })
  key!: string;
}

export class ApiKeysPageResponse {
  @ApiProperty({ type: [ApiKeyResponse], description: 'Newest first' })
  items!: ApiKeyResponse[];
  @ApiProperty({ type: String, nullable: true, description: 'For `cursor`; null on the last page', example: null })
  nextCursor!: string | null;
}
