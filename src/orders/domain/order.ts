import type { PostalAddress } from '../../platform/values/postal-address.js';
import { fulfilmentStatusOf, type FulfilmentStatus, type OrderStatus, type PaymentStatus } from './order-status.js';

/** A line as it was agreed. Amounts are minor units; `refunded…` counts refunds that are under way, too. */
export interface OrderLine {
  readonly id: string;
  readonly variantId: string;
  readonly productId: string;
  readonly sku: string | null;
  readonly title: string;
  readonly variantTitle: string;
  readonly image: string | null;
  readonly quantity: number;
  readonly unitPrice: bigint;
  readonly lineTotal: bigint;
  readonly discount: bigint;
  readonly tax: bigint;
  readonly includedTax: bigint;
  readonly refundedQuantity: number;
  readonly refundedAmount: bigint;
  readonly restockedQuantity: number;
  /** Units sent. */
  readonly fulfilledQuantity: number;
  /** Units given up before they were sent. */
  readonly cancelledQuantity: number;
  /** Of those sent, units that came back. */
  readonly returnedQuantity: number;
  /** Of those back in stock, units that had not been sent. */
  readonly withdrawnQuantity: number;
}

/** An order: what was agreed, frozen, and what became of it. total = subtotal - discountTotal + shippingTotal + taxTotal. */
export interface Order {
  readonly id: string;
  readonly number: string;
  readonly customerId: string | null;
  readonly cartId: string;
  readonly status: OrderStatus;
  readonly paymentStatus: PaymentStatus;
  readonly fulfilmentStatus: FulfilmentStatus;
  readonly email: string;
  readonly currency: string;
  readonly shippingAddress: PostalAddress;
  readonly billingAddress: PostalAddress;
  readonly shippingMethod: string;
  readonly shippingName: string;
  readonly subtotal: bigint;
  readonly discountTotal: bigint;
  readonly shippingTotal: bigint;
  readonly taxTotal: bigint;
  readonly includedTax: bigint;
  readonly total: bigint;
  readonly capturedTotal: bigint;
  readonly refundedTotal: bigint;
  readonly version: number;
  readonly placedAt: Date;
  readonly cancelledAt: Date | null;
  readonly cancelReason: string | null;
  /** When its person was taken out; absent or null while they are in it. */
  readonly erasedAt?: Date | null;
  readonly lines: readonly OrderLine[];
}

/** What was paid for a line, in minor units. */
export function paidFor(line: Pick<OrderLine, 'lineTotal' | 'discount' | 'tax'>): bigint {
  return line.lineTotal - line.discount + line.tax;
}

/** Units on a line, as far as sending them goes. */
export type LineUnits = Pick<OrderLine, 'quantity' | 'fulfilledQuantity' | 'cancelledQuantity' | 'returnedQuantity'>;

/** Units of a line that are still to be sent. */
export function unsentUnits(line: LineUnits): number {
  return line.quantity - line.fulfilledQuantity - line.cancelledQuantity;
}

/** Sent units that can still go back on the shelf: each goes there once. */
export function sentOffShelf(
  line: Pick<OrderLine, 'fulfilledQuantity' | 'restockedQuantity' | 'withdrawnQuantity'>,
): number {
  return line.fulfilledQuantity - (line.restockedQuantity - line.withdrawnQuantity);
}

/** Units given up unsent that can still go back on the shelf. */
export function unsentOffShelf(line: Pick<OrderLine, 'cancelledQuantity' | 'withdrawnQuantity'>): number {
  return line.cancelledQuantity - line.withdrawnQuantity;
}

/** The fulfilment status that follows from an order's lines. */
export function fulfilmentStatusOfLines(lines: readonly LineUnits[]): FulfilmentStatus {
  const sum = (units: (line: LineUnits) => number) => lines.reduce((total, line) => total + units(line), 0);
  return fulfilmentStatusOf({
    due: sum(({ quantity, cancelledQuantity }) => quantity - cancelledQuantity),
    sent: sum(({ fulfilledQuantity }) => fulfilledQuantity),
    returned: sum(({ returnedQuantity }) => returnedQuantity),
  });
}

/** What is added to the counters of a line; what is left out stays. Negative numbers take a failed refund back. Minor units. */
export interface LineCounts {
  readonly orderLineId: string;
  readonly refunded?: number;
  readonly amount?: bigint;
  /** Units back on the shelf; `withdrawn` says how many of them had not been sent. */
  readonly restocked?: number;
  readonly withdrawn?: number;
  readonly fulfilled?: number;
  readonly cancelled?: number;
  readonly returned?: number;
}

/** The lines after the counts. */
export function countLines(lines: readonly OrderLine[], counts: readonly LineCounts[]): OrderLine[] {
  const byLine = new Map(counts.map((count) => [count.orderLineId, count]));
  return lines.map((line) => {
    const count = byLine.get(line.id);
    if (!count) return line;
    return {
      ...line,
      refundedQuantity: line.refundedQuantity + (count.refunded ?? 0),
      refundedAmount: line.refundedAmount + (count.amount ?? 0n),
      restockedQuantity: line.restockedQuantity + (count.restocked ?? 0),
      fulfilledQuantity: line.fulfilledQuantity + (count.fulfilled ?? 0),
      cancelledQuantity: line.cancelledQuantity + (count.cancelled ?? 0),
      returnedQuantity: line.returnedQuantity + (count.returned ?? 0),
      withdrawnQuantity: line.withdrawnQuantity + (count.withdrawn ?? 0),
    };
  });
}
