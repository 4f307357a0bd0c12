import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { createHash } from 'node:crypto';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { Config } from '../config/index.js';
import { Db } from '../database/index.js';
import { AppError } from '../errors/index.js';
import { Jobs } from '../jobs/index.js';
import { Clock } from '../time/index.js';
import { policyItem, stateItem, type Limit, type LimitState } from './limit.js';

/** 429, with `Retry-After`. */
class RateLimitedError extends AppError {
  constructor(retryAfterSeconds: number) {
    super('rate_limited', 'auth.rate_limited', `Too many requests; try again in ${retryAfterSeconds} seconds.`, {
      retryAfterSeconds,
    });
  }
}

/** Counts requests in PostgreSQL, so that all processes count together. Counts nothing when RATE_LIMIT is off. */
@Injectable()
export class RateLimits implements OnModuleInit {
  private readonly limiters = new Map<string, RateLimiterPostgres>();

  constructor(
    private readonly config: Config,
    private readonly db: Db,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.jobs.schedule('limits.sweep', '*/10 * * * *', async () => {
      await this.sweep();
    });
  }

  /** Counts one request of `key`, before what it asks for is done; undefined where nothing is counted. */
  async take(limit: Limit, key: string): Promise<LimitState | undefined> {
    if (!this.config.rateLimit) return undefined;
    try {
      return toState(limit, await this.limiterOf(limit).consume(hash(key)));
    } catch (refused) {
      if (refused instanceof RateLimiterRes) return toState(limit, refused);
      throw refused;
    }
  }

  /** Takes the count of one request back, where it turned out to be one that is not limited. */
  async giveBack(limit: Limit, key: string): Promise<LimitState | undefined> {
    if (!this.config.rateLimit) return undefined;
    return toState(limit, await this.limiterOf(limit).reward(hash(key)));
  }

  /** Deletes counts whose window has ended. */
  async sweep(): Promise<number> {
    const { count } = await this.db.prisma.rateLimit.deleteMany({
      where: { expire: { lt: BigInt(this.clock.now().getTime()) } },
    });
    return count;
  }

  private limiterOf(limit: Limit): RateLimiterPostgres {
    let limiter = this.limiters.get(limit.name);
    if (!limiter) {
      limiter = new RateLimiterPostgres({
        storeClient: this.db.pool,
        storeType: 'pool',
        tableName: 'rate_limit',
        tableCreated: true,
        clearExpiredByTimeout: false,
        keyPrefix: limit.name,
        points: limit.points,
        duration: limit.windowSeconds,
      });
      this.limiters.set(limit.name, limiter);
    }
    return limiter;
  }
}

/** Tells the client where it stands, beside what other limits have told. */
export function announce(reply: FastifyReply, state: LimitState | undefined): void {
  if (!state) return;
  append(reply, 'ratelimit-policy', policyItem(state.limit));
  append(reply, 'ratelimit', stateItem(state));
}

/** @throws RateLimitedError (429) */
export function requireWithinLimit(state: LimitState | undefined): void {
  if (state?.exceeded) throw new RateLimitedError(state.resetSeconds);
}

function append(reply: FastifyReply, field: string, item: string): void {
  const before = reply.getHeader(field);
  void reply.header(field, typeof before === 'string' ? `${before}, ${item}` : item);
}

function toState(limit: Limit, result: RateLimiterRes): LimitState {
  return {
    limit,
    exceeded: result.consumedPoints > limit.points,
    remaining: Math.max(0, limit.points - Math.max(0, result.consumedPoints)),
    resetSeconds: Math.max(1, Math.ceil(result.msBeforeNext / 1000)),
  };
}

/** Addresses and e-mail addresses are personal: the table holds neither. */
function hash(key: string): string {
  return createHash('sha256').update(key).digest('base64url');
}
