import type { PaymentId } from '../../platform/ids/index.js';
import type {
  CaptureResult,
  ChargeLookUp,
  ChargeQuestion,
  ChargeRequest,
  ChargeResult,
  ProviderRecord,
  RefundLookUp,
  RefundQuestion,
  RefundRequest,
  RefundResult,
  Unknown,
  VoidResult,
} from '../domain/payment-provider.js';
import { TEST_PROVIDER, type TestAdapter } from './test-adapter.js';
import type { StepOutcome, StepResult, TestEngine } from './test-engine.js';

/**
 * The simulated provider in the shop's own process. It behaves as one behind a network, with a memory of its own and with answers that
 * do not come; only news it sends none.
 */
export class TestProvider implements TestAdapter {
  readonly name = TEST_PROVIDER;

  constructor(private readonly engine: TestEngine) {}

  async charge(request: ChargeRequest): Promise<ChargeResult> {
    const result = await this.engine.charge(request);
    return result.outcome === 'silence' ? silence(request.signal) : result;
  }

  capture({ key }: ChargeQuestion): Promise<CaptureResult> {
    return this.engine.capture(key);
  }

  void({ key }: ChargeQuestion): Promise<VoidResult> {
    return this.engine.void(key);
  }

  refund({ key, chargeKey, amount }: RefundRequest): Promise<RefundResult> {
    return this.engine.refund(key, chargeKey, amount);
  }

  lookUp({ key }: ChargeQuestion): Promise<ChargeLookUp> {
    return this.engine.lookUp(key);
  }

  lookUpRefund({ key }: RefundQuestion): Promise<RefundLookUp> {
    return this.engine.lookUpRefund(key);
  }

  records(from: Date, to: Date): AsyncIterable<ProviderRecord> {
    return this.engine.records(from, to);
  }

  /** In the process nothing is delivered. */
  readNews(): null {
    return null;
  }

  completeStep(key: PaymentId, outcome: StepOutcome): Promise<StepResult> {
    return this.engine.completeStep(key, outcome);
  }
}

/** No answer, for as long as anyone waits for one. */
async function silence(signal: AbortSignal): Promise<Unknown> {
  if (!signal.aborted)
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  return { outcome: 'unknown', detail: 'no answer in time' };
}
