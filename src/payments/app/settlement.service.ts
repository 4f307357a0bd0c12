import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { Config } from '../../platform/config/index.js';
import type { Tx } from '../../platform/database/index.js';
import { NotFoundError } from '../../platform/errors/index.js';
import type { PaymentId, RefundId } from '../../platform/ids/index.js';
import { LOGGER } from '../../platform/observability/logger.js';
import { Clock } from '../../platform/time/index.js';
import type { AttemptChange } from '../data/attempts.sql.js';
import { PaymentsRepository } from '../data/payments.repository.js';
import { RefundsRepository, type RefundChange } from '../data/refunds.repository.js';
import type { AnswerSource, ChargeAnswer, RefundAnswer } from '../domain/answers.js';
import { nextQuestionAt } from '../domain/deadlines.js';
import type { PaymentAttempt, Refund } from '../domain/payment-attempt.js';
import {
  attemptEventOf,
  isOpen,
  refundEventOf,
  transitionAttempt,
  transitionRefund,
  type AttemptEvent,
  type AttemptStatus,
  type RefundStatus,
} from '../domain/payment-state.js';

/** What a provider said of an attempt, and to which question. */
export interface ToldAnswer {
  readonly paymentId: PaymentId;
  readonly answer: ChargeAnswer;
  readonly source: AnswerSource;
}

/** What a provider said to the charge of an attempt that was started a moment ago. */
export interface ToldOfNew {
  /** As it was started. */
  readonly attempt: PaymentAttempt;
  readonly answer: ChargeAnswer;
}

export interface SettledAttempt {
  /** False when the answer tells nothing new, such as the second time. */
  readonly changed: boolean;
  /** Whether the answer told the fee of a capture that had been recorded without one. */
  readonly feeLearnt: boolean;
  readonly attempt: PaymentAttempt;
}

export interface SettledRefund {
  /** False when the answer tells nothing new, such as the second time. */
  readonly changed: boolean;
  readonly refund: Refund;
}

