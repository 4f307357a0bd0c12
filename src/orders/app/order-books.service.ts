import { Injectable } from '@nestjs/common';
import { LedgerFacade, PaymentsFacade, type PaymentAttempt, type Refund } from '../../payments/index.js';
import type { Tx } from '../../platform/database/index.js';
import { Clock } from '../../platform/time/index.js';
import { capturePartsOf } from '../domain/capture-parts.js';
import type { Order } from '../domain/order.js';

/** Tells the ledger what an order's money was for, in the transaction that records that it moved. The order must be locked. */
@Injectable()
export class OrderBooks {
  constructor(
    private readonly ledger: LedgerFacade,
    private readonly payments: PaymentsFacade,
    private readonly clock: Clock,
  ) {}

  /**
   * The attempt's money was taken, and the provider may have said what it keeps of it; anything else of an attempt is no matter of the
   * books. What is booked already stays as it is, so that a fee that becomes known later can be added.
   * @param paysFor whether the order is paid by it; false where it had been given up, and the money was taken for nothing
   */
  captured(tx: Tx, order: Order, attempt: PaymentAttempt, paysFor: boolean): void {
    if (attempt.status !== 'captured') return;
    this.ledger.bookCapture(tx, {
      ...contextOf(attempt),
      amount: attempt.captured,
      parts: paysFor ? capturePartsOf(order) : null,
      occurredAt: attempt.settledAt ?? this.clock.now(),
      fee: attempt.fee === null ? null : { amount: attempt.fee, occurredAt: this.clock.now() },
    });
  }

  /** A refund succeeded. `order` is as it was before, when `refundedTotal` did not count it. */
  async refunded(tx: Tx, order: Order, refund: Refund): Promise<void> {
    await this.ledger.bookRefund(tx, {
      ...(await this.contextOfRefund(tx, refund)),
      refundId: refund.id,
      amount: refund.amount,
      refundedBefore: order.refundedTotal,
      occurredAt: refund.settledAt ?? this.clock.now(),
    });
  }

  /** A refund failed after it had succeeded. `order` is as it is afterwards, when `refundedTotal` counts it no more. */
  async refundReversed(tx: Tx, order: Order, refund: Refund): Promise<void> {
    await this.ledger.bookRefundReversal(tx, {
      ...(await this.contextOfRefund(tx, refund)),
      refundId: refund.id,
      amount: refund.amount,
      refundedAfter: order.refundedTotal,
      occurredAt: refund.reversedAt ?? this.clock.now(),
    });
  }

  private async contextOfRefund(tx: Tx, refund: Refund) {
    const attempts = await this.payments.findByOrder(tx, refund.orderId);
    const attempt = attempts.find(({ id }) => id === refund.paymentId);
    if (!attempt) throw new Error(`Refund ${refund.id} belongs to no payment of its order`);
    return contextOf(attempt);
  }
}

function contextOf({ id, orderId, provider, currency }: PaymentAttempt) {
  return { paymentId: id, orderId, provider, currency };
}
