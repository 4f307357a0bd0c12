import { StripeProvider } from '../../src/payments/providers/stripe/stripe-provider.js';
import type {
  ChargeQuestion,
  ChargeRequest,
  RefundQuestion,
  RefundRequest,
} from '../../src/payments/domain/payment-provider.js';
import { newId, type PaymentId, type RefundId } from '../../src/platform/ids/index.js';
import type { StripeServer } from './stripe-server.js';

export const PRICE = { amount: 1000n, currency: 'GBP' };
/** What the local Stripe keeps of it. */
export const FEE = 35n;

export interface AdapterOptions {
  readonly returnUrl?: string;
  readonly secretKey?: string;
  readonly apiUrl?: string;
}

/** The adapter by itself, set up to speak to the local Stripe. */
export function openAdapter(stripe: StripeServer, options: AdapterOptions = {}): Promise<StripeProvider> {
  return StripeProvider.open({
    secretKey: stripe.secretKey,
    webhookSecret: stripe.webhookSecret,
    apiUrl: stripe.url,
    timeoutMs: 2_000,
    returnUrl: undefined,
    ...options,
  });
}

export function chargeRequest(more: Partial<ChargeRequest> = {}): ChargeRequest {
  return {
    key: newId<PaymentId>(),
    amount: PRICE,
    token: 'pm_card_visa',
    capture: true,
    description: 'B-1001',
    signal: new AbortController().signal,
    ...more,
  };
}

/** The question about the charge that was asked for, as the record of its attempt would put it. */
export function questionAbout(request: ChargeRequest, more: Partial<ChargeQuestion> = {}): ChargeQuestion {
  const { key, amount, capture, description } = request;
  const signal = new AbortController().signal;
  return { key, amount, capture, description, reference: null, createdAt: new Date(), signal, ...more };
}

export function refundRequest(
  chargeKey: PaymentId,
  chargeReference: string,
  more: Partial<RefundRequest> = {},
): RefundRequest {
  const signal = new AbortController().signal;
  return { key: newId<RefundId>(), chargeKey, chargeReference, amount: PRICE, signal, ...more };
}

export function questionAboutRefund({ key, chargeReference }: RefundRequest): RefundQuestion {
  return { key, chargeReference, createdAt: new Date(), signal: new AbortController().signal };
}
