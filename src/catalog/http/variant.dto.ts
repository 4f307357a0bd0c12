import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsBoolean, IsInt, IsOptional, Max, Min, ValidateNested } from 'class-validator';
import { MoneyDto } from '../../platform/http/index.js';
import { MAX } from '../domain/limits.js';
import { IfGiven, ImageUrl, IsOptionValues, Line } from './text.decorators.js';

const SKU = {
  type: String,
  minLength: 1,
  maxLength: MAX.sku,
  description: 'Unique; capitals count',
  example: 'MUG-BLUE',
} as const;
const OPTIONS = {
  type: 'object',
  additionalProperties: { type: 'string', minLength: 1, maxLength: MAX.optionValue },
  maxProperties: MAX.optionsOfProduct,
  description: 'A value for each option of the product; values that are new are added to the option',
  example: { Colour: 'Blue' },
} as const;
const COMPARE_AT = {
  type: MoneyDto,
  nullable: true,
  description: 'The price before a reduction, to be shown crossed out',
  example: null,
} as const;
const WEIGHT = {
  type: 'integer',
  nullable: true,
  minimum: 0,
  maximum: MAX.grams,
  description: 'Weight in grams',
  example: 350,
} as const;
const BARCODE = {
  type: String,
  nullable: true,
  minLength: 1,
  maxLength: MAX.barcode,
  description: 'GTIN, EAN, UPC or ISBN',
  example: '4006381333931',
} as const;
const IMAGE = {
  type: String,
  nullable: true,
  maxLength: MAX.url,
  description: "The variant's own picture; http, https, or a path on this server",
  example: 'https://cdn.example.com/mug-blue.jpg',
} as const;
const BACKORDER = { type: Boolean, description: 'Whether more may be sold than there is', example: false } as const;
const TAXABLE = { type: Boolean, description: 'Whether tax is charged', example: true } as const;
const SHIPS = { type: Boolean, description: 'Whether it is sent by post', example: true } as const;

export class CreateVariantRequest {
  @ApiProperty(SKU)
  @Line(1, MAX.sku)
  sku!: string;

  @ApiProperty({ type: MoneyDto, description: "What one unit costs, in the shop's currency" })
  @ValidateNested()
  @Type(() => MoneyDto)
  price!: MoneyDto;

  @ApiPropertyOptional(COMPARE_AT)
  @IsOptional()
  @ValidateNested()
  @Type(() => MoneyDto)
  compareAtPrice?: MoneyDto | null;

  @ApiPropertyOptional(OPTIONS)
  @IfGiven()
  @IsOptionValues()
  options?: Record<string, string>;

  @ApiPropertyOptional({
    type: 'integer',
    nullable: true,
    minimum: 0,
    maximum: MAX.stock,
    default: 0,
    description: 'Units on hand to begin with; null where stock is not tracked',
    example: 20,
  })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(MAX.stock)
  stock?: number | null;

  @ApiPropertyOptional({
    type: Boolean,
    description: 'False where stock is not tracked, as `stock: null` says too',
    example: true,
  })
  @IfGiven()
  @IsBoolean()
  trackInventory?: boolean;

  @ApiPropertyOptional({ ...BACKORDER, default: false })
  @IfGiven()
  @IsBoolean()
  backorder?: boolean;

  @ApiPropertyOptional(WEIGHT)
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(MAX.grams)
  weightGrams?: number | null;

  @ApiPropertyOptional(BARCODE)
  @IsOptional()
  @Line(1, MAX.barcode)
  barcode?: string | null;

  @ApiPropertyOptional(IMAGE)
  @IsOptional()
  @ImageUrl()
  image?: string | null;

  @ApiPropertyOptional({ ...TAXABLE, default: true })
  @IfGiven()
  @IsBoolean()
  taxable?: boolean;

  @ApiPropertyOptional({ ...SHIPS, default: true })
  @IfGiven()
  @IsBoolean()
  requiresShipping?: boolean;
}

export class UpdateVariantRequest {
  @ApiPropertyOptional(SKU)
  @IfGiven()
  @Line(1, MAX.sku)
  sku?: string;

  @ApiPropertyOptional({ type: MoneyDto, description: "What one unit costs, in the shop's currency" })
  @IfGiven()
  @ValidateNested()
  @Type(() => MoneyDto)
  price?: MoneyDto;

  @ApiPropertyOptional(COMPARE_AT)
  @IsOptional()
  @ValidateNested()
  @Type(() => MoneyDto)
  compareAtPrice?: MoneyDto | null;

  @ApiPropertyOptional(OPTIONS)
  @IfGiven()
  @IsOptionValues()
  options?: Record<string, string>;

  @ApiPropertyOptional({ type: Boolean, description: 'Whether stock is counted', example: true })
  @IfGiven()
  @IsBoolean()
  trackInventory?: boolean;

  @ApiPropertyOptional(BACKORDER)
  @IfGiven()
  @IsBoolean()
  backorder?: boolean;

  @ApiPropertyOptional(WEIGHT)
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(MAX.grams)
  weightGrams?: number | null;

  @ApiPropertyOptional(BARCODE)
  @IsOptional()
  @Line(1, MAX.barcode)
  barcode?: string | null;

  @ApiPropertyOptional(IMAGE)
  @IsOptional()
  @ImageUrl()
  image?: string | null;

  @ApiPropertyOptional(TAXABLE)
  @IfGiven()
  @IsBoolean()
  taxable?: boolean;

  @ApiPropertyOptional(SHIPS)
  @IfGiven()
  @IsBoolean()
  requiresShipping?: boolean;
}
