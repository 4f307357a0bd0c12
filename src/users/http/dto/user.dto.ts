import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsOptional,
  IsString,
  MaxLength,
  MinLength,
} from 'class-validator';
import { ALL_PERMISSIONS } from '../../../platform/access/index.js';
import { Omittable, OneLine, Trimmed } from '../../../platform/http/fields.js';
import { PageQuery } from '../../../platform/http/index.js';

/** An account. */
export class UserResponse {
  @ApiProperty({ description: 'Opaque', example: '0198c5f0-7b7e-7000-8000-000000000001' })
  id!: string;

  @ApiProperty({ description: 'As it was given', example: 'grace@example.com' })
  email!: string;

  @ApiProperty({ description: 'Whether the owner has shown to read mails at the address', example: true })
  emailVerified!: boolean;

  @ApiProperty({ description: 'What the person is called', example: 'Grace Hopper' })
  name!: string;

  @ApiProperty({ type: [String], description: 'Names of roles', example: ['customer'] })
  roles!: string[];

  @ApiProperty({ enum: ALL_PERMISSIONS, isArray: true, description: 'What the roles open', example: [] })
  permissions!: string[];

  @ApiProperty({ description: 'Whether sign-in is refused', example: false })
  disabled!: boolean;

  @ApiProperty({ type: 'integer', minimum: 1, description: 'Grows with each change', example: 1 })
  version!: number;

  @ApiProperty({ format: 'date-time', description: 'When it was made', example: '2026-11-22T12:00:00.000Z' })
  createdAt!: string;
}

/** A page of accounts, newest first. */
export class UsersPageResponse {
  @ApiProperty({ type: [UserResponse], description: 'Accounts, newest first' })
  items!: UserResponse[];

  @ApiProperty({ type: 'string', nullable: true, description: 'For the next page; null on the last', example: null })
  nextCursor!: string | null;
}

export class UsersQuery extends PageQuery {
  @ApiPropertyOptional({
    type: 'string',
    maxLength: 254,
    description: 'The account with this address, whatever its capitals',
    example: 'grace@example.com',
  })
  @IsOptional()
  @Trimmed()
  @IsString()
  @MaxLength(254)
  email?: string;

  @ApiPropertyOptional({ type: 'string', maxLength: 50, description: 'Who has this role', example: 'staff' })
  @IsOptional()
  @IsString()
  @MaxLength(50)
  role?: string;
}

/** What a user may change of their own account. */
export class ChangeProfileRequest {
  @ApiPropertyOptional({
    type: 'string',
    minLength: 1,
    maxLength: 200,
    description: 'What the person is called',
    example: 'Grace Hopper',
  })
  @Omittable()
  @OneLine(200)
  name?: string;
}

/** What staff may change of an account. */
export class ChangeUserRequest {
  @ApiPropertyOptional({
    type: 'array',
    items: { type: 'string', minLength: 1, maxLength: 50 },
    maxItems: 50,
    uniqueItems: true,
    description: 'All roles of the account from now on',
    example: ['customer', 'staff'],
  })
  @Omittable()
  @IsArray()
  @ArrayMaxSize(50)
  @ArrayUnique()
  @IsString({ each: true })
  @MinLength(1, { each: true })
  @MaxLength(50, { each: true })
  roles?: string[];

  @ApiPropertyOptional({ description: 'Whether sign-in is refused; takes effect with the next request', example: true })
  @Omittable()
  @IsBoolean()
  disabled?: boolean;
}
