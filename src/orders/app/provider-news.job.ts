import { Injectable, type OnModuleInit } from '@nestjs/common';
import { PAYMENT_NEWS, PaymentsFacade, type PaymentNews } from '../../payments/index.js';
import type { PaymentId, RefundId } from '../../platform/ids/index.js';
import { Outbox } from '../../platform/outbox/index.js';
import { RefundOrderService } from './refund-order.service.js';
import { SettleOrderService } from './settle-order.service.js';

/**
 * What a payment provider sends word of is looked up there, and settled as every other answer: in whatever order the news comes, how
 * often, or never.
 */
@Injectable()
export class ProviderNewsJob implements OnModuleInit {
  constructor(
    private readonly payments: PaymentsFacade,
    private readonly settling: SettleOrderService,
    private readonly refunds: RefundOrderService,
    private readonly outbox: Outbox,
  ) {}

  onModuleInit(): void {
    this.outbox.subscribe(PAYMENT_NEWS, 'orders', ({ payload }) => this.run(payload as PaymentNews));
  }

  /** @throws Error when the provider does not answer, so that the queue asks again soon */
  async run({ paymentId, refundId }: PaymentNews): Promise<void> {
    const outcome = paymentId
      ? await this.settlePayment(paymentId)
      : refundId
        ? await this.settleRefund(refundId)
        : null;
    if (outcome === 'unknown' || outcome === 'error') throw new Error('The payment provider does not answer');
  }

  /** Null for what another shop on the same account asked for. */
  private async settlePayment(paymentId: PaymentId): Promise<string | null> {
    const attempt = await this.payments.findAttempt(paymentId);
    if (!attempt) return null;
    const answer = await this.payments.lookUp(paymentId);
    await this.settling.settle(attempt.orderId, paymentId, answer, 'lookUp');
    return answer.outcome;
  }

  private async settleRefund(refundId: RefundId): Promise<string | null> {
    const refund = await this.payments.findRefund(refundId);
    if (!refund) return null;
    const answer = await this.payments.lookUpRefund(refundId);
    await this.refunds.settle(refund.orderId, refundId, answer);
    return answer.outcome;
  }
}
