import { ApiProperty } from '@nestjs/swagger';
import { IsEmail, IsString, MaxLength } from 'class-validator';
import { Trimmed } from '../../platform/http/fields.js';

/** A guest, as they gave themselves with their orders. */
export class GuestRequest {
  @ApiProperty({
    type: 'string',
    format: 'email',
    maxLength: 254,
    description: 'The address that guests ordered under; accounts with it are no part of this',
    example: 'grace@example.com',
  })
  @Trimmed()
  @IsString()
  @MaxLength(254)
  @IsEmail()
  email!: string;
}

export class ArchivePersonResponse {
  @ApiProperty({
    type: 'string',
    nullable: true,
    description: 'The account; null for a guest',
    example: '0198c5f0-7b7e-7000-8000-000000000001',
  })
  userId!: string | null;

  @ApiProperty({
    type: 'string',
    nullable: true,
    description: "By which guests' orders were found; null where the account's address is not verified",
    example: 'grace@example.com',
  })
  email!: string | null;
}

/** Everything that is held on a person. */
export class PersonalDataResponse {
  @ApiProperty({ description: 'The form of the archive and its version', example: 'backroom-personal-data/1' })
  format!: string;

  @ApiProperty({ format: 'date-time', description: 'When', example: '2026-11-22T12:00:00.000Z' })
  exportedAt!: string;

  @ApiProperty({ type: ArchivePersonResponse, description: 'Whom it is about' })
  person!: ArchivePersonResponse;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'By area: `account`, `sign-in`, `orders`, `mails` and so on; amounts are minor units',
    example: { account: { email: 'grace@example.com' }, orders: [] },
  })
  data!: Record<string, unknown>;
}
