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

/** Takes an authorised amount: the intention in the caller's transaction, the question to the provider outside any. */
@Injectable()
export class CaptureService {
  constructor(
    private readonly payments: PaymentsRepository,
    private readonly line: ChargeLine,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** False when nothing is set aside, or it is about to be let go. @throws NotFoundError `payment.not_found` */
  async request(tx: Tx, id: PaymentId): Promise<boolean> {
    const attempt = await this.payments.lockById(tx, id);
    if (!attempt) throw new NotFoundError('payment');
    if (attempt.status !== 'authorized' || attempt.voidRequestedAt) return false;
    if (attempt.captureRequestedAt) return true;
    const now = this.clock.now();
    const deadlineAt = answerDeadline(now, this.config.paymentTimeoutMs);
    await this.payments.requestCapture(tx, id, now, deadlineAt);
    return true;
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
