import { Inject, Injectable } from '@nestjs/common';
import { Config } from '../../platform/config/index.js';
import type { PaymentProvider } from '../domain/payment-provider.js';
import { UnknownProviderError } from '../domain/payments.errors.js';

/** Injection token of all adapters that this server has. */
export const PAYMENT_ADAPTERS = Symbol('payment adapters');

/** Which providers there are, and which of them take payments now. */
@Injectable()
export class ProviderRegistry {
  private readonly adapters: ReadonlyMap<string, PaymentProvider>;

  constructor(
    @Inject(PAYMENT_ADAPTERS) adapters: readonly PaymentProvider[],
    private readonly config: Config,
  ) {
    this.adapters = new Map(adapters.map((adapter) => [adapter.name, adapter]));
  }

  /** Whether new payments may go through it. */
  isEnabled(name: string): boolean {
    return this.adapters.has(name) && this.config.paymentProviders.includes(name);
  }

  /**
   * @param pointer JSON pointer into the request, for the answer
   * @throws UnknownProviderError unless new payments may go through it.
   */
  requireEnabled(name: string, pointer: string): void {
    if (!this.isEnabled(name)) throw new UnknownProviderError(pointer);
  }

  /** The adapter, also of a provider that takes no new payments: what was begun through it has to be finished. */
  find(name: string): PaymentProvider | undefined {
    return this.adapters.get(name);
  }
}
