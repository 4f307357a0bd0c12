import { Injectable } from '@nestjs/common';
import { Config } from '../../platform/config/index.js';
import type { Tx } from '../../platform/database/index.js';
import { newId, type PaymentId } from '../../platform/ids/index.js';
import { Clock } from '../../platform/time/index.js';
import { PaymentsRepository } from '../data/payments.repository.js';
import { answerDeadline } from '../domain/deadlines.js';

export interface NewPayment {
  readonly orderId: string;
  readonly provider: string;
  /** In minor units of `currency`. */
  readonly amount: bigint;
  readonly currency: string;
}

/** Puts the intention to charge on record, in the caller's transaction. */
@Injectable()
export class StartPaymentService {
  constructor(
    private readonly payments: PaymentsRepository,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** @throws PaymentAlreadyOpenError */
  async start(tx: Tx, { orderId, provider, amount, currency }: NewPayment): Promise<PaymentId> {
    const id = newId<PaymentId>();
    const createdAt = this.clock.now();
    const deadlineAt = answerDeadline(createdAt, this.config.paymentTimeoutMs);
    await this.payments.insert(tx, { id, orderId, provider, amount, currency, deadlineAt, createdAt });
    return id;
  }
}
