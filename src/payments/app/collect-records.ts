import { AppError } from '../../platform/errors/index.js';
import type { PaymentProvider, ProviderRecord } from '../domain/payment-provider.js';

/**
 * All charges of a provider from `from` on and before `to`.
 * @param until when patience ends, by `performance.now()`
 * @throws AppError `payment.provider_unavailable` (503)
 */
export async function collectRecords(
  adapter: PaymentProvider,
  from: Date,
  to: Date,
  until: number,
): Promise<ProviderRecord[]> {
  const found: ProviderRecord[] = [];
  const records = adapter.records(from, to)[Symbol.asyncIterator]();
  const limit = new AbortController();
  const late = new Promise<never>((_, reject) => {
    limit.signal.addEventListener('abort', () => reject(new Error('no answer in time')));
  });
  const timer = setTimeout(() => limit.abort(), Math.max(until - performance.now(), 0));
  try {
    for (;;) {
      const next = await Promise.race([records.next(), late]);
      if (next.done) return found;
      found.push(next.value);
    }
  } catch (error) {
    // Not waited for: what is stuck would keep it from ending.
    void Promise.resolve(records.return?.()).catch(() => undefined);
    throw new ProviderUnavailableError(adapter.name, error);
  } finally {
    clearTimeout(timer);
    late.catch(() => undefined);
  }
}

class ProviderUnavailableError extends AppError {
  constructor(provider: string, cause: unknown) {
    super(
      'unavailable',
      'payment.provider_unavailable',
      `The records of payment provider ${provider} cannot be read now: ${cause instanceof Error ? cause.message : 'it failed'}.`,
      { retryAfterSeconds: 30 },
    );
  }
}
