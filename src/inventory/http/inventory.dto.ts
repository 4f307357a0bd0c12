import { ApiProperty } from '@nestjs/swagger';
import { IsInt, IsOptional, IsString, IsUUID, Max, MaxLength, Min, MinLength, ValidateIf } from 'class-validator';
import { Omittable } from '../../platform/http/fields.js';
import { MAX_STOCK } from '../domain/stock-book.js';

const LOCATION = { type: String, format: 'uuid', example: '01890000-0000-7000-8000-000000000001' } as const;

export class StockLevelResponse {
  @ApiProperty({ ...LOCATION, description: 'The location' })
  locationId!: string;
  @ApiProperty({ type: String, description: 'Its code', example: 'main' })
  code!: string;
  @ApiProperty({ type: 'integer', description: 'Units on the shelf there', example: 20 })
  onHand!: number;
  @ApiProperty({ type: 'integer', description: 'Units there that open orders hold', example: 2 })
  reserved!: number;
  @ApiProperty({
    type: 'integer',
    description: 'Units there that no order holds; 0 in an inactive location',
    example: 18,
  })
  available!: number;
}

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
    description: 'Units that can be sold from active locations; null where stock is not tracked',
    example: 18,
  })
  available!: number | null;
  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: "Stock runs low at this `available`; null: at the shop's own threshold",
    example: null,
  })
  lowStockAt!: number | null;
  @ApiProperty({ type: [StockLevelResponse], description: 'Where it lies, by the priority of the locations' })
  levels!: StockLevelResponse[];
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
    description: 'To how many units in the location; either this or `delta`',
  })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(MAX_STOCK)
  onHand?: number;

  @ApiProperty({
    ...LOCATION,
    required: false,
    description:
      'Where. Without it the active location of the lowest priority; `onHand` wants it where the variant has stock in others',
  })
  @Omittable()
  @IsUUID()
  locationId?: string;

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

export class TransferStockRequest {
  @ApiProperty({ ...LOCATION, description: 'From where' })
  @IsUUID()
  fromLocationId!: string;

  @ApiProperty({ ...LOCATION, description: 'To where', example: '0198c5f0-7b7e-7000-8000-000000000010' })
  @IsUUID()
  toLocationId!: string;

  @ApiProperty({ type: 'integer', minimum: 1, maximum: MAX_STOCK, description: 'How many units', example: 5 })
  @IsInt()
  @Min(1)
  @Max(MAX_STOCK)
  quantity!: number;

  @ApiProperty({
    type: String,
    minLength: 1,
    maxLength: 500,
    description: 'Why, for the ledger',
    example: 'To the shop in Leeds',
  })
  @IsString()
  @MinLength(1)
  @MaxLength(500)
  reason!: string;
}

export class UpdateStockRequest {
  @ApiProperty({
    type: 'integer',
    nullable: true,
    minimum: 0,
    maximum: MAX_STOCK,
    description: "At which `available` stock runs low; null: at the shop's own threshold",
    example: 3,
  })
  @ValidateIf((_: object, value: unknown) => value !== null)
  @IsInt()
  @Min(0)
  @Max(MAX_STOCK)
  lowStockAt!: number | null;
}

export class StockMovementResponse {
  @ApiProperty({ type: String, example: '42', description: 'Opaque' })
  id!: string;
  @ApiProperty({
    enum: ['initial', 'adjustment', 'import', 'sale', 'return', 'transfer'],
    example: 'adjustment',
    description: 'What kind of change',
  })
  kind!: string;
  @ApiProperty({ ...LOCATION, description: 'Where' })
  locationId!: string;
  @ApiProperty({ type: String, nullable: true, example: null, description: 'The two rows of a transfer share it' })
  transferId!: string | null;
  @ApiProperty({ type: 'integer', example: 5, description: 'By how many units' })
  delta!: number;
  @ApiProperty({ type: 'integer', example: 25, description: 'Units on hand there afterwards' })
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
