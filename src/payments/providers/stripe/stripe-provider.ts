import type {
  CaptureResult,
  ChargeLookUp,
  ChargeQuestion,
  ChargeRequest,
  ChargeResult,
  PaymentProvider,
  ProviderDelivery,
  ProviderNews,
  ProviderRecord,
  RefundLookUp,
  RefundQuestion,
  RefundRequest,
  RefundResult,
  VoidResult,
} from '../../domain/payment-provider.js';
import { StripeCharges } from './stripe-charges.js';
import { StripeClient, type StripeOptions } from './stripe-client.js';
import { readStripeNews } from './stripe-news.js';
import { recordsOf } from './stripe-records.js';
import { StripeRefunds } from './stripe-refunds.js';

export const STRIPE_PROVIDER = 'stripe';

export interface StripeProviderOptions extends StripeOptions {
  /** Absent: no delivery is believed. */
  readonly webhookSecret: string | undefined;
  /** The storefront, to which the shopper's bank sends them back; Stripe adds the name of the intent and what became of the step. */
  readonly returnUrl: string | undefined;
}

/** Payments through Stripe: payment intents, refunds and signed webhooks (docs.stripe.com/api). */
export class StripeProvider implements PaymentProvider {
  readonly name = STRIPE_PROVIDER;
  private readonly charges: StripeCharges;
  private readonly refunds: StripeRefunds;

  private constructor(
    private readonly client: StripeClient,
    private readonly options: StripeProviderOptions,
  ) {
    this.charges = new StripeCharges(client, options.returnUrl);
    this.refunds = new StripeRefunds(client);
  }

  /** Asks nobody yet. */
  static async open(options: StripeProviderOptions): Promise<StripeProvider> {
    return new StripeProvider(await StripeClient.open(options), options);
  }

  charge(request: ChargeRequest): Promise<ChargeResult> {
    return this.charges.charge(request);
  }

  capture(question: ChargeQuestion): Promise<CaptureResult> {
    return this.charges.capture(question);
  }

  void(question: ChargeQuestion): Promise<VoidResult> {
    return this.charges.void(question);
  }

  /** Changes one thing all the same: a charge that was refused is cancelled before it is answered `declined`, to make that true for good. */
  lookUp(question: ChargeQuestion): Promise<ChargeLookUp> {
    return this.charges.lookUp(question);
  }

  refund(request: RefundRequest): Promise<RefundResult> {
    return this.refunds.refund(request);
  }

  lookUpRefund(question: RefundQuestion): Promise<RefundLookUp> {
    return this.refunds.lookUpRefund(question);
  }

  records(from: Date, to: Date): AsyncIterable<ProviderRecord> {
    return recordsOf(this.client, from, to);
  }

  readNews(delivery: ProviderDelivery): ProviderNews | null {
    return readStripeNews(this.client, this.options.webhookSecret, delivery);
  }
}
