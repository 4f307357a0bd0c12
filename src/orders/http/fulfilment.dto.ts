import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  IsUrl,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { OptionalLine } from '../../platform/http/fields.js';

export class UnitsRequest {
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
}

/** How a parcel can be followed. */
export class TrackingRequest {
  @ApiPropertyOptional({
    type: String,
    maxLength: 100,
    nullable: true,
    description: 'Who carries the parcel; null takes it back',
    example: 'Parcelforce',
  })
  @OptionalLine(100)
  carrier?: string | null;

  @ApiPropertyOptional({
    type: String,
    maxLength: 200,
    nullable: true,
    description: "The carrier's number of the parcel; null takes it back",
    example: 'PBTM8237263001',
  })
  @OptionalLine(200)
  trackingNumber?: string | null;

  @ApiPropertyOptional({
    type: String,
    maxLength: 2000,
    nullable: true,
    description: 'Where the parcel can be followed, http or https; null takes it back',
    example: 'https://track.example.com/PBTM8237263001',
  })
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() || null : value))
  @IsOptional()
  @IsString()
  @MaxLength(2000)
  @IsUrl({ protocols: ['http', 'https'], require_protocol: true, disallow_auth: true })
  trackingUrl?: string | null;
}

export class FulfilOrderRequest extends TrackingRequest {
  @ApiPropertyOptional({
    type: [UnitsRequest],
    minItems: 1,
    maxItems: 1000,
    description: 'What the parcel holds; absent: all that is left to send',
  })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(1000)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => UnitsRequest)
  items?: UnitsRequest[];

  @ApiPropertyOptional({
    type: String,
    maxLength: 100,
    description: 'The location that sends it; absent: the one where most of it was sold',
    example: '01890000-0000-7000-8000-000000000001',
  })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  locationId?: string;
}

export class UnitsResponse {
  @ApiProperty({ type: String, description: 'The line', example: '0198c5f0-7b7e-7000-8000-000000000001' })
  itemId!: string;
  @ApiProperty({ type: 'integer', description: 'Units', example: 1 })
  quantity!: number;
}

export class FulfilmentResponse {
  @ApiProperty({ type: String, description: 'The parcel', example: '0198c5f0-7b7e-7000-8000-000000000005' })
  id!: string;
  @ApiProperty({ type: 'integer', description: 'Which parcel of the order it is', example: 1 })
  position!: number;
  @ApiProperty({
    type: String,
    description: 'The location that sent it',
    example: '01890000-0000-7000-8000-000000000001',
  })
  locationId!: string;
  @ApiProperty({ type: String, nullable: true, description: 'Who carries it', example: 'Parcelforce' })
  carrier!: string | null;
  @ApiProperty({ type: String, nullable: true, description: "The carrier's number of it", example: 'PBTM8237263001' })
  trackingNumber!: string | null;
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Where it can be followed',
    example: 'https://track.example.com/PBTM8237263001',
  })
  trackingUrl!: string | null;
  @ApiProperty({ type: [UnitsResponse], description: 'What it holds' })
  items!: UnitsResponse[];
  @ApiProperty({ type: String, format: 'date-time', description: 'When it left', example: '2026-01-05T10:00:00.000Z' })
  createdAt!: string;
}
