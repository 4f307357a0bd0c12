import { Inject, Injectable } from '@nestjs/common';
import { Db } from '../../platform/database/index.js';
import { NotFoundError } from '../../platform/errors/index.js';
import { isUuid, type PaymentId } from '../../platform/ids/index.js';
import { Outbox } from '../../platform/outbox/index.js';
import { PaymentsRepository } from '../data/payments.repository.js';
import type { PaymentAttempt } from '../domain/payment-attempt.js';
import { PaymentStepClosedError, PaymentStepUnavailableError } from '../domain/payments.errors.js';
import { ACTION_COMPLETED, type ActionCompleted } from '../domain/payments.events.js';
import { isUndecided } from '../domain/payment-state.js';
import { TEST_ADAPTER, TEST_PROVIDER, type TestAdapter } from '../providers/test-adapter.js';
import type { StepOutcome } from '../providers/test-engine.js';
import { ProviderRegistry } from './provider-registry.js';

const RETRY_AFTER_SECONDS = 5;

/** The step that the `test` provider asks of a shopper, and the word of it to the shop that a real one would send by webhook. */
@Injectable()
export class CompleteTestStepService {
  constructor(
    @Inject(TEST_ADAPTER) private readonly provider: TestAdapter,
    private readonly providers: ProviderRegistry,
    private readonly payments: PaymentsRepository,
    private readonly db: Db,
    private readonly outbox: Outbox,
  ) {}

  /**
   * @throws NotFoundError `payment.not_found` when the attempt is none of the test provider's, or that takes no payments here;
   *   PaymentStepClosedError when it was decided otherwise; PaymentStepUnavailableError when the provider does not answer
   */
  async complete(paymentId: string, outcome: StepOutcome): Promise<void> {
    const attempt = await this.find(paymentId);
    const result = await this.provider.completeStep(attempt.id, outcome).catch(() => {
      throw new PaymentStepUnavailableError(RETRY_AFTER_SECONDS);
    });
    if (result === 'not_found') throw new NotFoundError('payment');
    if (result === 'closed') throw new PaymentStepClosedError();
    // Also the second time, as long as the shop has not acted on it: the first word may have been lost in a crash.
    if (!isUndecided(attempt.status)) return;
    const payload: ActionCompleted = { paymentId: attempt.id, orderId: attempt.orderId };
    await this.db.transaction(async (tx) => {
      this.outbox.append(tx, { type: ACTION_COMPLETED, subjectId: attempt.orderId, payload });
    });
  }

  /**
   * The attempt that asks, or asked, for a step.
   * @throws NotFoundError `payment.not_found`
   */
  async find(paymentId: string): Promise<PaymentAttempt> {
    const attempt = isUuid(paymentId) ? await this.payments.findById(paymentId as PaymentId) : null;
    if (!attempt || attempt.provider !== TEST_PROVIDER || !this.providers.isEnabled(TEST_PROVIDER))
      throw new NotFoundError('payment');
    return attempt;
  }
}
