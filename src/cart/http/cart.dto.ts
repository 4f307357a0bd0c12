import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsObject,
  IsInt,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { MoneyDto, TotalsDto } from '../../platform/http/index.js';
import { MAX_LINES, MAX_QUANTITY } from '../domain/cart-lines.js';

const VARIANT = {
  type: String,
  maxLength: 100,
  description: 'The variant',
  example: '0198c5f0-7b7e-7000-8000-000000000000',
} as const;
const QUANTITY = { type: 'integer', minimum: 1, maximum: MAX_QUANTITY, description: 'Units', example: 2 } as const;

export class CartItemRequest {
  @ApiProperty(VARIANT)
  @IsString()
  @MaxLength(100)
  variantId!: string;

  @ApiProperty(QUANTITY)
  @IsInt()
  @Min(1)
  @Max(MAX_QUANTITY)
  quantity!: number;
}

export class CreateCartRequest {
  @ApiPropertyOptional({
    type: [CartItemRequest],
    maxItems: MAX_LINES,
    description: 'Lines to begin with; lines of one variant are added up',
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MAX_LINES)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => CartItemRequest)
  items?: CartItemRequest[];
}

export class ChangeCartItemRequest {
  @ApiProperty({ ...QUANTITY, minimum: 0, description: 'Units; 0 removes the line' })
  @IsInt()
  @Min(0)
  @Max(MAX_QUANTITY)
  quantity!: number;
}

export class ShippingMethodsQuery {
  @ApiPropertyOptional({
    type: String,
    maxLength: 100,
    description: 'The cart to price the methods for',
    example: 'q3Zt0V3mQyWcU5p0c0Yv1A',
  })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  cartId?: string;
}

export class CartItemResponse {
  @ApiProperty({ type: String, description: 'The line', example: '0198c5f0-7b7e-7000-8000-000000000001' })
  id!: string;
  @ApiProperty({ type: String, description: 'The variant', example: '0198c5f0-7b7e-7000-8000-000000000000' })
  variantId!: string;
  @ApiProperty({ type: String, nullable: true, description: 'Its SKU', example: 'MUG-BLUE' })
  sku!: string | null;
  @ApiProperty({ type: String, description: "The product's title", example: 'Enamel mug' })
  title!: string;
  @ApiProperty({ type: String, description: "The variant's title", example: 'Blue' })
  variantTitle!: string;
  @ApiProperty({ type: String, description: "The product's slug", example: 'enamel-mug' })
  productSlug!: string;
  @ApiProperty({ type: String, nullable: true, description: 'Address of a picture', example: '/media/enamel-mug.svg' })
  image!: string | null;
  @ApiProperty({ type: 'integer', description: 'Units', example: 2 })
  quantity!: number;
  @ApiProperty({ type: MoneyDto, description: "Today's price of one unit" })
  unitPrice!: MoneyDto;
  @ApiProperty({ type: MoneyDto, description: 'Price of all units' })
  lineTotal!: MoneyDto;
  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'Units that can be sold now; null where stock is not counted',
    example: 18,
  })
  available!: number | null;
}

export class CartResponse extends TotalsDto {
  @ApiProperty({
    type: String,
    description: "A guest's cart answers to whoever knows this",
    example: 'q3Zt0V3mQyWcU5p0c0Yv1A',
  })
  id!: string;
  @ApiProperty({ enum: ['active', 'ordered'], description: 'An ordered cart cannot be changed', example: 'active' })
  status!: string;
  @ApiProperty({ type: String, nullable: true, description: 'The order it became', example: null })
  orderId!: string | null;
  @ApiProperty({ type: String, description: 'ISO 4217', example: 'GBP' })
  currency!: string;
  @ApiProperty({ type: [CartItemResponse], description: 'One line a variant' })
  items!: CartItemResponse[];
  @ApiProperty({ type: 'integer', description: 'Grows with every change; for `If-Match`', example: 3 })
  version!: number;
  @ApiProperty({
    type: String,
    format: 'date-time',
    description: 'When it is forgotten unless it is changed',
    example: '2026-12-24T10:00:00.000Z',
  })
  expiresAt!: string;
}

export class ShippingMethodResponse {
  @ApiProperty({ type: String, description: 'For `shippingMethod` of the order', example: 'standard' })
  code!: string;
  @ApiProperty({ type: String, description: 'For people', example: 'Standard' })
  name!: string;
  @ApiProperty({ type: MoneyDto, description: 'What it costs for this cart' })
  price!: MoneyDto;
}

export class ShippingMethodsResponse {
  @ApiProperty({ type: [ShippingMethodResponse], description: 'All methods' })
  items!: ShippingMethodResponse[];
}
