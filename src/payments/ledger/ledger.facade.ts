import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/index.js';
import type { PaymentId, RefundId } from '../../platform/ids/index.js';
import { LedgerRepository } from './data/ledger.repository.js';
import {
  captureEntry,
  feeEntry,
  partsOfCapture,
  refundEntry,
  refundReversalEntry,
  type CaptureParts,
  type NewEntry,
} from './domain/entries.js';

/** What every entry tells of its cause. Amounts are minor units of `currency`. */
interface Booking {
  readonly paymentId: PaymentId;
  readonly orderId: string;
  readonly provider: string;
  readonly currency: string;
  readonly occurredAt: Date;
}

export interface CaptureBooking extends Booking {
  readonly amount: bigint;
  /** Null: the order had been given up, so that the money was paid for nothing. */
  readonly parts: CaptureParts | null;
  /** What the provider keeps of it, and when that became known, which may be at a later booking of the same capture. */
  readonly fee: { readonly amount: bigint; readonly occurredAt: Date } | null;
}

export interface RefundBooking extends Booking {
  readonly refundId: RefundId;
  readonly amount: bigint;
  /** What refunds of the same capture that succeeded before this one have given back. */
  readonly refundedBefore: bigint;
}

export interface RefundReversalBooking extends Booking {
  readonly refundId: RefundId;
  readonly amount: bigint;
  /** What the other refunds of the same capture that stand have given back. */
  readonly refundedAfter: bigint;
}

/**
 * Books what happened to money, in the transaction that records it. A second booking of the same capture, fee or refund changes nothing,
 * and nothing of 0 is booked. The order must be locked.
 */
@Injectable()
export class LedgerFacade {
  constructor(private readonly ledger: LedgerRepository) {}

  /** @throws RangeError for parts that do not add up to the amount */
  bookCapture(tx: Tx, { paymentId, amount, parts, fee, ...context }: CaptureBooking): void {
    const about = { paymentId, provider: context.provider };
    const entries = [{ entry: captureEntry({ ...about, amount, parts }), occurredAt: context.occurredAt }];
    if (fee) entries.push({ entry: feeEntry({ ...about, fee: fee.amount }), occurredAt: fee.occurredAt });
    this.book(tx, entries, context);
  }

  /**
   * Gives back the same shares of goods, shipping and tax that the capture brought.
   * @throws Error when the capture was never booked; RangeError when it was less than what would be given back
   */
  async bookRefund(tx: Tx, booking: RefundBooking): Promise<void> {
    const { refundId, paymentId, amount, refundedBefore, ...context } = booking;
    const captured = await this.captured(tx, paymentId);
    const entry = refundEntry({ refundId, provider: context.provider, amount, refundedBefore, captured });
    this.book(tx, [{ entry, occurredAt: context.occurredAt }], context);
  }

  /**
   * Takes the shares of a refund back that had been booked and failed since.
   * @throws Error when the capture was never booked; RangeError when it was less than what would be taken back
   */
  async bookRefundReversal(tx: Tx, booking: RefundReversalBooking): Promise<void> {
    const { refundId, paymentId, amount, refundedAfter, ...context } = booking;
    const captured = await this.captured(tx, paymentId);
    const entry = refundReversalEntry({ refundId, provider: context.provider, amount, refundedAfter, captured });
    this.book(tx, [{ entry, occurredAt: context.occurredAt }], context);
  }

  /** What the capture was for; null where it was unapplied. */
  private async captured(tx: Tx, paymentId: PaymentId): Promise<CaptureParts | null> {
    const postings = await this.ledger.findPostings(tx, `capture:${paymentId}`);
    if (!postings) throw new Error(`Payment ${paymentId} is refunded, and its capture is not in the books`);
    return partsOfCapture(postings);
  }

  private book(
    tx: Tx,
    dated: readonly { readonly entry: NewEntry | null; readonly occurredAt: Date }[],
    { orderId, provider, currency }: Omit<Booking, 'paymentId'>,
  ): void {
    const entries = dated.flatMap(({ entry, occurredAt }) => (entry ? [{ ...entry, occurredAt }] : []));
    this.ledger.insert(tx, entries, { orderId, provider, currency });
  }
}
