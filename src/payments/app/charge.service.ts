import { Injectable } from '@nestjs/common';
import { NotFoundError } from '../../platform/errors/index.js';
import type { PaymentId } from '../../platform/ids/index.js';
import { Clock } from '../../platform/time/index.js';
import { PaymentsRepository } from '../data/payments.repository.js';
import type { ChargeAnswer, VoidAnswer } from '../domain/answers.js';
import type { PaymentAttempt } from '../domain/payment-attempt.js';
import type { ChargeLookUp, ProviderError, Unknown, VoidResult } from '../domain/payment-provider.js';
import { isOpen } from '../domain/payment-state.js';
import { ProviderLine } from './provider-line.js';

export interface ChargeInput {
  readonly paymentId: PaymentId;
  readonly provider: string;
  /** In minor units of `currency`. */
  readonly amount: bigint;
  readonly currency: string;
  /** Secret: goes to the provider and nowhere else. */
  readonly token: string;
  /** For the shopper's statement. */
  readonly orderNumber?: string;
}

/** The questions about a charge. Each goes over the network, records nothing and belongs outside any transaction. */
@Injectable()
export class ChargeService {
  constructor(
    private readonly payments: PaymentsRepository,
    private readonly line: ProviderLine,
    private readonly clock: Clock,
  ) {}

  charge({ paymentId, provider, amount, currency, token, orderNumber }: ChargeInput): Promise<ChargeAnswer> {
    return this.line.ask({ provider, question: 'charge', id: paymentId }, (adapter, signal) =>
      adapter.charge({ key: paymentId, amount: { amount, currency }, token, description: orderNumber ?? '', signal }),
    );
  }

  /** @throws NotFoundError `payment.not_found` */
  async lookUp(paymentId: PaymentId): Promise<ChargeAnswer> {
    const attempt = await this.find(paymentId);
    const found = await this.ask(attempt);
    switch (found.outcome) {
      case 'captured':
      case 'declined':
      case 'pending':
      case 'unknown':
      case 'error':
        return found;
      case 'voided':
        // Closed by an earlier look-up whose answer may not have been recorded.
        return isOpen(attempt.status) || attempt.status === 'failed' ? { outcome: 'not_charged' } : found;
      case 'requires_action':
        return this.isOverdue(attempt) ? this.close(attempt) : found;
      case 'not_found':
        return this.isOverdue(attempt) ? this.close(attempt) : { outcome: 'pending' };
    }
  }

  /** @throws NotFoundError `payment.not_found` */
  async void(paymentId: PaymentId): Promise<VoidAnswer> {
    const attempt = await this.find(paymentId);
    if (attempt.status === 'captured') return { outcome: 'captured', reference: attempt.reference ?? '' };
    const result = await this.askToVoid(attempt);
    switch (result.outcome) {
      case 'voided':
      case 'unknown':
        return result;
      case 'error':
        return { outcome: 'unknown', detail: result.detail };
      case 'not_voidable': {
        const found = await this.ask(attempt);
        return found.outcome === 'captured' ? found : { outcome: 'unknown', detail: result.detail };
      }
    }
  }

  /**
   * Makes sure that nothing was charged and nothing will be. What the provider cannot take back any more was captured, as the next
   * look-up tells.
   */
  private async close(attempt: PaymentAttempt): Promise<ChargeAnswer> {
    const result = await this.askToVoid(attempt);
    switch (result.outcome) {
      case 'voided':
        return { outcome: 'not_charged' };
      case 'not_voidable':
        return { outcome: 'pending' };
      case 'error':
      case 'unknown':
        return { outcome: 'unknown', detail: result.detail };
    }
  }

  private ask({ id, provider }: PaymentAttempt): Promise<ChargeLookUp | Unknown | ProviderError> {
    return this.line.ask({ provider, question: 'lookUp', id }, (adapter, signal) => adapter.lookUp(id, signal));
  }

  private askToVoid({ id, provider }: PaymentAttempt): Promise<VoidResult> {
    return this.line.ask({ provider, question: 'void', id }, (adapter, signal) => adapter.void({ key: id, signal }));
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
