import type { PaymentId } from '../../platform/ids/index.js';
import type { PaymentProvider } from '../domain/payment-provider.js';
import type { StepOutcome, StepResult } from './test-engine.js';

export const TEST_PROVIDER = 'test';

/** Injection token of the `test` provider's adapter, in the process or in front of a server. */
export const TEST_ADAPTER = Symbol('test provider');

/** The simulated provider, and its shopper. */
export interface TestAdapter extends PaymentProvider {
  /**
   * The shopper's step at their bank. Taken once; to take it the same way again changes nothing.
   * @throws Error when the provider cannot be reached
   */
  completeStep(key: PaymentId, outcome: StepOutcome): Promise<StepResult>;
}
