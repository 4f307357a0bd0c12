import { Injectable } from '@nestjs/common';
import { Config } from '../../platform/config/index.js';
import type { Tx } from '../../platform/database/index.js';
import { newId, type OrderId, type PaymentId } from '../../platform/ids/index.js';
import { Clock } from '../../platform/time/index.js';
import { PaymentsRepository } from '../data/payments.repository.js';
import { answerDeadline } from '../domain/deadlines.js';
import type { PaymentAttempt } from '../domain/payment-attempt.js';

export interface NewPayment {
  readonly orderId: string;
  readonly provider: string;
  /** In minor units of `currency`. */
  readonly amount: bigint;
  readonly currency: string;
  /** The order's number, for the shopper's statement. */
  readonly description?: string;
  /** Whether the money is taken in the same step; as configured where it is not said. */
  readonly autoCapture?: boolean;
}

/** Puts the intention to charge on record, in the caller's transaction. */
@Injectable()
export class StartPaymentService {
  constructor(
    private readonly payments: PaymentsRepository,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** The transaction fails with PaymentAlreadyOpenError where the order has an attempt that is open or captured. */
  start(tx: Tx, { orderId, description = '', autoCapture, ...payment }: NewPayment): PaymentAttempt {
    const createdAt = this.clock.now();
    return this.payments.insert(tx, {
      ...payment,
      id: newId<PaymentId>(),
      orderId: orderId as OrderId,
      description,
      autoCapture: autoCapture ?? this.config.paymentCapture === 'automatic',
      deadlineAt: answerDeadline(createdAt, this.config.paymentTimeoutMs),
      createdAt,
    });
  }
}
