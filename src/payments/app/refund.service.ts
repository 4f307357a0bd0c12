import { Injectable } from '@nestjs/common';
import { Config } from '../../platform/config/index.js';
import type { Tx } from '../../platform/database/index.js';
import { NotFoundError } from '../../platform/errors/index.js';
import { newId, type PaymentId, type RefundId } from '../../platform/ids/index.js';
import { Clock } from '../../platform/time/index.js';
import { PaymentsRepository } from '../data/payments.repository.js';
import { RefundsRepository } from '../data/refunds.repository.js';
import type { RefundAnswer } from '../domain/answers.js';
import { answerDeadline } from '../domain/deadlines.js';
import type { RefundLookUp, RefundResult } from '../domain/payment-provider.js';
import type { PaymentAttempt, Refund } from '../domain/payment-attempt.js';
import { RefundExceedsPaymentError } from '../domain/payments.errors.js';
import { ProviderLine } from './provider-line.js';

export interface RefundInput {
  readonly orderId: string;
  /** In minor units of the attempt's currency; above 0. */
  readonly amount: bigint;
  /** For the shop's own records. */
  readonly reason: string | null;
  /** The user who asked for it. */
  readonly actorId: string | null;
}

export interface StartedRefund {
  readonly refundId: RefundId;
  readonly paymentId: PaymentId;
}

/** Gives money back: the intention in the caller's transaction, the questions to the provider outside any. */
@Injectable()
export class RefundService {
  constructor(
    private readonly payments: PaymentsRepository,
    private readonly refunds: RefundsRepository,
    private readonly line: ProviderLine,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** @throws RefundExceedsPaymentError; RangeError for an amount that is not above 0 */
  async start(tx: Tx, { orderId, amount, reason, actorId }: RefundInput): Promise<StartedRefund> {
    if (amount <= 0n) throw new RangeError('The amount of a refund must be above 0');
    const taken = await this.payments.takeForRefund(tx, orderId, amount);
    if (!taken) throw new RefundExceedsPaymentError();
    const refundId = newId<RefundId>();
    const now = this.clock.now();
    await this.refunds.insert(tx, {
      id: refundId,
      orderId,
      paymentId: taken.paymentId,
      amount,
      currency: taken.currency,
      reason,
      actorId,
      deadlineAt: answerDeadline(now, this.config.paymentTimeoutMs),
      createdAt: now,
    });
    return { refundId, paymentId: taken.paymentId };
  }

  /** @throws NotFoundError `refund.not_found` */
  async refund(refundId: RefundId): Promise<RefundAnswer> {
    const { refund, attempt } = await this.find(refundId);
    return outcomeOnRecord(refund) ?? this.ask(refund, attempt);
  }

  /** @throws NotFoundError `refund.not_found` */
  async lookUp(refundId: RefundId): Promise<RefundAnswer> {
    const { refund, attempt } = await this.find(refundId);
    if (refund.status === 'failed') return failureOf(refund);
    const found = await this.askAfter(refund, attempt);
    if (refund.status === 'succeeded') return afterwards(refund, found);
    return found.outcome === 'not_found' ? this.ask(refund, attempt) : found;
  }

  private askAfter(refund: Refund, attempt: PaymentAttempt): Promise<RefundLookUp> {
    return this.line.ask<RefundLookUp>(
      { provider: attempt.provider, question: 'lookUpRefund', id: refund.id },
      (adapter, signal) =>
        adapter.lookUpRefund({
          key: refund.id,
          chargeReference: attempt.reference ?? '',
          createdAt: refund.createdAt,
          signal,
        }),
    );
  }

  private ask(refund: Refund, attempt: PaymentAttempt): Promise<RefundAnswer> {
    return this.line.ask<RefundResult>(
      { provider: attempt.provider, question: 'refund', id: refund.id },
      (adapter, signal) =>
        adapter.refund({
          key: refund.id,
          chargeKey: attempt.id,
          chargeReference: attempt.reference ?? '',
          amount: { amount: refund.amount, currency: refund.currency },
          signal,
        }),
    );
  }

  private async find(refundId: RefundId): Promise<{ readonly refund: Refund; readonly attempt: PaymentAttempt }> {
    const refund = await this.refunds.findById(refundId);
    const attempt = refund && (await this.payments.findById(refund.paymentId));
    if (!refund || !attempt) throw new NotFoundError('refund');
    return { refund, attempt };
  }
}

/**
 * What is known of a settled refund; null for a pending one. The provider is not asked for one again that is on record as failed: it
 * might do it now, and another refund has taken its place.
 */
function outcomeOnRecord(refund: Refund): RefundAnswer | null {
  switch (refund.status) {
    case 'pending':
      return null;
    case 'succeeded':
      return successOf(refund);
    case 'failed':
      return failureOf(refund);
  }
}

/** What the provider says of a refund that is on record as given: only a failure is news. */
function afterwards(refund: Refund, found: RefundLookUp): RefundAnswer {
  switch (found.outcome) {
    case 'failed':
      return { outcome: 'reversed', detail: found.detail };
    case 'error':
    case 'unknown':
      return found;
    case 'succeeded':
    case 'pending':
    case 'not_found':
      return successOf(refund);
  }
}

function successOf({ reference }: Refund): RefundAnswer {
  return { outcome: 'succeeded', reference: reference ?? '' };
}

function failureOf({ failure }: Refund): RefundAnswer {
  return { outcome: 'failed', detail: failure ?? 'refused' };
}
