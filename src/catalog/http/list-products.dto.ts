import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import { IsBoolean, IsIn, IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { PageQuery } from '../../platform/http/index.js';
import { MAX } from '../domain/limits.js';
import { PRODUCT_SORTS, PRODUCT_STATUSES, type ProductSort, type ProductStatus } from '../domain/product-listing.js';
import { MAX_SLUG_LENGTH } from '../domain/slug.js';

const toBoolean = ({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value);
/** An empty parameter, as a form sends it, is none. */
const orNone = ({ value }: { value: unknown }) =>
  typeof value === 'string' && value.trim() === '' ? undefined : value;

export class ListProductsQuery extends PageQuery {
  @ApiPropertyOptional({
    type: String,
    maxLength: MAX_SLUG_LENGTH,
    description:
      "A category's slug: its products and those of all categories below it. An unknown one has no products.",
    example: 'kitchen',
  })
  @Transform(orNone)
  @IsOptional()
  @IsString()
  @MaxLength(MAX_SLUG_LENGTH)
  category?: string;

  @ApiPropertyOptional({
    type: String,
    maxLength: MAX.query,
    description:
      'Words to search for in title, vendor, tags, SKUs and description, whatever the accents. "Quotes" keep words together, `or` allows either, `-` leaves out. Where nothing is found, small typing errors are passed over.',
    example: 'enamel mug',
  })
  @Transform(orNone)
  @IsOptional()
  @IsString()
  @MaxLength(MAX.query)
  q?: string;

  @ApiPropertyOptional({
    type: String,
    maxLength: MAX.vendor,
    description: 'The vendor, as it is written',
    example: 'Falcon',
  })
  @Transform(orNone)
  @IsOptional()
  @IsString()
  @MaxLength(MAX.vendor)
  vendor?: string;

  @ApiPropertyOptional({ type: String, maxLength: MAX.tag, description: 'A tag, as it is written', example: 'camping' })
  @Transform(orNone)
  @IsOptional()
  @IsString()
  @MaxLength(MAX.tag)
  tag?: string;

  @ApiPropertyOptional({
    type: 'integer',
    format: 'int64',
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    description: 'The lowest price, in whole minor units',
    example: 500,
  })
  @Transform(orNone)
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  minPrice?: number;

  @ApiPropertyOptional({
    type: 'integer',
    format: 'int64',
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    description: 'The highest price, in whole minor units',
    example: 2000,
  })
  @Transform(orNone)
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  maxPrice?: number;

  @ApiPropertyOptional({
    type: Boolean,
    description: 'True: what can be bought now. False: what cannot.',
    example: true,
  })
  @Transform(toBoolean)
  @IsOptional()
  @IsBoolean()
  inStock?: boolean;

  @ApiPropertyOptional({
    enum: PRODUCT_SORTS,
    description:
      'By default `relevance` with `q`, else `-createdAt`, the newest first. Products without a price come last. `relevance` without `q` is `-createdAt`.',
    example: 'price',
  })
  @Transform(orNone)
  @IsOptional()
  @IsIn(PRODUCT_SORTS)
  sort?: ProductSort;

  @ApiPropertyOptional({
    enum: PRODUCT_STATUSES,
    description: 'For staff, who see products of every status without it',
    example: 'active',
  })
  @Transform(orNone)
  @IsOptional()
  @IsIn(PRODUCT_STATUSES)
  status?: ProductStatus;

  @ApiPropertyOptional({
    type: Boolean,
    default: false,
    description: 'Whether to count by category, vendor and price band',
    example: false,
  })
  @Transform(toBoolean)
  @IsOptional()
  @IsBoolean()
  facets = false;
}
