import { ApiProperty } from '@nestjs/swagger';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min, MinLength, ValidateIf } from 'class-validator';
import { MAX_STOCK } from '../app/adjust-stock.service.js';

export class StockResponse {
  @ApiProperty({ type: String, description: 'The variant', example: '0198c5f0-7b7e-7000-8000-000000000000' })
  variantId!: string;
  @ApiProperty({ type: String, nullable: true, description: 'Its SKU', example: 'MUG-BLUE' })
  sku!: string | null;
  @ApiProperty({ type: Boolean, description: 'Whether its stock is counted', example: true })
  tracked!: boolean;
  @ApiProperty({ type: Boolean, description: 'Whether more may be sold than there is', example: false })
  backorder!: boolean;
  @ApiProperty({ type: 'integer', description: 'Units on the shelf', example: 20 })
  onHand!: number;
  @ApiProperty({ type: 'integer', description: 'Units that open orders hold', example: 2 })
  reserved!: number;
  @ApiProperty({ type: 'integer', description: 'Units promised beyond the stock', example: 0 })
  backordered!: number;
  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'Units that can be sold; null where stock is not tracked',
    example: 18,
  })
  available!: number | null;
  @ApiProperty({ type: 'integer', description: 'Grows with every change', example: 3 })
  version!: number;
}

export class AdjustStockRequest {
  @ApiProperty({
    type: 'integer',
    required: false,
    minimum: -MAX_STOCK,
    maximum: MAX_STOCK,
    description: 'By how many units; either this or `onHand`',
    example: 5,
  })
  @ValidateIf((body: AdjustStockRequest) => body.delta !== undefined || body.onHand === undefined)
  @IsInt()
  @Min(-MAX_STOCK)
  @Max(MAX_STOCK)
  delta?: number;

  @ApiProperty({
    type: 'integer',
    required: false,
    minimum: 0,
    maximum: MAX_STOCK,
    description: 'To how many units; either this or `delta`',
  })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(MAX_STOCK)
  onHand?: number;

  @ApiProperty({
    type: String,
    minLength: 1,
    maxLength: 500,
    description: 'Why, for the ledger',
    example: 'Delivery 4711',
  })
  @IsString()
  @MinLength(1)
  @MaxLength(500)
  reason!: string;
}

export class StockMovementResponse {
  @ApiProperty({ type: String, example: '42', description: 'Opaque' })
  id!: string;
  @ApiProperty({
    enum: ['initial', 'adjustment', 'import', 'sale', 'return'],
    example: 'adjustment',
    description: 'What kind of change',
  })
  kind!: string;
  @ApiProperty({ type: 'integer', example: 5, description: 'By how many units' })
  delta!: number;
  @ApiProperty({ type: 'integer', example: 25, description: 'Units on hand afterwards' })
  onHandAfter!: number;
  @ApiProperty({ type: String, example: 'Delivery 4711', description: 'Why' })
  reason!: string;
  @ApiProperty({ type: String, nullable: true, example: null, description: 'The order that made the change' })
  orderId!: string | null;
  @ApiProperty({ type: String, nullable: true, example: null, description: 'The user who made the change' })
  actorId!: string | null;
  @ApiProperty({ type: String, format: 'date-time', example: '2026-01-05T10:00:00.000Z', description: 'When' })
  createdAt!: string;
}

export class StockMovementPageResponse {
  @ApiProperty({ type: [StockMovementResponse], description: 'Newest first' })
  items!: StockMovementResponse[];
  @ApiProperty({ type: String, nullable: true, example: null, description: 'Where the next page begins' })
  nextCursor!: string | null;
}
