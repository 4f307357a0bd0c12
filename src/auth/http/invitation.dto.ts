import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsString, MaxLength, MinLength } from 'class-validator';
import { EMAIL_MAX, EmailAddress, Omittable, OneLine } from '../../platform/http/fields.js';
import { CookieField } from './cookie-field.js';
import { ResetPasswordRequest } from './link.dto.js';

const MOST_ROLES = 50;

export class InviteRequest {
  @ApiProperty({
    type: 'string',
    format: 'email',
    maxLength: EMAIL_MAX,
    description: 'Where the invitation goes, and the address of the account',
    example: 'ada@example.com',
  })
  @EmailAddress()
  email!: string;

  @ApiProperty({
    type: 'string',
    minLength: 1,
    maxLength: 200,
    description: 'What the person is called; they may change it',
    example: 'Ada Lovelace',
  })
  @OneLine(200)
  name!: string;

  @ApiProperty({
    type: 'array',
    items: { type: 'string', minLength: 1, maxLength: 50 },
    minItems: 1,
    maxItems: MOST_ROLES,
    uniqueItems: true,
    description: 'Names of roles; none that opens more than your own',
    example: ['staff'],
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_ROLES)
  @ArrayUnique()
  @IsString({ each: true })
  @MinLength(1, { each: true })
  @MaxLength(50, { each: true })
  roles!: string[];
}

export class AcceptInvitationRequest extends ResetPasswordRequest {
  @ApiPropertyOptional({
    type: 'string',
    minLength: 1,
    maxLength: 200,
    description: 'What the person is called, if not as the invitation says',
    example: 'Ada King',
  })
  @Omittable()
  @OneLine(200)
  name?: string;

  @CookieField()
  cookie?: boolean;
}

/** An account that waits for its owner. */
export class InvitationResponse {
  @ApiProperty({ description: "The account's id", example: '0198c5f0-7b7e-7000-8000-000000000001' })
  userId!: string;

  @ApiProperty({ description: 'Where the invitation went', example: 'ada@example.com' })
  email!: string;

  @ApiProperty({ description: 'What the person is called', example: 'Ada Lovelace' })
  name!: string;

  @ApiProperty({ type: [String], description: 'The roles that the account has', example: ['staff'] })
  roles!: string[];

  @ApiProperty({ format: 'date-time', description: 'When it was mailed last', example: '2026-11-22T12:00:00.000Z' })
  sentAt!: string;

  @ApiProperty({ format: 'date-time', description: 'Until when its link is good', example: '2026-11-29T12:00:00.000Z' })
  expiresAt!: string;
}

/** A page of invitations, the one mailed last first. */
export class InvitationsPageResponse {
  @ApiProperty({ type: [InvitationResponse], description: 'Invitations that nobody has accepted' })
  items!: InvitationResponse[];

  @ApiProperty({ type: 'string', nullable: true, description: 'For the next page; null on the last', example: null })
  nextCursor!: string | null;
}
