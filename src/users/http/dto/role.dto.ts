import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayUnique, IsArray, IsIn, IsString, Matches } from 'class-validator';
import { ALL_PERMISSIONS, PERMISSIONS, type Permission } from '../../../platform/access/index.js';
import { Omittable } from '../../../platform/http/fields.js';

/** Two to fifty small letters, digits, dashes and underscores, a letter first. */
export const ROLE_NAME = /^[a-z][a-z0-9_-]{1,49}$/;

const NAME = { type: 'string', pattern: ROLE_NAME.source, example: 'support' } as const;
const NAME_DETAIL = { message: 'name must be 2 to 50 small letters, digits, - and _, a letter first' };
const GRANTED = {
  enum: ALL_PERMISSIONS,
  isArray: true,
  maxItems: 100,
  uniqueItems: true,
  description: Object.entries(PERMISSIONS)
    .map(([name, text]) => `\`${name}\`: ${text}`)
    .join('; '),
  example: ['orders:read'],
} as const;

export class CreateRoleRequest {
  @ApiProperty({ ...NAME, description: 'Unique; part of the address' })
  @IsString()
  @Matches(ROLE_NAME, NAME_DETAIL)
  name!: string;

  @ApiProperty(GRANTED)
  @IsArray()
  @ArrayMaxSize(100)
  @ArrayUnique()
  @IsIn(ALL_PERMISSIONS, { each: true })
  permissions!: Permission[];
}

export class ChangeRoleRequest {
  @ApiPropertyOptional({ ...NAME, description: 'A new name; whoever has the role keeps it' })
  @Omittable()
  @IsString()
  @Matches(ROLE_NAME, NAME_DETAIL)
  name?: string;

  @ApiPropertyOptional(GRANTED)
  @Omittable()
  @IsArray()
  @ArrayMaxSize(100)
  @ArrayUnique()
  @IsIn(ALL_PERMISSIONS, { each: true })
  permissions?: Permission[];
}

/** A named set of permissions. */
export class RoleResponse {
  @ApiProperty({ description: 'Unique', example: 'support' })
  name!: string;

  @ApiProperty({ enum: ALL_PERMISSIONS, isArray: true, description: 'What it opens', example: ['orders:read'] })
  permissions!: string[];

  @ApiProperty({ description: 'Whether every shop has it; such a role cannot be changed or deleted', example: false })
  builtIn!: boolean;
}

/** A page of roles by name. */
export class RolesPageResponse {
  @ApiProperty({ type: [RoleResponse], description: 'Roles by name' })
  items!: RoleResponse[];

  @ApiProperty({ type: 'string', nullable: true, description: 'For the next page; null on the last', example: null })
  nextCursor!: string | null;
}
