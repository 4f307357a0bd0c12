import type { PaymentId, RefundId } from '../../platform/ids/index.js';
import type { Money } from '../../platform/money/index.js';
import type {
  Authorized,
  CaptureResult,
  Captured,
  ChargeLookUp,
  Declined,
  ProviderError,
  ProviderRecord,
  RefundLookUp,
  RefundResult,
  RequiresAction,
  Unknown,
  VoidResult,
} from '../domain/payment-provider.js';
import type { ChargeWithRefunds, NewCharge, RecordedCharge, TestStore } from './test-store.js';
import { behaviourOf, tokenToKeep } from './test-tokens.js';

export type StepOutcome = 'approved' | 'declined';

/** What became of a step: done, now or before, or not there to be done (any more). */
export type StepResult = 'done' | 'closed' | 'not_found';

export interface EngineCharge {
  readonly key: PaymentId;
  readonly amount: Money;
  readonly token: string;
  readonly capture: boolean;
}

/** `silence`: no answer will come, whatever happened. */
export type EngineChargeResult =
  Captured | Authorized | Declined | RequiresAction | ProviderError | Unknown | { readonly outcome: 'silence' };

/** ISO 4217 for "no currency": a key that was closed before it was ever charged has none. */
const NO_CURRENCY = 'XXX';

/**
 * What the simulated provider does: it takes no money, and the token says what happens. The same in the shop's own process and in a
 * server of its own; what differs is the memory, and the way to it.
 */
export class TestEngine {
  constructor(
    private readonly store: TestStore,
    /** Where the shopper takes the step that a charge asks for. */
    private readonly stepUrl: (key: string) => string,
  ) {}

  /** Authorises, and captures where that is asked for; once under a key. */
  async charge({ key, amount, token, capture }: EngineCharge): Promise<EngineChargeResult> {
    const behaviour = behaviourOf(token);
    const traceless = behaviour.kind === 'fault' || behaviour.kind === 'lost';
    const charge = traceless
      ? await this.store.find(key)
      : await this.store.record(newCharge(key, amount, token, capture));
    if (!charge)
      return behaviour.kind === 'lost'
        ? { outcome: 'silence' }
        : { outcome: 'error', detail: 'the test provider failed' };
    if (charge.status === 'voided') return { outcome: 'error', detail: 'the key is closed' };
    if (charge.amount !== amount.amount || charge.currency !== amount.currency)
      return { outcome: 'unknown', detail: 'the key stands for another amount' };
    const first = behaviourOf(charge.token);
    if (first.kind === 'approved' && !first.answers) return { outcome: 'silence' };
    return this.answerOf(charge);
  }

  async capture(key: string): Promise<CaptureResult> {
    const charge = await this.store.find(key);
    if (!charge) return { outcome: 'not_capturable', detail: 'The test provider has no charge under this key.' };
    const after = await this.store.move(key, { from: ['authorized'], to: 'captured', fee: feeOf(charge.amount) });
    if (after?.status === 'captured') return capturedOf(after);
    return { outcome: 'not_capturable', detail: `The test provider holds nothing: the charge is ${after?.status}.` };
  }

  /** Takes the charge back if nothing of it was refunded, and closes the key if there is no charge. */
  async void(key: string): Promise<VoidResult> {
    await this.store.record({
      key,
      status: 'voided',
      amount: 0n,
      fee: 0n,
      currency: NO_CURRENCY,
      token: '',
      capture: false,
    });
    const charge = await this.store.move(key, {
      from: ['authorized', 'captured', 'requires_action'],
      to: 'voided',
      fee: 0n,
    });
    return charge?.status === 'captured'
      ? { outcome: 'not_voidable', detail: 'a part of the charge was refunded' }
      : { outcome: 'voided' };
  }

  async lookUp(key: string): Promise<ChargeLookUp> {
    const charge = await this.store.find(key);
    if (!charge) return { outcome: 'not_found' };
    return charge.status === 'voided' ? { outcome: 'voided' } : this.answerOf(charge);
  }

