import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { AddressResponse } from '../../platform/http/address.dto.js';
import { MoneyDto, TotalsDto } from '../../platform/http/index.js';
import { FulfilmentResponse } from './fulfilment.dto.js';
import { STATUSES } from './order.dto.js';
import { ReturnResponse } from './return.dto.js';

export class OrderItemResponse {
  @ApiProperty({ type: String, description: 'The line', example: '0198c5f0-7b7e-7000-8000-000000000001' })
  id!: string;
  @ApiProperty({ type: String, description: 'The variant', example: '0198c5f0-7b7e-7000-8000-000000000000' })
  variantId!: string;
  @ApiProperty({ type: String, description: 'The product', example: '0198c5f0-7b7e-7000-8000-000000000002' })
  productId!: string;
  @ApiProperty({ type: String, nullable: true, description: 'SKU when it was ordered', example: 'MUG-BLUE' })
  sku!: string | null;
  @ApiProperty({ type: String, description: "The product's title when it was ordered", example: 'Enamel mug' })
  title!: string;
  @ApiProperty({ type: String, description: "The variant's title when it was ordered", example: 'Blue' })
  variantTitle!: string;
  @ApiProperty({ type: String, nullable: true, description: 'Address of a picture', example: '/media/enamel-mug.svg' })
  image!: string | null;
  @ApiProperty({ type: 'integer', description: 'Units', example: 2 })
  quantity!: number;
  @ApiProperty({ type: MoneyDto, description: 'Price of one unit' })
  unitPrice!: MoneyDto;
  @ApiProperty({ type: MoneyDto, description: 'Price of all units' })
  lineTotal!: MoneyDto;
  @ApiProperty({ type: MoneyDto, description: "The line's part of the discounts" })
  discount!: MoneyDto;
  @ApiProperty({ type: MoneyDto, description: 'Tax on top' })
  tax!: MoneyDto;
  @ApiProperty({ type: MoneyDto, description: 'Tax that the price contains' })
  includedTax!: MoneyDto;
  @ApiProperty({ type: 'integer', description: 'Units given back, refunds under way counted', example: 0 })
  refundedQuantity!: number;
  @ApiProperty({ type: MoneyDto, description: 'Money given back for the line, refunds under way counted' })
  refundedAmount!: MoneyDto;
  @ApiProperty({ type: 'integer', description: 'Units back in stock', example: 0 })
  restockedQuantity!: number;
  @ApiProperty({ type: 'integer', description: 'Units sent', example: 0 })
  fulfilledQuantity!: number;
  @ApiProperty({
    type: 'integer',
    description: 'Units given up before they were sent: the order was cancelled, or they were refunded',
    example: 0,
  })
  cancelledQuantity!: number;
  @ApiProperty({ type: 'integer', description: 'Of those sent, units that came back', example: 0 })
  returnedQuantity!: number;
}

export class NextActionResponse {
  @ApiProperty({
    enum: ['redirect', 'client_secret'],
    description: "What to do: go to `url`, or hand `clientSecret` to the provider's own script",
    example: 'redirect',
  })
  type!: string;
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Where to send the customer',
    example: 'https://pay.example.com/step/42',
  })
  url!: string | null;
  @ApiProperty({
    type: String,
    nullable: true,
    description: "What the provider's script in the storefront goes on with",
    example: null,
  })
  clientSecret!: string | null;
}

export class RefundItemResponse {
  @ApiProperty({ type: String, description: 'The line', example: '0198c5f0-7b7e-7000-8000-000000000001' })
  itemId!: string;
  @ApiProperty({ type: 'integer', description: 'Units', example: 1 })
  quantity!: number;
  @ApiProperty({ type: 'integer', description: 'Of those, units that had not been sent and never will be', example: 0 })
  cancelled!: number;
  @ApiProperty({ type: MoneyDto, description: 'What they were worth' })
  amount!: MoneyDto;
  @ApiProperty({ type: Boolean, description: 'Whether they went back into stock', example: true })
  restock!: boolean;
}

