import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { Config } from '../../platform/config/index.js';
import { LOGGER } from '../../platform/observability/logger.js';
import type { PaymentProvider, ProviderError, Unknown } from '../domain/payment-provider.js';
import { ProviderRegistry } from './provider-registry.js';

/** What a question is about, for the log. */
export interface Subject {
  readonly provider: string;
  readonly question: 'charge' | 'capture' | 'lookUp' | 'void' | 'refund' | 'lookUpRefund';
  /** The attempt's or the refund's id. */
  readonly id: string;
}

type Ask<T> = (provider: PaymentProvider, signal: AbortSignal) => Promise<T>;

/**
 * The line to the providers. Every question has the same time limit (`paymentTimeoutMs`) and always gets an answer: no answer in
 * time, an adapter that throws and one that is gone are all `unknown`. Never to be used inside a transaction.
 */
@Injectable()
export class ProviderLine {
  constructor(
    private readonly registry: ProviderRegistry,
    private readonly config: Config,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async ask<T extends { readonly outcome: string }>(subject: Subject, ask: Ask<T>): Promise<T | Unknown> {
    const answer = await this.answerInTime(subject, ask);
    if (isTrouble(answer)) this.logger.warn({ ...subject, ...answer }, 'a payment provider gave no clear answer');
    return answer;
  }

  private async answerInTime<T>({ provider, question }: Subject, ask: Ask<T>): Promise<T | Unknown> {
    const adapter = this.registry.find(provider);
    if (!adapter) return unknown(`there is no adapter for ${provider}`);
    const limit = new AbortController();
    const late = new Promise<Unknown>((resolve) => {
      limit.signal.addEventListener('abort', () => resolve(unknown(`no answer to ${question} in time`)));
    });
    const timer = setTimeout(() => limit.abort(), this.config.paymentTimeoutMs);
    try {
      // An adapter that overlooks the signal must not hold the order up either.
      return await Promise.race([settled(ask(adapter, limit.signal)), late]);
    } catch (error) {
      return unknown(reasonOf(error));
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The adapter's answer; what it throws is an answer as well, also when nobody waits for it any more. */
function settled<T>(answer: Promise<T>): Promise<T | Unknown> {
  return answer.catch((error: unknown) => unknown(reasonOf(error)));
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : 'the adapter failed';
}

function unknown(detail: string): Unknown {
  return { outcome: 'unknown', detail };
}

function isTrouble(answer: { readonly outcome: string }): answer is Unknown | ProviderError {
  return answer.outcome === 'unknown' || answer.outcome === 'error';
}
