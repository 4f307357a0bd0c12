import { ApiProperty } from '@nestjs/swagger';
import { toJson } from '../money/index.js';
import { MoneyDto } from './money.dto.js';

/** What a cart or an order costs, as clients see it. */
export class TotalsDto {
  @ApiProperty({ type: MoneyDto, description: 'Sum of the lines' })
  subtotal!: MoneyDto;
  @ApiProperty({ type: MoneyDto, description: 'What is taken off' })
  discountTotal!: MoneyDto;
  @ApiProperty({ type: MoneyDto, description: 'Shipping; 0 until a method is named' })
  shippingTotal!: MoneyDto;
  @ApiProperty({ type: MoneyDto, description: 'Tax on top of the prices' })
  taxTotal!: MoneyDto;
  @ApiProperty({ type: MoneyDto, description: 'Tax that the amounts already contain' })
  includedTax!: MoneyDto;
  @ApiProperty({ type: MoneyDto, description: 'subtotal - discountTotal + shippingTotal + taxTotal' })
  total!: MoneyDto;
}

/** The six amounts, in minor units of one currency, as JSON. */
export function toTotals(totals: Record<keyof TotalsDto, bigint>, currency: string): TotalsDto {
  const money = (amount: bigint) => toJson({ amount, currency });
  return {
    subtotal: money(totals.subtotal),
    discountTotal: money(totals.discountTotal),
    shippingTotal: money(totals.shippingTotal),
    taxTotal: money(totals.taxTotal),
    includedTax: money(totals.includedTax),
    total: money(totals.total),
  };
}
