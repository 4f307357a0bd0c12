import type { PaymentId, RefundId } from '../../platform/ids/index.js';
import type {
  ChargeLookUp,
  ChargeRequest,
  ChargeResult,
  PaymentProvider,
  RefundLookUp,
  RefundRequest,
  RefundResult,
  Unknown,
  VoidRequest,
  VoidResult,
} from '../domain/payment-provider.js';
import type { RecordedCharge, TestProviderStore } from './test-provider.store.js';
import { behaviourOf, tokenToKeep, type Behaviour } from './test-tokens.js';

export const TEST_PROVIDER = 'test';

/** Where the shopper takes the step that a charge asks for. */
export type StepUrl = (key: PaymentId) => string;

export type StepOutcome = 'approved' | 'declined';

/** What became of a step: done, now or before, or not there to be done (any more). */
export type StepResult = 'done' | 'closed' | 'not_found';

/**
 * A provider that takes no money: the token says what happens. It lives in this process but behaves as one behind a network, with a
 * memory of its own (see `TestProviderStore`) and with answers that do not come.
 */
export class TestProvider implements PaymentProvider {
  readonly name = TEST_PROVIDER;

  constructor(
    private readonly store: TestProviderStore,
    private readonly stepUrl: StepUrl,
  ) {}

  async charge({ key, amount, token, signal }: ChargeRequest): Promise<ChargeResult> {
    const behaviour = behaviourOf(token);
    const charge =
      behaviour.kind === 'fault' || behaviour.kind === 'lost'
        ? await this.store.find(key)
        : await this.store.record(key, amount, behaviour.kind, tokenToKeep(token));
    if (!charge) return this.withoutCharge(behaviour, signal);
    if (charge.status === 'voided') return { outcome: 'error', detail: 'the key is closed' };
    if (charge.amount !== amount.amount || charge.currency !== amount.currency)
      return { outcome: 'unknown', detail: 'the key stands for another amount' };
    const first = behaviourOf(charge.token);
    if (first.kind === 'captured' && !first.answers) return silence(signal);
    return this.answerOf(charge);
  }

  async void({ key }: VoidRequest): Promise<VoidResult> {
    const { status } = await this.store.close(key);
    return status === 'captured'
      ? { outcome: 'not_voidable', detail: 'a part of the charge was refunded' }
      : { outcome: 'voided' };
  }

  async refund({ key, chargeKey, amount }: RefundRequest): Promise<RefundResult> {
    return (await this.store.refund(key, chargeKey, amount))
      ? { outcome: 'succeeded', reference: refundReference(key) }
      : { outcome: 'failed', detail: 'The test provider has not so much left of this charge.' };
  }

  async lookUp(key: PaymentId): Promise<ChargeLookUp> {
    const charge = await this.store.find(key);
    if (!charge) return { outcome: 'not_found' };
    return charge.status === 'voided' ? { outcome: 'voided' } : this.answerOf(charge);
  }

  async lookUpRefund(key: RefundId): Promise<RefundLookUp> {
    return (await this.store.hasRefund(key))
      ? { outcome: 'succeeded', reference: refundReference(key) }
      : { outcome: 'not_found' };
  }

  /** The shopper's step at their bank. Taken once; to take it the same way again changes nothing. */
  async completeStep(key: PaymentId, outcome: StepOutcome): Promise<StepResult> {
    const wanted = outcome === 'approved' ? 'captured' : 'declined';
    const charge = await this.store.completeAction(key, wanted);
    if (!charge || behaviourOf(charge.token).kind !== 'requires_action') return 'not_found';
    return charge.status === wanted ? 'done' : 'closed';
  }

  private withoutCharge(behaviour: Behaviour, signal: AbortSignal): Promise<ChargeResult> | ChargeResult {
    return behaviour.kind === 'lost' ? silence(signal) : { outcome: 'error', detail: 'the test provider answered 502' };
  }

  private answerOf({ key, status, token }: RecordedCharge): ChargeResult {
    const behaviour = behaviourOf(token);
    const reference = `test_${key}`;
    switch (status) {
      case 'captured':
        return { outcome: 'captured', reference };
      case 'requires_action':
        return {
          outcome: 'requires_action',
          reference,
          nextAction: { type: 'redirect', url: this.stepUrl(key as PaymentId) },
        };
      case 'declined':
        return {
          outcome: 'declined',
          declineCode: behaviour.kind === 'declined' ? behaviour.declineCode : 'authentication_failed',
        };
      case 'voided':
        return { outcome: 'error', detail: 'the key is closed' };
    }
  }
}

function refundReference(key: RefundId): string {
  return `test_refund_${key}`;
}

/** No answer, for as long as anyone waits for one. */
async function silence(signal: AbortSignal): Promise<Unknown> {
  if (!signal.aborted)
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  return { outcome: 'unknown', detail: 'no answer in time' };
}