export class RefundResponse {
  @ApiProperty({ type: String, description: 'The refund', example: '0198c5f0-7b7e-7000-8000-000000000003' })
  id!: string;
  @ApiProperty({ enum: ['pending', 'succeeded', 'failed'], description: 'What became of it', example: 'succeeded' })
  status!: string;
  @ApiProperty({ type: MoneyDto, description: 'How much' })
  amount!: MoneyDto;
  @ApiProperty({ type: String, nullable: true, description: 'Why', example: 'Arrived broken' })
  reason!: string | null;
  @ApiProperty({ type: [RefundItemResponse], description: 'Which units; none for a refund by amount' })
  items!: RefundItemResponse[];
  @ApiProperty({ type: String, format: 'date-time', description: 'When', example: '2026-01-05T10:00:00.000Z' })
  createdAt!: string;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description:
      "When it failed after it had succeeded: the customer's bank did not accept the money, which is owed again",
    example: null,
  })
  reversedAt!: string | null;
}

export class OrderResponse extends TotalsDto {
  @ApiProperty({ type: String, description: 'The order', example: '0198c5f0-7b7e-7000-8000-000000000004' })
  id!: string;
  @ApiProperty({ type: String, description: 'For people', example: 'K7M2-9QXB' })
  number!: string;
  @ApiProperty({ enum: STATUSES, description: 'Where it stands', example: 'paid' })
  status!: string;
  @ApiProperty({
    enum: ['pending', 'authorized', 'paid', 'partially_refunded', 'refunded', 'voided', 'failed'],
    description: 'Where its money stands',
    example: 'paid',
  })
  paymentStatus!: string;
  @ApiProperty({
    enum: ['unfulfilled', 'partial', 'fulfilled', 'returned'],
    description: 'Where its goods stand',
    example: 'unfulfilled',
  })
  fulfilmentStatus!: string;
  @ApiProperty({ type: String, nullable: true, description: 'The customer; null for a guest', example: null })
  customerId!: string | null;
  @ApiProperty({ type: String, description: 'Where mails go', example: 'grace@example.com' })
  email!: string;
  @ApiProperty({ type: String, description: 'ISO 4217', example: 'GBP' })
  currency!: string;
  @ApiProperty({ type: [OrderItemResponse], description: 'The lines as they were agreed' })
  items!: OrderItemResponse[];
  @ApiProperty({ type: MoneyDto, description: 'What was given back' })
  refundedTotal!: MoneyDto;
  @ApiProperty({ type: AddressResponse, description: 'Where the goods go' })
  shippingAddress!: AddressResponse;
  @ApiProperty({ type: AddressResponse, description: 'Where the bill goes' })
  billingAddress!: AddressResponse;
  @ApiProperty({ type: String, description: 'Code of the shipping method', example: 'standard' })
  shippingMethod!: string;
  @ApiProperty({ type: String, description: 'Name of the shipping method when it was ordered', example: 'Standard' })
  shippingName!: string;
  @ApiProperty({
    type: String,
    format: 'date-time',
    description: 'When it was placed',
    example: '2026-01-05T10:00:00.000Z',
  })
  placedAt!: string;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When it was cancelled',
    example: null,
  })
  cancelledAt!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'Why it was cancelled', example: null })
  cancelReason!: string | null;
  @ApiProperty({ type: 'integer', description: 'Grows with every change; for `If-Match`', example: 2 })
  version!: number;
}

export class OrderDetailResponse extends OrderResponse {
  @ApiProperty({
    type: NextActionResponse,
    nullable: true,
    description: 'What the customer has to do before the payment can go on',
  })
  nextAction!: NextActionResponse | null;
  @ApiProperty({ type: [RefundResponse], description: 'Refunds, oldest first' })
  refunds!: RefundResponse[];
  @ApiProperty({ type: [FulfilmentResponse], description: 'Parcels, oldest first' })
  fulfilments!: FulfilmentResponse[];
  @ApiProperty({ type: [ReturnResponse], description: 'Returns, oldest first' })
  returns!: ReturnResponse[];
}

export class PlacedOrderResponse extends OrderDetailResponse {
  @ApiPropertyOptional({
    type: String,
    description: "Opens a guest's order later: `Order-Token` header or `?token=`",
    example: 'ot1_Gm2Y8Q',
  })
  accessToken?: string;
}

export class OrderPageResponse {
  @ApiProperty({ type: [OrderResponse], description: 'Newest first' })
  items!: OrderResponse[];
  @ApiProperty({ type: String, nullable: true, description: 'Where the next page begins', example: null })
  nextCursor!: string | null;
}
