import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsISO8601, IsOptional, IsString, MaxLength } from 'class-validator';
import { MoneyDto, PageQuery } from '../../../platform/http/index.js';

export class ListLedgerEntriesQuery extends PageQuery {
  @ApiPropertyOptional({
    type: String,
    maxLength: 100,
    description: 'Only the entries of this order',
    example: '0198c5f0-7b7e-7000-8000-000000000001',
  })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  orderId?: string;

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    description: 'Of this time or later',
    example: '2026-01-01T00:00:00Z',
  })
  @IsOptional()
  @IsISO8601({ strict: true, strictSeparator: true })
  @MaxLength(40)
  from?: string;

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    description: 'Of before this time',
    example: '2027-01-01T00:00:00Z',
  })
  @IsOptional()
  @IsISO8601({ strict: true, strictSeparator: true })
  @MaxLength(40)
  to?: string;
}

export class LedgerPostingResponse {
  @ApiProperty({
    type: String,
    description:
      '`provider:<name>` (what the provider holds for the shop), `sales` (goods after discounts, without tax), `shipping`, `tax`, `fees`, or `unapplied` (taken for an order that had been given up)',
    example: 'sales',
  })
  account!: string;
  @ApiProperty({ type: MoneyDto, description: 'What is added to the left side; 0 for a credit' })
  debit!: MoneyDto;
  @ApiProperty({ type: MoneyDto, description: 'What is added to the right side; 0 for a debit' })
  credit!: MoneyDto;
}

export class LedgerEntryResponse {
  @ApiProperty({ type: String, description: 'The entry', example: '0198c5f0-7b7e-7000-8000-000000000009' })
  id!: string;
  @ApiProperty({
    type: String,
    description:
      'What is booked, each once: `capture:<payment>`, `fee:<payment>`, `refund:<refund>` or `refund_reversal:<refund>`',
    example: 'capture:0198c5f0-7b7e-7000-8000-000000000002',
  })
  source!: string;
  @ApiProperty({
    enum: ['capture', 'fee', 'refund', 'refund_reversal'],
    description: 'What kind of thing that is',
    example: 'capture',
  })
  kind!: string;
  @ApiProperty({ type: String, description: 'The order', example: '0198c5f0-7b7e-7000-8000-000000000001' })
  orderId!: string;
  @ApiProperty({ type: String, description: 'The payment provider', example: 'test' })
  provider!: string;
  @ApiProperty({
    type: String,
    format: 'date-time',
    description: 'When it happened',
    example: '2026-01-05T10:00:00.000Z',
  })
  occurredAt!: string;
  @ApiProperty({ type: [LedgerPostingResponse], description: 'Its postings; debits and credits are the same in sum' })
  postings!: LedgerPostingResponse[];
}

export class LedgerEntryPageResponse {
  @ApiProperty({ type: [LedgerEntryResponse], description: 'Entries, newest first' })
  items!: LedgerEntryResponse[];
  @ApiProperty({ type: String, nullable: true, description: 'For the next page; null on the last', example: null })
  nextCursor!: string | null;
}
