import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean, IsInt, IsString, Matches, Max, MaxLength, Min } from 'class-validator';
import { Omittable, OneLine } from '../../platform/http/fields.js';

const MAX_CODE = 50;
const MAX_NAME = 200;
const MAX_PRIORITY = 1_000_000;
const CODE = /^[a-z0-9]+(-[a-z0-9]+)*$/;

export class LocationResponse {
  @ApiProperty({ type: String, description: 'The location', example: '0198c5f0-7b7e-7000-8000-000000000010' })
  id!: string;
  @ApiProperty({ type: String, description: 'A short name for programs', example: 'leeds' })
  code!: string;
  @ApiProperty({ type: String, description: 'A name for people', example: 'Leeds warehouse' })
  name!: string;
  @ApiProperty({ type: 'integer', description: 'Locations of lower priority are taken from first', example: 1 })
  priority!: number;
  @ApiProperty({ type: Boolean, description: 'Whether what lies there can be sold', example: true })
  active!: boolean;
  @ApiProperty({ type: 'integer', description: 'Grows with every change', example: 1 })
  version!: number;
}

export class LocationListResponse {
  @ApiProperty({ type: [LocationResponse], description: 'By priority' })
  items!: LocationResponse[];
}

const code = {
  type: String,
  maxLength: MAX_CODE,
  pattern: CODE.source,
  description: 'A short name for programs',
} as const;
const name = { type: String, minLength: 1, maxLength: MAX_NAME, description: 'A name for people' } as const;
const priority = { type: 'integer', minimum: 0, maximum: MAX_PRIORITY } as const;

export class CreateLocationRequest {
  @ApiProperty({ ...code, example: 'leeds' })
  @IsString()
  @MaxLength(MAX_CODE)
  @Matches(CODE, { message: '$property must be lower-case letters, digits and single hyphens' })
  code!: string;

  @ApiProperty({ ...name, example: 'Leeds warehouse' })
  @OneLine(MAX_NAME)
  name!: string;

  @ApiProperty({
    ...priority,
    required: false,
    description: 'Locations of lower priority are taken from first; after all others when it is not given',
    example: 1,
  })
  @Omittable()
  @IsInt()
  @Min(0)
  @Max(MAX_PRIORITY)
  priority?: number;

  @ApiProperty({
    type: Boolean,
    required: false,
    default: true,
    description: 'Whether what lies there can be sold',
    example: true,
  })
  @Omittable()
  @IsBoolean()
  active?: boolean;
}

export class UpdateLocationRequest {
  @ApiProperty({ ...code, required: false, example: 'leeds' })
  @Omittable()
  @IsString()
  @MaxLength(MAX_CODE)
  @Matches(CODE, { message: '$property must be lower-case letters, digits and single hyphens' })
  code?: string;

  @ApiProperty({ ...name, required: false, example: 'Leeds warehouse' })
  @Omittable()
  @OneLine(MAX_NAME)
  name?: string;

  @ApiProperty({
    ...priority,
    required: false,
    description: 'Locations of lower priority are taken from first',
    example: 1,
  })
  @Omittable()
  @IsInt()
  @Min(0)
  @Max(MAX_PRIORITY)
  priority?: number;

  @ApiProperty({
    type: Boolean,
    required: false,
    description: 'False: what lies there is sold no more; one location stays active',
    example: false,
  })
  @Omittable()
  @IsBoolean()
  active?: boolean;
}
