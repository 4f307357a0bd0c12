import { isUuid, type PaymentId, type RefundId } from '../../platform/ids/index.js';
import type {
  CaptureResult,
  ChargeLookUp,
  ChargeQuestion,
  ChargeRequest,
  ChargeResult,
  ProviderDelivery,
  ProviderNews,
  ProviderRecord,
  RefundLookUp,
  RefundQuestion,
  RefundRequest,
  RefundResult,
  VoidResult,
} from '../domain/payment-provider.js';
import { isSignedWebhook } from './standard-webhook.js';
import { TEST_PROVIDER, type TestAdapter } from './test-adapter.js';
import type { StepOutcome, StepResult } from './test-engine.js';
import { TestHttpClient } from './test-http-client.js';
import { readRecord, readResult } from './test-http-results.js';

/** The simulated provider as a server of its own, over HTTP. */
export class TestHttpProvider implements TestAdapter {
  readonly name = TEST_PROVIDER;
  private readonly client: TestHttpClient;

  constructor(
    url: string,
    private readonly secret: string,
    private readonly now: () => Date,
  ) {
    this.client = new TestHttpClient(url, secret);
  }

  charge({ key, amount, token, capture, signal }: ChargeRequest): Promise<ChargeResult> {
    const body = { key, amount: Number(amount.amount), currency: amount.currency, token, capture };
    return this.client.ask('POST', 'charges', signal, readResult.charge, body);
  }

  capture({ key, signal }: ChargeQuestion): Promise<CaptureResult> {
    return this.client.ask('POST', `charges/${key}/capture`, signal, readResult.capture);
  }

  void({ key, signal }: ChargeQuestion): Promise<VoidResult> {
    return this.client.ask('POST', `charges/${key}/void`, signal, readResult.void);
  }

  refund({ key, chargeKey, amount, signal }: RefundRequest): Promise<RefundResult> {
    const body = { key, chargeKey, amount: Number(amount.amount), currency: amount.currency };
    return this.client.ask('POST', 'refunds', signal, readResult.refund, body);
  }

  lookUp({ key, signal }: ChargeQuestion): Promise<ChargeLookUp> {
    return this.client.ask('GET', `charges/${key}`, signal, readResult.lookUp);
  }

  lookUpRefund({ key, signal }: RefundQuestion): Promise<RefundLookUp> {
    return this.client.ask('GET', `refunds/${key}`, signal, readResult.lookUpRefund);
  }

  async *records(from: Date, to: Date): AsyncGenerator<ProviderRecord> {
    const query = new URLSearchParams({ from: from.toISOString(), to: to.toISOString() });
    for await (const line of this.client.lines(`charges?${query.toString()}`)) yield readRecord(line);
  }

  readNews({ body, headers }: ProviderDelivery): ProviderNews | null {
    if (!isSignedWebhook(this.secret, headers, body, this.now())) return null;
    try {
      return newsOf(JSON.parse(body.toString('utf8')) as Readonly<Record<string, unknown>>);
    } catch {
      return null;
    }
  }

  completeStep(key: PaymentId, outcome: StepOutcome): Promise<StepResult> {
    return this.client.completeStep(key, outcome);
  }
}

/** Signed by the provider, and all the same read with care. */
function newsOf({ id, type, occurredAt, data }: Readonly<Record<string, unknown>>): ProviderNews | null {
  if (typeof id !== 'string' || !/^evt_[\w-]{1,100}$/.test(id)) return null;
  if (typeof type !== 'string' || !/^[a-z_.]{1,100}$/.test(type)) return null;
  const at = new Date(typeof occurredAt === 'string' ? occurredAt : NaN);
  if (Number.isNaN(at.getTime())) return null;
  const { kind, key } = (data ?? {}) as Readonly<Record<string, unknown>>;
  const known = typeof key === 'string' && isUuid(key);
  const subject =
    known && kind === 'charge'
      ? { kind: 'payment' as const, key: key as PaymentId }
      : known && kind === 'refund'
        ? { kind: 'refund' as const, key: key as RefundId }
        : null;
  return { eventId: id, type, occurredAt: at, subject };
}
