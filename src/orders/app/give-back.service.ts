import { Injectable } from '@nestjs/common';
import { PaymentsFacade } from '../../payments/index.js';
import { Db } from '../../platform/database/index.js';
import type { RefundId } from '../../platform/ids/index.js';
import { OrdersRepository } from '../data/orders.repository.js';
import { capturedAttempt, RefundOrderService } from './refund-order.service.js';

/** Gives back all that is left of an order's captured money: it was cancelled, or captured when it had been given up. */
@Injectable()
export class GiveBackService {
  constructor(
    private readonly db: Db,
    private readonly orders: OrdersRepository,
    private readonly payments: PaymentsFacade,
    private readonly refunds: RefundOrderService,
  ) {}

  /** Does nothing where nothing is left. @throws Error when the provider refused, so that the job is run again. */
  async run(orderId: string): Promise<void> {
    const refundId = await this.db.transaction(async (tx): Promise<RefundId | null> => {
      const order = await this.orders.lockWithLines(tx, orderId);
      const attempt = order && capturedAttempt(await this.payments.findByOrder(tx, orderId));
      if (!order || order.status === 'paid' || !attempt || attempt.captured <= attempt.refunded) return null;
      const amount = attempt.captured - attempt.refunded;
      const started = await this.payments.startRefund(tx, {
        orderId,
        amount,
        reason: order.cancelReason ?? 'The order was given up',
        actorId: null,
      });
      return started.refundId;
    });
    if (!refundId) return;
    const refund = await this.refunds.settle(orderId, refundId, await this.payments.refund(refundId));
    if (refund.status === 'failed') throw new Error(`The provider refused to give back the money of order ${orderId}`);
  }
}