  async refund(key: RefundId, chargeKey: string, money: Money): Promise<RefundResult> {
    return (await this.store.refund({ key, chargeKey, money }))
      ? { outcome: 'succeeded', reference: refundReference(key) }
      : { outcome: 'failed', detail: 'The test provider has not so much left of this charge.' };
  }

  async lookUpRefund(key: RefundId): Promise<RefundLookUp> {
    return (await this.store.findRefund(key))
      ? { outcome: 'succeeded', reference: refundReference(key) }
      : { outcome: 'not_found' };
  }

  /** The shopper's step at their bank. Taken once; to take it the same way again changes nothing. */
  async completeStep(key: string, outcome: StepOutcome): Promise<StepResult> {
    const before = await this.store.find(key);
    if (!before || behaviourOf(before.token).kind !== 'requires_action') return 'not_found';
    const to = outcome === 'declined' ? 'declined' : before.capture ? 'captured' : 'authorized';
    const fee = to === 'captured' ? feeOf(before.amount) : 0n;
    const after = await this.store.move(key, { from: ['requires_action'], to, fee });
    // What was approved may have been captured in the meantime.
    const approved = after?.status === 'captured' || after?.status === 'authorized';
    return (outcome === 'approved' ? approved : after?.status === 'declined') ? 'done' : 'closed';
  }

  /** Everything that was asked for and answered with more than nothing, oldest first. */
  async *records(from: Date, to: Date): AsyncGenerator<ProviderRecord> {
    for await (const each of this.store.list(from, to)) yield toRecord(each);
  }

  private answerOf(charge: RecordedCharge): Exclude<EngineChargeResult, Unknown | { outcome: 'silence' }> {
    const { key, status, token } = charge;
    switch (status) {
      case 'captured':
        return capturedOf(charge);
      case 'authorized':
        return { outcome: 'authorized', reference: referenceOf(key) };
      case 'requires_action':
        return {
          outcome: 'requires_action',
          reference: referenceOf(key),
          nextAction: { type: 'redirect', url: this.stepUrl(key) },
        };
      case 'declined': {
        const behaviour = behaviourOf(token);
        const declineCode = behaviour.kind === 'declined' ? behaviour.declineCode : 'authentication_failed';
        return { outcome: 'declined', declineCode };
      }
      case 'voided':
        return { outcome: 'error', detail: 'the key is closed' };
    }
  }
}

/** 1.5 % and 20 minor units, half a unit rounded up, but never more than the amount. All in minor units. */
export function feeOf(amount: bigint): bigint {
  const fee = (amount * 15n + 500n) / 1000n + 20n;
  return fee < amount ? fee : amount;
}

function newCharge(key: string, { amount, currency }: Money, token: string, capture: boolean): NewCharge {
  const { kind } = behaviourOf(token);
  const status =
    kind === 'declined' || kind === 'requires_action'
      ? kind
      : capture
        ? ('captured' as const)
        : ('authorized' as const);
  const fee = status === 'captured' ? feeOf(amount) : 0n;
  return { key, status, amount, currency, fee, token: tokenToKeep(token), capture };
}

function capturedOf({ key, fee }: RecordedCharge): Captured {
  return { outcome: 'captured', reference: referenceOf(key), fee };
}

function toRecord({ charge, refunds }: ChargeWithRefunds): ProviderRecord {
  const { key, status, amount, currency, fee } = charge;
  const taken = status === 'captured';
  return {
    key,
    reference: referenceOf(key),
    status,
    amount: { amount, currency },
    captured: taken ? amount : 0n,
    fee: taken ? fee : null,
    refunds: refunds.map((refund) => ({ key: refund.key, amount: refund.amount })),
  };
}

function referenceOf(key: string): string {
  return `test_${key}`;
}

function refundReference(key: string): string {
  return `test_refund_${key}`;
}