/** Records what a provider said, once, in the caller's transaction. Locks the refund before its attempt. */
@Injectable()
export class SettlementService {
  constructor(
    private readonly payments: PaymentsRepository,
    private readonly refunds: RefundsRepository,
    private readonly config: Config,
    private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Locks the attempt.
   * @throws NotFoundError `payment.not_found`
   */
  async settle(tx: Tx, told: ToldAnswer): Promise<SettledAttempt> {
    const attempt = await this.payments.lockById(tx, told.paymentId);
    if (!attempt) throw new NotFoundError('payment');
    return this.record(tx, attempt, told);
  }

  /** Locks the attempts in the order of their ids; each is named once. In their order. */
  settleNew(tx: Tx, told: readonly ToldOfNew[]): Promise<SettledAttempt[]> {
    this.payments.requireNew(
      tx,
      told.map(({ attempt }) => attempt.id),
    );
    return Promise.all(told.map(({ attempt, answer }) => this.record(tx, attempt, { answer, source: 'charge' })));
  }

  private async record(
    tx: Tx,
    attempt: PaymentAttempt,
    { answer, source }: Omit<ToldAnswer, 'paymentId'>,
  ): Promise<SettledAttempt> {
    const { id } = attempt;
    const event = attemptEventOf(answer, source);
    if (event === null || isOutdated(attempt, event)) {
      if (answer.outcome === 'not_capturable') return unchanged(await this.withdrawCapture(tx, attempt));
      return unchanged(await this.postpone(tx, attempt, source));
    }
    const transition = transitionAttempt(attempt.status, event);
    if (transition.ok) {
      const change = this.changeFor(attempt, transition.next, answer);
      return { changed: true, feeLearnt: false, attempt: this.payments.change(tx, attempt, change) };
    }
    if (transition.refusal === 'not_allowed') {
      this.logger.error({ paymentId: id, status: attempt.status, event }, 'a payment provider contradicts the record');
      return unchanged(await this.postpone(tx, attempt, source));
    }
    return this.learnFee(tx, await this.postpone(tx, attempt, source), answer);
  }

  /** @throws NotFoundError `refund.not_found` */
  async settleRefund(tx: Tx, id: RefundId, answer: RefundAnswer): Promise<SettledRefund> {
    const refund = await this.refunds.lockById(tx, id);
    if (!refund) throw new NotFoundError('refund');
    const event = refundEventOf(answer);
    if (event === null) return { changed: false, refund: await this.postponeRefund(tx, refund) };
    const transition = transitionRefund(refund.status, event);
    if (transition.ok) {
      if (transition.next === 'failed') await this.payments.returnFromRefund(tx, refund.paymentId, refund.amount);
      const change = this.refundChangeFor(transition.next, answer);
      return { changed: true, refund: await this.refunds.change(tx, id, change) };
    }
    if (transition.refusal === 'not_allowed')
      this.logger.error({ refundId: id, status: refund.status, event }, 'a payment provider contradicts the record');
    return { changed: false, refund };
  }

  private changeFor(attempt: PaymentAttempt, status: AttemptStatus, answer: ChargeAnswer): AttemptChange {
    const now = this.clock.now();
    return {
      status,
      settledAt: isOpen(status) ? null : now,
      ...(status === 'authorized'
        ? { authorized: attempt.amount, deadlineAt: new Date(now.getTime() + this.config.paymentAuthorizationMs) }
        : {}),
      ...(answer.outcome === 'captured' ? { authorized: attempt.amount, captured: attempt.amount } : {}),
      ...(answer.outcome === 'captured' && answer.fee !== undefined ? { fee: answer.fee } : {}),
      ...('reference' in answer ? { reference: answer.reference } : {}),
      ...(answer.outcome === 'declined' ? { declineCode: answer.declineCode } : {}),
      ...(answer.outcome === 'requires_action'
        ? { nextAction: answer.nextAction, deadlineAt: new Date(now.getTime() + this.config.paymentActionMs) }
        : {}),
    };
  }

  /** Some providers tell their fee only after a while. */
  private async learnFee(tx: Tx, attempt: PaymentAttempt, answer: ChargeAnswer): Promise<SettledAttempt> {
    if (attempt.status !== 'captured' || attempt.fee !== null || answer.outcome !== 'captured')
      return unchanged(attempt);
    if (answer.fee === undefined) return unchanged(attempt);
    return { changed: false, feeLearnt: true, attempt: await this.payments.setFee(tx, attempt.id, answer.fee) };
  }

  /** The amount stays set aside, as if nobody had asked for it; when its time is nearly over a little longer, so that staff can act. */
  private async withdrawCapture(tx: Tx, attempt: PaymentAttempt): Promise<PaymentAttempt> {
    if (attempt.status !== 'authorized' || !attempt.captureRequestedAt) return attempt;
    const lapsesAt = attempt.createdAt.getTime() + this.config.paymentAuthorizationMs;
    const deadlineAt = new Date(Math.max(lapsesAt, this.clock.now().getTime() + this.config.paymentActionMs));
    return this.payments.withdrawCapture(tx, attempt.id, deadlineAt);
  }

  private refundChangeFor(status: RefundStatus, answer: RefundAnswer): RefundChange {
    const now = this.clock.now();
    if (answer.outcome === 'reversed') return { status, reversedAt: now, failure: answer.detail };
    return {
      status,
      settledAt: now,
      ...(answer.outcome === 'succeeded' ? { reference: answer.reference } : {}),
      ...(answer.outcome === 'failed' ? { failure: answer.detail } : {}),
    };
  }

  /** A look-up that told nothing is repeated later; a charge that told nothing leaves the first look-up where it is. */
  private async postpone(tx: Tx, attempt: PaymentAttempt, source: AnswerSource): Promise<PaymentAttempt> {
    const now = this.clock.now();
    if (source === 'charge' || !isOpen(attempt.status) || attempt.deadlineAt > now) return attempt;
    const since = attempt.captureRequestedAt ?? attempt.voidRequestedAt ?? attempt.createdAt;
    return this.payments.postpone(tx, attempt.id, nextQuestionAt(since, now));
  }

  private async postponeRefund(tx: Tx, refund: Refund): Promise<Refund> {
    const now = this.clock.now();
    if (refund.status !== 'pending' || refund.deadlineAt > now) return refund;
    return this.refunds.postpone(tx, refund.id, nextQuestionAt(refund.createdAt, now));
  }
}

/**
 * Whether the event tells of the time before the attempt was closed: the charge was there when the provider said so, but the void came
 * after it.
 */
function isOutdated(attempt: PaymentAttempt, event: AttemptEvent): boolean {
  if (attempt.voidRequestedAt === null) return false;
  return event === 'captured' || event === 'authorized' || event === 'action_required';
}

function unchanged(attempt: PaymentAttempt): SettledAttempt {
  return { changed: false, feeLearnt: false, attempt };
}
