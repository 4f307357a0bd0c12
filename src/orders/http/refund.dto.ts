import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { MoneyDto } from '../../platform/http/index.js';

export class RefundItemRequest {
  @ApiProperty({
    type: String,
    maxLength: 100,
    description: "The order's line",
    example: '0198c5f0-7b7e-7000-8000-000000000001',
  })
  @IsString()
  @MaxLength(100)
  itemId!: string;

  @ApiProperty({ type: 'integer', minimum: 1, maximum: 100_000, description: 'Units', example: 1 })
  @IsInt()
  @Min(1)
  @Max(100_000)
  quantity!: number;

  @ApiPropertyOptional({
    type: Boolean,
    default: false,
    description: 'Whether the units go back into stock',
    example: true,
  })
  @IsOptional()
  @IsBoolean()
  restock?: boolean;
}

export class RefundOrderRequest {
  @ApiPropertyOptional({
    type: [RefundItemRequest],
    minItems: 1,
    maxItems: 1000,
    description: 'Units of lines; either this or `amount`',
  })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(1000)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => RefundItemRequest)
  items?: RefundItemRequest[];

  @ApiPropertyOptional({ type: MoneyDto, description: 'An amount, for shipping or goodwill; either this or `items`' })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => MoneyDto)
  amount?: MoneyDto;

  @ApiPropertyOptional({ type: String, maxLength: 500, nullable: true, description: 'Why', example: 'Arrived broken' })
  @IsOptional()
  @IsString()
  @MaxLength(500)
  reason?: string | null;
}
