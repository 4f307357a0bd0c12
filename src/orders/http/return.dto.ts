import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsObject,
  IsOptional,
  IsString,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { UnitsRequest } from './fulfilment.dto.js';

export class ReturnItemRequest extends UnitsRequest {
  @ApiPropertyOptional({
    type: String,
    maxLength: 500,
    nullable: true,
    description: 'Why it is to go back',
    example: 'Too small',
  })
  @IsOptional()
  @IsString()
  @MaxLength(500)
  reason?: string | null;
}

export class RequestReturnRequest {
  @ApiProperty({ type: [ReturnItemRequest], minItems: 1, maxItems: 1000, description: 'What is to go back' })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(1000)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => ReturnItemRequest)
  items!: ReturnItemRequest[];

  @ApiPropertyOptional({
    type: String,
    maxLength: 2000,
    nullable: true,
    description: 'What else the customer says',
    example: 'The box is unopened',
  })
  @IsOptional()
  @IsString()
  @MaxLength(2000)
  note?: string | null;
}

export class DecideReturnRequest {
  @ApiPropertyOptional({
    type: String,
    maxLength: 2000,
    nullable: true,
    description: 'What the customer is told',
    example: 'Please use the label that we send you',
  })
  @IsOptional()
  @IsString()
  @MaxLength(2000)
  answer?: string | null;
}

export class ReceivedItemRequest extends UnitsRequest {
  @ApiPropertyOptional({
    type: Boolean,
    default: true,
    description: 'Whether the units go back into stock',
    example: true,
  })
  @IsOptional()
  @IsBoolean()
  restock?: boolean;
}

export class ReceiveReturnRequest {
  @ApiPropertyOptional({
    type: [ReceivedItemRequest],
    minItems: 1,
    maxItems: 1000,
    description: 'What came; absent: all that was asked for, and all of it goes back into stock',
  })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(1000)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => ReceivedItemRequest)
  items?: ReceivedItemRequest[];

  @ApiPropertyOptional({
    type: Boolean,
    default: false,
    description: 'Whether the money of what came goes back, too; takes `payments:refund`',
    example: true,
  })
  @IsOptional()
  @IsBoolean()
  refund?: boolean;
}

export class ReturnItemResponse {
  @ApiProperty({ type: String, description: 'The line', example: '0198c5f0-7b7e-7000-8000-000000000001' })
  itemId!: string;
  @ApiProperty({ type: 'integer', description: 'Units asked for', example: 1 })
  quantity!: number;
  @ApiProperty({ type: String, nullable: true, description: 'Why', example: 'Too small' })
  reason!: string | null;
  @ApiProperty({ type: 'integer', description: 'Units that came', example: 0 })
  received!: number;
  @ApiProperty({ type: 'integer', description: 'Of those, units back in stock', example: 0 })
  restocked!: number;
}

export class ReturnResponse {
  @ApiProperty({ type: String, description: 'The return', example: '0198c5f0-7b7e-7000-8000-000000000006' })
  id!: string;
  @ApiProperty({
    enum: ['requested', 'approved', 'rejected', 'cancelled', 'received'],
    description: 'Where it stands',
    example: 'requested',
  })
  status!: string;
  @ApiProperty({ type: String, nullable: true, description: 'What the customer said', example: null })
  note!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'What staff answered', example: null })
  answer!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'The refund that its arrival brought', example: null })
  refundId!: string | null;
  @ApiProperty({ type: [ReturnItemResponse], description: 'What is to go back' })
  items!: ReturnItemResponse[];
  @ApiProperty({
    type: String,
    format: 'date-time',
    description: 'When it was asked for',
    example: '2026-01-09T10:00:00.000Z',
  })
  createdAt!: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When staff decided', example: null })
  decidedAt!: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When the goods came', example: null })
  receivedAt!: string | null;
}
