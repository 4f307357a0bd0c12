import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsISO31661Alpha2, IsString } from 'class-validator';
import type { PostalAddress } from '../values/postal-address.js';
import { Omittable, OneLine, OptionalLine } from './fields.js';

const TEXT = { type: 'string', minLength: 1 } as const;
const NULLABLE_TEXT = { type: 'string', nullable: true } as const;
const COUNTRY = { type: 'string', pattern: '^[A-Z]{2}$', example: 'GB' } as const;
const capitals = ({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim().toUpperCase() : value);

/** An address as a client gives it. */
export class AddressRequest {
  @ApiProperty({ ...TEXT, maxLength: 200, description: 'Who it is for', example: 'Grace Hopper' })
  @OneLine(200)
  name!: string;

  @ApiProperty({ ...TEXT, maxLength: 200, description: 'Street and number', example: '12 Harbour Road' })
  @OneLine(200)
  line1!: string;

  @ApiPropertyOptional({ ...NULLABLE_TEXT, maxLength: 200, description: 'Flat, floor, company', example: 'Flat 3' })
  @OptionalLine(200)
  line2?: string | null;

  @ApiProperty({ ...TEXT, maxLength: 100, description: 'Town or city', example: 'Whitby' })
  @OneLine(100)
  city!: string;

  @ApiPropertyOptional({ ...NULLABLE_TEXT, maxLength: 100, description: 'State, county', example: 'North Yorkshire' })
  @OptionalLine(100)
  region?: string | null;

  @ApiProperty({ ...TEXT, maxLength: 20, description: 'Postal code', example: 'YO21 3PU' })
  @OneLine(20)
  postalCode!: string;

  @ApiProperty({ ...COUNTRY, description: 'ISO 3166-1 alpha-2; small letters are made capitals' })
  @Transform(capitals)
  @IsString()
  @IsISO31661Alpha2({ message: 'country must be an ISO 3166-1 alpha-2 code' })
  country!: string;

  @ApiPropertyOptional({ ...NULLABLE_TEXT, maxLength: 40, description: 'For the carrier', example: '+44 20 7946 0000' })
  @OptionalLine(40)
  phone?: string | null;
}

/** The fields of an address that are to change. */
export class ChangeAddressRequest {
  @ApiPropertyOptional({ ...TEXT, maxLength: 200, description: 'Who it is for', example: 'Grace Hopper' })
  @Omittable()
  @OneLine(200)
  name?: string;

  @ApiPropertyOptional({ ...TEXT, maxLength: 200, description: 'Street and number', example: '12 Harbour Road' })
  @Omittable()
  @OneLine(200)
  line1?: string;

  @ApiPropertyOptional({ ...NULLABLE_TEXT, maxLength: 200, description: 'null takes it away', example: 'Flat 3' })
  @OptionalLine(200)
  line2?: string | null;

  @ApiPropertyOptional({ ...TEXT, maxLength: 100, description: 'Town or city', example: 'Whitby' })
  @Omittable()
  @OneLine(100)
  city?: string;

  @ApiPropertyOptional({
    ...NULLABLE_TEXT,
    maxLength: 100,
    description: 'null takes it away',
    example: 'North Yorkshire',
  })
  @OptionalLine(100)
  region?: string | null;

  @ApiPropertyOptional({ ...TEXT, maxLength: 20, description: 'Postal code', example: 'YO21 3PU' })
  @Omittable()
  @OneLine(20)
  postalCode?: string;

  @ApiPropertyOptional({ ...COUNTRY, description: 'ISO 3166-1 alpha-2; small letters are made capitals' })
  @Omittable()
  @Transform(capitals)
  @IsString()
  @IsISO31661Alpha2({ message: 'country must be an ISO 3166-1 alpha-2 code' })
  country?: string;

  @ApiPropertyOptional({
    ...NULLABLE_TEXT,
    maxLength: 40,
    description: 'null takes it away',
    example: '+44 20 7946 0000',
  })
  @OptionalLine(40)
  phone?: string | null;
}

/** An address as a client sees it; what was not given is null. */
export class AddressResponse {
  @ApiProperty({ description: 'Who it is for', example: 'Grace Hopper' })
  name!: string;

  @ApiProperty({ description: 'Street and number', example: '12 Harbour Road' })
  line1!: string;

  @ApiProperty({ type: 'string', nullable: true, description: 'Flat, floor, company', example: 'Flat 3' })
  line2!: string | null;

  @ApiProperty({ description: 'Town or city', example: 'Whitby' })
  city!: string;

  @ApiProperty({ type: 'string', nullable: true, description: 'State, county', example: 'North Yorkshire' })
  region!: string | null;

  @ApiProperty({ description: 'Postal code', example: 'YO21 3PU' })
  postalCode!: string;

  @ApiProperty({ ...COUNTRY, description: 'ISO 3166-1 alpha-2' })
  country!: string;

  @ApiProperty({ type: 'string', nullable: true, description: 'For the carrier', example: '+44 20 7946 0000' })
  phone!: string | null;
}

/** The request's address with nothing left open. */
export function toPostalAddress(request: AddressRequest): PostalAddress {
  return {
    name: request.name,
    line1: request.line1,
    line2: request.line2 ?? null,
    city: request.city,
    region: request.region ?? null,
    postalCode: request.postalCode,
    country: request.country,
    phone: request.phone ?? null,
  };
}

/** The address for an answer, field by field. */
export function toAddressResponse(address: PostalAddress): AddressResponse {
  return {
    name: address.name,
    line1: address.line1,
    line2: address.line2,
    city: address.city,
    region: address.region,
    postalCode: address.postalCode,
    country: address.country,
    phone: address.phone,
  };
}
