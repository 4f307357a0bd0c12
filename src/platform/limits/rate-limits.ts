import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Config } from '../config/index.js';
import { asUnavailable } from '../database/index.js';
import { AppError } from '../errors/index.js';
import { Jobs } from '../jobs/index.js';
import { Clock } from '../time/index.js';
import { policyItem, stateItem, type Limit, type LimitState } from './limit.js';
import { LIMIT_STORE, type LimitStore } from './limit-store.js';
import { StoreWatch } from './store-watch.js';

/** 429, with `Retry-After`. */
class RateLimitedError extends AppError {
  constructor(code: string, retryAfterSeconds: number) {
    super('rate_limited', code, `Too many requests; try again in ${retryAfterSeconds} seconds.`, {
      retryAfterSeconds,
    });
  }
}

/**
 * The narrow limits: exact, each request counted in the store before what it asks for is done, so that all processes count together. Where
 * the store cannot be asked they are closed, since what they guard (passwords and codes) must not be open to guessing then.
 * Counts nothing when RATE_LIMIT is off.
 */
@Injectable()
export class RateLimits implements OnModuleInit {
  constructor(
    private readonly config: Config,
    @Inject(LIMIT_STORE) private readonly store: LimitStore,
    private readonly watch: StoreWatch,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.jobs.schedule('limits.sweep', '*/10 * * * *', async () => {
      await this.sweep();
    });
  }

  /**
   * Counts one request of `key`, before what it asks for is done; undefined where nothing is counted.
   * @throws AppError `limits.unavailable` or `database.unavailable` (503) where the store does not answer
   */
  take(limit: Limit, key: string): Promise<LimitState | undefined> {
    return this.count(limit, key, 1);
  }

  /** Takes the count of one request back, where it turned out to be one that is not limited. */
  giveBack(limit: Limit, key: string): Promise<LimitState | undefined> {
    return this.count(limit, key, -1);
  }

  /** Deletes counts whose window has ended. */
  sweep(): Promise<number> {
    return this.store.sweep(this.clock.now());
  }

  private async count(limit: Limit, key: string, points: 1 | -1): Promise<LimitState | undefined> {
    if (!this.config.rateLimit) return undefined;
    try {
      const state = await this.store.count(limit, key, points);
      this.watch.answered();
      return state;
    } catch (error) {
      this.watch.failed(error);
      throw asUnavailable(error) ?? unavailable();
    }
  }
}

function unavailable(): AppError {
  return new AppError('unavailable', 'limits.unavailable', 'This cannot be tried right now; try again.', {
    retryAfterSeconds: 2,
  });
}

/** Tells the client where it stands, beside what other limits have told. */
export function announce(reply: FastifyReply, state: LimitState | undefined): void {
  if (!state) return;
  append(reply, 'ratelimit-policy', policyItem(state.limit));
  append(reply, 'ratelimit', stateItem(state));
}

/** @throws RateLimitedError (429) */
export function requireWithinLimit(state: LimitState | undefined, code = 'auth.rate_limited'): void {
  if (state?.exceeded) throw new RateLimitedError(code, state.resetSeconds);
}

function append(reply: FastifyReply, field: string, item: string): void {
  const before = reply.getHeader(field);
  void reply.header(field, typeof before === 'string' ? `${before}, ${item}` : item);
}
