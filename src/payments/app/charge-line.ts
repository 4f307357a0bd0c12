import { Injectable } from '@nestjs/common';
import type { PaymentAttempt } from '../domain/payment-attempt.js';
import type {
  CaptureResult,
  ChargeLookUp,
  ChargeQuestion,
  PaymentProvider,
  VoidResult,
} from '../domain/payment-provider.js';
import { ProviderLine, type Subject } from './provider-line.js';

/** Questions about an attempt that is on record, each to the attempt's own provider. Never to be used inside a transaction. */
@Injectable()
export class ChargeLine {
  constructor(private readonly line: ProviderLine) {}

  lookUp(attempt: PaymentAttempt): Promise<ChargeLookUp> {
    return this.ask<ChargeLookUp>(attempt, 'lookUp', (provider, question) => provider.lookUp(question));
  }

  capture(attempt: PaymentAttempt): Promise<CaptureResult> {
    return this.ask<CaptureResult>(attempt, 'capture', (provider, question) => provider.capture(question));
  }

  void(attempt: PaymentAttempt): Promise<VoidResult> {
    return this.ask<VoidResult>(attempt, 'void', (provider, question) => provider.void(question));
  }

  private ask<T extends { readonly outcome: string }>(
    attempt: PaymentAttempt,
    question: Subject['question'],
    put: (provider: PaymentProvider, question: ChargeQuestion) => Promise<T>,
  ) {
    const { id, provider, reference, amount, currency, autoCapture, description, createdAt } = attempt;
    return this.line.ask<T>({ provider, question, id }, (adapter, signal) =>
      put(adapter, {
        key: id,
        reference,
        amount: { amount, currency },
        capture: autoCapture,
        description,
        createdAt,
        signal,
      }),
    );
  }
}
