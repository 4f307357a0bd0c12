import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { IfGiven } from './text.decorators.js';

const FORMATS = ['shopify'] as const;
const STATUSES = ['queued', 'running', 'completed', 'failed'] as const;
const TIME = { type: String, format: 'date-time' } as const;

export class FileFormatQuery {
  @ApiPropertyOptional({
    enum: FORMATS,
    default: 'shopify',
    description: "How products are written in the file: Shopify's CSV",
    example: 'shopify',
  })
  @IfGiven()
  @IsIn(FORMATS)
  format: (typeof FORMATS)[number] = 'shopify';
}

export class ImportErrorResponse {
  @ApiProperty({ type: 'integer', minimum: 1, description: 'Where the record begins in the file', example: 12 })
  line!: number;
  @ApiProperty({ type: String, description: 'Stable', example: 'catalog.sku_taken' })
  code!: string;
  @ApiProperty({ type: String, description: 'For people', example: 'Another variant has the SKU "MUG-BLUE".' })
  detail!: string;
}

export class ImportSummaryResponse {
  @ApiProperty({ type: String, description: 'Opaque', example: '0198c5f0-7b7e-7000-8000-000000000000' })
  id!: string;
  @ApiProperty({ enum: FORMATS, description: 'How products are written in the file', example: 'shopify' })
  format!: string;
  @ApiProperty({
    enum: STATUSES,
    description: 'A completed import may have left out rows: see `errorCount`. One that failed has left out the rest.',
    example: 'completed',
  })
  status!: (typeof STATUSES)[number];
  @ApiProperty({ type: 'integer', minimum: 0, description: 'Records of the file', example: 1399 })
  rows!: number;
  @ApiProperty({ type: 'integer', minimum: 0, description: 'How many of them are done', example: 1399 })
  rowsDone!: number;
  @ApiProperty({
    type: 'integer',
    minimum: 0,
    description: 'Products of the file that stand in the shop so far, new or not',
    example: 284,
  })
  products!: number;
  @ApiProperty({
    type: 'integer',
    minimum: 0,
    description: 'Variants of the file that stand in the shop so far, new or not',
    example: 1080,
  })
  variants!: number;
  @ApiProperty({ type: 'integer', minimum: 0, description: 'Faults found so far', example: 64 })
  errorCount!: number;
  @ApiProperty({ type: String, nullable: true, description: 'Why the import failed', example: null })
  failure!: string | null;
  @ApiProperty({ ...TIME, description: 'When the file came', example: '2026-11-22T09:30:00.000Z' })
  createdAt!: string;
  @ApiProperty({ ...TIME, nullable: true, description: 'When its turn came', example: '2026-11-22T09:30:02.000Z' })
  startedAt!: string | null;
  @ApiProperty({ ...TIME, nullable: true, description: 'When it ended', example: '2026-11-22T09:30:09.000Z' })
  finishedAt!: string | null;
}

export class ImportResponse extends ImportSummaryResponse {
  @ApiProperty({
    type: [ImportErrorResponse],
    maxItems: 1000,
    description: 'What was left out and why, by line; the first thousand of `errorCount`',
  })
  errors!: ImportErrorResponse[];
}

export class ImportPageResponse {
  @ApiProperty({ type: [ImportSummaryResponse], description: 'Newest first' })
  items!: ImportSummaryResponse[];
  @ApiProperty({ type: String, nullable: true, description: 'For the next page; null on the last', example: null })
  nextCursor!: string | null;
}
