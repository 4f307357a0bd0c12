import { Redis } from 'ioredis';
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { toState, type Limit, type LimitState } from './limit.js';
import { hashKey, type LimitStore, type Tally } from './limit-store.js';

const PREFIX = 'backroom:limits';
/** Redis is near; one that does not answer in this time is as good as none. */
const TIMEOUT_MS = 1_000;
const MAX_PAUSE_MS = 2_000;
/** Kept a little longer than its window, for processes whose clocks differ. */
const GRACE_MS = 5_000;

/**
 * Counts in Redis. It holds nothing but counts, so that one which is empty after a restart forgives what was counted and harms
 * nothing else. While it is away every call fails at once and the client goes on trying to reach it.
 */
export class RedisLimitStore implements LimitStore {
  private readonly limiters = new Map<string, RateLimiterRedis>();
  private readonly redis: Redis;

  /** @param url `redis://` or `rediss://` */
  constructor(url: string) {
    this.redis = new Redis(url, {
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      connectTimeout: TIMEOUT_MS * 2,
      commandTimeout: TIMEOUT_MS,
      retryStrategy: (tries) => Math.min(tries * 100, MAX_PAUSE_MS),
    });
    // Whoever asks next is told by the failure of the call itself.
    this.redis.on('error', () => undefined);
  }

  async count(limit: Limit, key: string, points: 1 | -1): Promise<LimitState> {
    const limiter = this.limiterOf(limit);
    if (points < 0) return toState(limit, await limiter.reward(hashKey(key)));
    try {
      return toState(limit, await limiter.consume(hashKey(key)));
    } catch (refused) {
      if (refused instanceof RateLimiterRes) return toState(limit, refused);
      throw refused;
    }
  }

  async add(tallies: readonly Tally[]): Promise<number[]> {
    const pipeline = this.redis.pipeline();
    for (const { key, points, endsAt } of tallies) {
      const name = `${PREFIX}:${key}:${endsAt}`;
      pipeline.incrby(name, points).pexpireat(name, endsAt + GRACE_MS);
    }
    const results = (await pipeline.exec()) ?? [];
    const failed = results.find(([error]) => error)?.[0];
    if (failed) throw failed;
    return tallies.map((_, index) => Number(results[index * 2]?.[1] ?? 0));
  }

  /** Redis forgets by itself. */
  sweep(): Promise<number> {
    return Promise.resolve(0);
  }

  /** Lets go of the connection at once. */
  close(): void {
    this.redis.disconnect();
  }

  private limiterOf(limit: Limit): RateLimiterRedis {
    let limiter = this.limiters.get(limit.name);
    if (!limiter) {
      limiter = new RateLimiterRedis({
        storeClient: this.redis,
        rejectIfRedisNotReady: true,
        keyPrefix: `${PREFIX}:${limit.name}`,
        points: limit.points,
        duration: limit.windowSeconds,
      });
      this.limiters.set(limit.name, limiter);
    }
    return limiter;
  }
}
