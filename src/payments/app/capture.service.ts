import { Injectable } from '@nestjs/common';
import { Config } from '../../platform/config/index.js';
import type { Tx } from '../../platform/database/index.js';
import { NotFoundError } from '../../platform/errors/index.js';
import type { PaymentId } from '../../platform/ids/index.js';
import { Clock } from '../../platform/time/index.js';
import { PaymentsRepository } from '../data/payments.repository.js';
import type { CaptureAnswer } from '../domain/answers.js';
import { answerDeadline } from '../domain/deadlines.js';
import type { PaymentAttempt } from '../domain/payment-attempt.js';
import { ChargeLine } from './charge-line.js';

/**
 * What became of the wish to capture. `requested`: it is on record, now or before. `void_requested`: the attempt is about to be let go.
 * `not_authorized`: there is nothing set aside to be taken; the attempt's status tells why.
 */
export interface CaptureRequested {
  readonly outcome: 'requested' | 'void_requested' | 'not_authorized';
  readonly attempt: PaymentAttempt;
}

/** Takes an authorised amount: the intention in the caller's transaction, the question to the provider outside any. */
@Injectable()
export class CaptureService {
  constructor(
    private readonly payments: PaymentsRepository,
    private readonly line: ChargeLine,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** @throws NotFoundError `payment.not_found` */
  async request(tx: Tx, id: PaymentId): Promise<CaptureRequested> {
    const attempt = await this.payments.lockById(tx, id);
    if (!attempt) throw new NotFoundError('payment');
    if (attempt.status !== 'authorized') return { outcome: 'not_authorized', attempt };
    if (attempt.voidRequestedAt) return { outcome: 'void_requested', attempt };
    if (attempt.captureRequestedAt) return { outcome: 'requested', attempt };
    const now = this.clock.now();
    const deadlineAt = answerDeadline(now, this.config.paymentTimeoutMs);
    return { outcome: 'requested', attempt: await this.payments.requestCapture(tx, id, now, deadlineAt) };
  }

  /** @throws NotFoundError `payment.not_found`; Error for an attempt that is authorised and whose capture nobody requested */
  async capture(id: PaymentId): Promise<CaptureAnswer> {
    const attempt = await this.payments.findById(id);
    if (!attempt) throw new NotFoundError('payment');
    return outcomeOnRecord(attempt) ?? this.take(attempt);
  }

  /** Asks for the money; the attempt's capture must be requested. Repeated under the same key it finds what was done before. */
  async take(attempt: PaymentAttempt): Promise<CaptureAnswer> {
    if (!attempt.captureRequestedAt) throw new Error('A capture is put on record before the provider is asked');
    const result = await this.line.capture(attempt);
    if (result.outcome !== 'not_capturable') return result;
    // Why not tells only the charge itself: it may be captured, let go, or still held.
    const found = await this.line.lookUp(attempt);
    switch (found.outcome) {
      case 'captured':
      case 'voided':
      case 'error':
      case 'unknown':
        return found;
      case 'authorized':
        return result;
      case 'declined':
      case 'not_found':
        return { outcome: 'not_charged' };
      case 'requires_action':
      case 'pending':
        return { outcome: 'unknown', detail: result.detail };
    }
  }
}

/** What a capture would find of an attempt that is not authorised; null for one that is. */
function outcomeOnRecord({ status, reference, fee }: PaymentAttempt): CaptureAnswer | null {
  switch (status) {
    case 'authorized':
      return null;
    case 'captured':
      return { outcome: 'captured', reference: reference ?? '', ...(fee === null ? {} : { fee }) };
    case 'voided':
      return { outcome: 'voided' };
    case 'pending':
    case 'requires_action':
      return { outcome: 'not_capturable', detail: 'The payment is not authorised yet.' };
    case 'declined':
    case 'failed':
      return { outcome: 'not_charged' };
  }
}
