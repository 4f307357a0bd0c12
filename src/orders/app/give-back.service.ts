import { Injectable } from '@nestjs/common';
import { PaymentsFacade } from '../../payments/index.js';
import { Db } from '../../platform/database/index.js';
import { IdempotencyStore } from '../../platform/idempotency/index.js';
import type { RefundId } from '../../platform/ids/index.js';
import { OrdersRepository } from '../data/orders.repository.js';
import { capturedAttempt } from './captured-attempt.js';
import { OrderAnswers } from './order-answers.js';
import { cancellationOf } from './order-jobs.js';
import { OrderNews } from './order-news.service.js';
import { ReadOrdersService } from './read-orders.service.js';
import { RefundOrderService } from './refund-order.service.js';
import { SettleOrderService } from './settle-order.service.js';

/** Gives back an order's money that it has no right to: it was cancelled, or captured or set aside when it had been given up. */
@Injectable()
export class GiveBackService {
  constructor(
    private readonly db: Db,
    private readonly orders: OrdersRepository,
    private readonly payments: PaymentsFacade,
    private readonly refunds: RefundOrderService,
    private readonly settling: SettleOrderService,
    private readonly news: OrderNews,
    private readonly keys: IdempotencyStore,
    private readonly reads: ReadOrdersService,
    private readonly answers: OrderAnswers,
  ) {}

  /** Does nothing where nothing is left. @throws Error when the provider refused, so that the job is run again. */
  async run(orderId: string): Promise<void> {
    await this.letGo(orderId);
    await this.giveBack(orderId).finally(() => this.answerKey(orderId));
  }

  /** For the key of a cancellation whose process died before it could answer. */
  private async answerKey(orderId: string): Promise<void> {
    await this.db.transaction(async (tx) => {
      const order = await this.orders.lockWithLines(tx, orderId);
      if (order?.status !== 'cancelled') return;
      const answer = this.answers.changed(await this.reads.view(tx, order), 200);
      this.keys.completeFor(tx, cancellationOf(orderId), answer);
    });
  }

  /** Money that is only set aside. */
  private async letGo(orderId: string): Promise<void> {
    const order = await this.orders.findWithLines(this.orders.reader, orderId);
    if (!order || !(order.status === 'cancelled' || order.status === 'payment_failed')) return;
    const attempts = await this.payments.findByOrder(this.orders.reader, orderId);
    const held = attempts.find(({ status }) => status === 'authorized');
    if (held) await this.settling.settle(orderId, held.id, await this.payments.void(held.id), 'lookUp');
  }

  private async giveBack(orderId: string): Promise<void> {
    const refundId = await this.db.transaction(async (tx): Promise<RefundId | null> => {
      const order = await this.orders.lockWithLines(tx, orderId);
      const attempt = order && capturedAttempt(await this.payments.findByOrder(tx, orderId));
      if (!order || order.status === 'paid' || !attempt || attempt.captured <= attempt.refunded) return null;
      const amount = attempt.captured - attempt.refunded;
      const reason = order.cancelReason ?? 'The order was given up';
      const { refundId } = await this.payments.startRefund(tx, { orderId, amount, reason, actorId: null });
      await this.news.refundRequested(tx, order, { id: refundId, amount, reason }, null);
      return refundId;
    });
    if (!refundId) return;
    const refund = await this.refunds.settle(orderId, refundId, await this.payments.refund(refundId));
    if (refund.status === 'failed') throw new Error(`The provider refused to give back the money of order ${orderId}`);
  }
}
