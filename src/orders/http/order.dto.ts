import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  IsIn,
  IsISO8601,
  IsNotEmptyObject,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  MinLength,
  ValidateNested,
} from 'class-validator';
import { AddressRequest } from '../../platform/http/address.dto.js';
import { EMAIL_MAX, EmailAddress } from '../../platform/http/fields.js';
import { MoneyDto, PageQuery } from '../../platform/http/index.js';

const EMAIL = { type: String, format: 'email', maxLength: EMAIL_MAX, example: 'grace@example.com' } as const;
export const STATUSES = ['pending_payment', 'authorized', 'paid', 'payment_failed', 'cancelled'] as const;

export class PaymentRequest {
  @ApiProperty({ type: String, maxLength: 50, description: 'Through whom to pay', example: 'test' })
  @IsString()
  @MinLength(1)
  @MaxLength(50)
  provider!: string;

  @ApiProperty({
    type: String,
    maxLength: 500,
    description: "The means of payment, as the provider's own front end gave it out",
    example: 'tok_approved',
  })
  @IsString()
  @MinLength(1)
  @MaxLength(500)
  @Matches(/^[\x21-\x7e]+$/, { message: 'token must be printable ASCII' })
  token!: string;
}

export class PlaceOrderRequest {
  @ApiProperty({ type: String, maxLength: 100, description: 'The cart to order', example: 'q3Zt0V3mQyWcU5p0c0Yv1A' })
  @IsString()
  @MaxLength(100)
  cartId!: string;

  @ApiProperty({ ...EMAIL, description: 'Where the confirmation goes' })
  @EmailAddress()
  email!: string;

  @ApiProperty({ type: AddressRequest, description: 'Where the goods go' })
  @ValidateNested()
  @Type(() => AddressRequest)
  @IsNotEmptyObject()
  shippingAddress!: AddressRequest;

  @ApiPropertyOptional({
    type: AddressRequest,
    description: 'Where the bill goes; the shipping address where it is absent',
  })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => AddressRequest)
  billingAddress?: AddressRequest;

  @ApiProperty({
    type: String,
    maxLength: 50,
    description: 'A code of `GET /v1/shipping-methods`',
    example: 'standard',
  })
  @IsString()
  @MinLength(1)
  @MaxLength(50)
  shippingMethod!: string;

  @ApiProperty({ type: PaymentRequest, description: 'How it is paid' })
  @ValidateNested()
  @Type(() => PaymentRequest)
  @IsNotEmptyObject()
  payment!: PaymentRequest;

  @ApiPropertyOptional({
    type: MoneyDto,
    description: 'What the customer was shown; where the total is no longer this, nothing is ordered (409)',
  })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => MoneyDto)
  expectedTotal?: MoneyDto;
}

export class CancelOrderRequest {
  @ApiPropertyOptional({
    type: String,
    maxLength: 500,
    nullable: true,
    description: 'Why',
    example: 'Ordered twice by mistake',
  })
  @IsOptional()
  @IsString()
  @MaxLength(500)
  reason?: string | null;
}

export class OrderQuery {
  @ApiPropertyOptional({
    type: String,
    maxLength: 200,
    description: "A guest's order token; the `Order-Token` header does the same and stays out of logs",
  })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  token?: string;
}

export class ListOrdersQuery extends PageQuery {
  @ApiPropertyOptional({ enum: STATUSES, description: 'Only orders of this status', example: 'paid' })
  @IsOptional()
  @IsIn([...STATUSES])
  status?: (typeof STATUSES)[number];

  @ApiPropertyOptional({ ...EMAIL, description: 'Only orders of this address, in capitals or not' })
  @IsOptional()
  @IsString()
  @MaxLength(254)
  email?: string;

  @ApiPropertyOptional({
    type: String,
    maxLength: 40,
    description: 'Only the order of this number, however it is typed',
    example: 'K7M2-9QXB',
  })
  @IsOptional()
  @IsString()
  @MaxLength(40)
  number?: string;

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    description: 'Placed at this time or later',
    example: '2026-01-01T00:00:00Z',
  })
  @IsOptional()
  @IsISO8601({ strict: true, strictSeparator: true })
  @MaxLength(40)
  from?: string;

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    description: 'Placed before this time',
    example: '2027-01-01T00:00:00Z',
  })
  @IsOptional()
  @IsISO8601({ strict: true, strictSeparator: true })
  @MaxLength(40)
  to?: string;
}
