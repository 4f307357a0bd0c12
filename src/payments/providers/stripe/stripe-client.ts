import type Stripe from 'stripe';
import { StripeTransport } from './stripe-transport.js';

export interface StripeOptions {
  readonly secretKey: string;
  /** Where Stripe's interface is; absent: at Stripe. */
  readonly apiUrl: string | undefined;
  /** How long a connection may be silent. */
  readonly timeoutMs: number;
}

/** An answer, or what was thrown in its place: Stripe's refusals and the trouble on the way to it. */
export type Reply<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };

/** The `stripe` package, set up to ask once and to be stopped by a signal. */
export class StripeClient {
  private constructor(
    private readonly api: Stripe,
    private readonly transport: StripeTransport,
  ) {}

  /** Loads the package, too: who takes no payments through Stripe does not pay for it at the start. */
  static async open({ secretKey, apiUrl, timeoutMs }: StripeOptions): Promise<StripeClient> {
    const { default: Package } = await import('stripe');
    const transport = new StripeTransport();
    const api = new Package(secretKey, {
      apiVersion: Package.API_VERSION,
      httpClient: transport,
      maxNetworkRetries: 0,
      timeout: timeoutMs,
      telemetry: false,
      ...addressOf(apiUrl),
    });
    return new StripeClient(api, transport);
  }

  /** What throws is a reply as well. */
  async ask<T>(signal: AbortSignal, question: (api: Stripe) => Promise<T>): Promise<Reply<T>> {
    if (signal.aborted) return { ok: false, error: signal.reason };
    try {
      return { ok: true, value: await this.transport.during(signal, () => question(this.api)) };
    } catch (error) {
      return { ok: false, error };
    }
  }

  /** For lists that are read on and on, and for what asks nobody. */
  get direct(): Stripe {
    return this.api;
  }
}

function addressOf(apiUrl: string | undefined): { host?: string; port?: string; protocol?: 'http' | 'https' } {
  if (apiUrl === undefined) return {};
  const { hostname, port, protocol } = new URL(apiUrl);
  const isPlain = protocol === 'http:';
  return { host: hostname, port: port || (isPlain ? '80' : '443'), protocol: isPlain ? 'http' : 'https' };
}
