import { ApiProperty } from '@nestjs/swagger';
import { AddressResponse } from '../../../platform/http/address.dto.js';

/** An address that a user keeps. */
export class SavedAddressResponse extends AddressResponse {
  @ApiProperty({ description: 'Opaque', example: '0198c5f0-7b7e-7000-8000-000000000002' })
  id!: string;
}

/** A page of addresses, oldest first. */
export class SavedAddressesPageResponse {
  @ApiProperty({ type: [SavedAddressResponse], description: 'Addresses, oldest first' })
  items!: SavedAddressResponse[];

  @ApiProperty({ type: 'string', nullable: true, description: 'For the next page; null on the last', example: null })
  nextCursor!: string | null;
}
