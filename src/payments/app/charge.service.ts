import { Injectable } from '@nestjs/common';
import { Config } from '../../platform/config/index.js';
import { NotFoundError } from '../../platform/errors/index.js';
import type { PaymentId } from '../../platform/ids/index.js';
import { Clock } from '../../platform/time/index.js';
import { PaymentsRepository } from '../data/payments.repository.js';
import type { ChargeAnswer, VoidAnswer, Voided } from '../domain/answers.js';
import { answerDeadline } from '../domain/deadlines.js';
import type { PaymentAttempt } from '../domain/payment-attempt.js';
import type { Captured, Unknown } from '../domain/payment-provider.js';
import { isOpen } from '../domain/payment-state.js';
import { CaptureService } from './capture.service.js';
import { ChargeLine } from './charge-line.js';
import { ProviderLine } from './provider-line.js';

export interface ChargeInput {
  readonly paymentId: PaymentId;
  readonly provider: string;
  /** In minor units of `currency`. */
  readonly amount: bigint;
  readonly currency: string;
  /** Secret: goes to the provider and nowhere else. */
  readonly token: string;
  /** For the shopper's statement; the attempt's `description`. */
  readonly orderNumber?: string;
  /** Whether the money is taken in the same step, as the attempt says; as configured where it is not said. */
  readonly capture?: boolean;
}

/** The questions about a charge. Each goes over the network and belongs outside any transaction; `settle` records the answer. */
@Injectable()
export class ChargeService {
  constructor(
    private readonly payments: PaymentsRepository,
    private readonly provider: ProviderLine,
    private readonly line: ChargeLine,
    private readonly captures: CaptureService,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  charge({ paymentId, provider, amount, currency, token, orderNumber, capture }: ChargeInput): Promise<ChargeAnswer> {
    return this.provider.ask({ provider, question: 'charge', id: paymentId }, (adapter, signal) =>
      adapter.charge({
        key: paymentId,
        amount: { amount, currency },
        token,
        capture: capture ?? this.config.paymentCapture === 'automatic',
        description: orderNumber ?? '',
        signal,
      }),
    );
  }

  /** @throws NotFoundError `payment.not_found` */
  async lookUp(paymentId: PaymentId): Promise<ChargeAnswer> {
    const attempt = await this.find(paymentId);
    // What was begun is finished, whatever the provider would say now: a void or a capture may still be on its way.
    if (isOpen(attempt.status) && attempt.voidRequestedAt) return this.close(attempt);
    if (this.isOverdue(attempt) && attempt.captureRequestedAt) return this.captures.take(attempt);
    const found = await this.line.lookUp(attempt);
    switch (found.outcome) {
      case 'declined':
        // After an authorisation it is no answer to the shopper any more: the provider has let go of the amount.
        return attempt.status === 'authorized' ? { outcome: 'not_charged' } : found;
      case 'captured':
      case 'pending':
      case 'unknown':
      case 'error':
        return found;
      case 'voided':
        return attempt.status === 'failed' ? { outcome: 'not_charged' } : found;
      case 'authorized':
        return attempt.status === 'authorized' && this.isOverdue(attempt) ? this.close(attempt) : found;
      case 'requires_action':
        return this.isOverdue(attempt) ? this.close(attempt) : found;
      case 'not_found':
        return this.isOverdue(attempt) ? this.close(attempt) : { outcome: 'pending' };
    }
  }

  /** @throws NotFoundError `payment.not_found` */
  async void(paymentId: PaymentId): Promise<VoidAnswer> {
    const attempt = await this.find(paymentId);
    const before = outcomeOnRecord(attempt);
    if (before) return before;
    const answer = await this.takeBack(attempt);
    // Settled by someone else in between, or about to be captured: it is on record now.
    return answer ?? outcomeOnRecord(await this.find(paymentId)) ?? { outcome: 'unknown', detail: 'no clear record' };
  }

  /** Makes sure that nothing was charged and nothing will be; what was only set aside is let go. */
  private async close(attempt: PaymentAttempt): Promise<ChargeAnswer> {
    const answer = await this.takeBack(attempt);
    if (!answer) return { outcome: 'pending' };
    return answer.outcome === 'voided' && attempt.status !== 'authorized' ? { outcome: 'not_charged' } : answer;
  }

  /** The void, its intention on record first; null when the outcome, or the intention to capture, is on record already. */
  private async takeBack(attempt: PaymentAttempt): Promise<Voided | Captured | Unknown | null> {
    const now = this.clock.now();
    const deadlineAt = answerDeadline(now, this.config.paymentTimeoutMs);
    if (!(await this.payments.requestVoid(attempt.id, now, deadlineAt))) return null;
    const result = await this.line.void(attempt);
    switch (result.outcome) {
      case 'voided':
      case 'unknown':
        return result;
      case 'error':
        return { outcome: 'unknown', detail: result.detail };
      case 'not_voidable': {
        const found = await this.line.lookUp(attempt);
        if (found.outcome !== 'captured') return { outcome: 'unknown', detail: result.detail };
        await this.payments.withdrawVoid(attempt.id);
        return found;
      }
    }
  }

  /** Before its deadline an attempt's request, or its shopper, may still be on the way to the provider. */
  private isOverdue(attempt: PaymentAttempt): boolean {
    return isOpen(attempt.status) && attempt.deadlineAt <= this.clock.now();
  }

  private async find(paymentId: PaymentId): Promise<PaymentAttempt> {
    const attempt = await this.payments.findById(paymentId);
    if (!attempt) throw new NotFoundError('payment');
    return attempt;
  }
}

/** What a void would find of an attempt; null for one that can be voided. */
function outcomeOnRecord({
  status,
  reference,
  fee,
  declineCode,
  captureRequestedAt,
}: PaymentAttempt): VoidAnswer | null {
  switch (status) {
    case 'pending':
    case 'requires_action':
      return null;
    case 'authorized':
      return captureRequestedAt ? { outcome: 'capture_under_way' } : null;
    case 'captured':
      return { outcome: 'captured', reference: reference ?? '', ...(fee === null ? {} : { fee }) };
    case 'declined':
      return { outcome: 'declined', declineCode: declineCode ?? 'card_declined' };
    case 'failed':
      return { outcome: 'not_charged' };
    case 'voided':
      return { outcome: 'voided' };
  }
}
