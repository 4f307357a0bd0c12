import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsISO8601, IsOptional, MaxLength } from 'class-validator';
import { DIFFERENCE_KINDS } from '../../payments/index.js';
import { MoneyDto } from '../../platform/http/index.js';

export class ReconciliationQuery {
  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    description: 'Payments begun at this time or later; a day before `to` when left out',
    example: '2026-01-01T00:00:00Z',
  })
  @IsOptional()
  @IsISO8601({ strict: true, strictSeparator: true })
  @MaxLength(40)
  from?: string;

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    description: 'Payments begun before this time, up to 92 days after `from`; now when left out',
    example: '2026-02-01T00:00:00Z',
  })
  @IsOptional()
  @IsISO8601({ strict: true, strictSeparator: true })
  @MaxLength(40)
  to?: string;
}

export class AccountSumsResponse {
  @ApiProperty({ type: String, description: 'The account of the ledger', example: 'provider:test' })
  account!: string;
  @ApiProperty({ type: MoneyDto, description: 'What was debited' })
  debit!: MoneyDto;
  @ApiProperty({ type: MoneyDto, description: 'What was credited' })
  credit!: MoneyDto;
}

export class MoneySumsResponse {
  @ApiProperty({ type: MoneyDto, description: 'What was taken' })
  captured!: MoneyDto;
  @ApiProperty({ type: MoneyDto, description: 'What was given back of it' })
  refunded!: MoneyDto;
}

export class ProviderMoneyResponse extends MoneySumsResponse {
  @ApiProperty({ type: MoneyDto, description: 'What the provider keeps' })
  fees!: MoneyDto;
}

export class ProviderSumsResponse {
  @ApiProperty({ type: String, description: 'The payment provider', example: 'test' })
  provider!: string;
  @ApiProperty({ type: ProviderMoneyResponse, description: "By the shop's records" })
  ours!: ProviderMoneyResponse;
  @ApiProperty({
    type: ProviderMoneyResponse,
    nullable: true,
    description: "By the provider's own; null where the shop has no access to it any more",
  })
  theirs!: ProviderMoneyResponse | null;
}

export class DifferenceResponse {
  @ApiProperty({ enum: DIFFERENCE_KINDS, description: 'What two records have differently', example: 'refund_missing' })
  kind!: string;
  @ApiProperty({
    type: String,
    nullable: true,
    description: "The payment provider; null for what the shop's own records have differently",
    example: 'test',
  })
  provider!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'The order', example: null })
  orderId!: string | null;
  @ApiProperty({
    type: String,
    nullable: true,
    description: "The payment, or the provider's key for it",
    example: null,
  })
  paymentId!: string | null;
  @ApiProperty({ type: String, nullable: true, description: "The refund, or the provider's key for it", example: null })
  refundId!: string | null;
  @ApiProperty({
    type: String,
    description: 'What it is, in words',
    example: 'The provider knows nothing of the refund.',
  })
  detail!: string;
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'By the record that is looked at: a status, or an amount in minor units; null for nothing',
    example: '300',
  })
  ours!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'By the record beside it', example: null })
  theirs!: string | null;
}

export class OpenMatterResponse {
  @ApiProperty({ type: String, description: 'The payment provider', example: 'test' })
  provider!: string;
  @ApiProperty({ type: String, description: 'The order', example: '0198c5f0-7b7e-7000-8000-000000000001' })
  orderId!: string;
  @ApiProperty({ type: String, description: 'The payment', example: '0198c5f0-7b7e-7000-8000-000000000002' })
  paymentId!: string;
  @ApiProperty({ type: String, nullable: true, description: 'The refund, where it is one that is open', example: null })
  refundId!: string | null;
  @ApiProperty({ type: String, description: 'Where it stands in the shop', example: 'requires_action' })
  status!: string;
  @ApiProperty({ type: String, nullable: true, description: 'Where it stands at the provider', example: null })
  theirs!: string | null;
  @ApiProperty({
    type: String,
    format: 'date-time',
    description: 'Until when its outcome is waited for',
    example: '2026-01-05T10:15:00.000Z',
  })
  deadlineAt!: string;
}

export class ReconciliationResponse {
  @ApiProperty({
    type: String,
    format: 'date-time',
    description: 'The beginning of the time',
    example: '2026-01-05T00:00:00.000Z',
  })
  from!: string;
  @ApiProperty({ type: String, format: 'date-time', description: 'Its end', example: '2026-01-06T00:00:00.000Z' })
  to!: string;
  @ApiProperty({ type: [MoneySumsResponse], description: 'The money of its orders, by currency, as they count it' })
  orders!: MoneySumsResponse[];
  @ApiProperty({ type: [ProviderSumsResponse], description: 'The money of its payments, by provider and currency' })
  providers!: ProviderSumsResponse[];
  @ApiProperty({ type: [AccountSumsResponse], description: 'What was booked in the time, by account and currency' })
  accounts!: AccountSumsResponse[];
  @ApiProperty({
    type: [DifferenceResponse],
    maxItems: 1000,
    description: 'Everything that two records have differently, up to 1,000; none in a sound shop',
  })
  differences!: DifferenceResponse[];
  @ApiProperty({ type: 'integer', minimum: 0, description: 'How many there are', example: 0 })
  differenceCount!: number;
  @ApiProperty({
    type: [OpenMatterResponse],
    maxItems: 1000,
    description: 'Payments and refunds whose outcome is still to come and not due yet, up to 1,000',
  })
  open!: OpenMatterResponse[];
  @ApiProperty({ type: 'integer', minimum: 0, description: 'How many there are', example: 1 })
  openCount!: number;
}
