import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { MAX } from '../domain/limits.js';
import { SLUG_PATTERN } from '../domain/slug-rules.js';
import { MAX_SLUG_LENGTH } from '../domain/slug.js';
import { IfGiven, Line } from './text.decorators.js';

const NAME = {
  type: String,
  minLength: 1,
  maxLength: MAX.name,
  description: 'What it is called',
  example: 'Kitchen',
} as const;

class CategoryFieldsRequest {
  @ApiPropertyOptional({
    type: String,
    minLength: 1,
    maxLength: MAX_SLUG_LENGTH,
    pattern: SLUG_PATTERN.source,
    description: 'Its name in addresses; made from the name where it is not given, and not changed with it',
    example: 'kitchen',
  })
  @IfGiven()
  @IsString()
  @MaxLength(MAX_SLUG_LENGTH)
  @Matches(SLUG_PATTERN, { message: 'slug must be small letters a to z, digits and single hyphens' })
  slug?: string;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    maxLength: 100,
    description: 'The category that it stands in; null for none',
    example: '0198c5f0-7b7e-7000-8000-000000000003',
  })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  parentId?: string | null;
}

export class CreateCategoryRequest extends CategoryFieldsRequest {
  @ApiProperty(NAME)
  @Line(1, MAX.name)
  name!: string;
}

export class UpdateCategoryRequest extends CategoryFieldsRequest {
  @ApiPropertyOptional(NAME)
  @IfGiven()
  @Line(1, MAX.name)
  name?: string;
}

export class CategoryResponse {
  @ApiProperty({ type: String, description: 'Opaque', example: '0198c5f0-7b7e-7000-8000-000000000003' })
  id!: string;
  @ApiProperty({ type: String, description: 'Its name in addresses', example: 'kitchen' })
  slug!: string;
  @ApiProperty({ type: String, description: 'What it is called', example: 'Kitchen' })
  name!: string;
  @ApiProperty({ type: String, nullable: true, description: 'The category that it stands in', example: null })
  parentId!: string | null;
  @ApiProperty({ type: 'integer', description: 'Active products in it and in all categories below it', example: 12 })
  productCount!: number;
}

export class CategoryListResponse {
  @ApiProperty({ type: [CategoryResponse], description: 'Each after its parent, those of one parent by name' })
  items!: CategoryResponse[];
}
