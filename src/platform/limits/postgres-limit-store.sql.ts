import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import type { Db } from '../database/index.js';
import { toState, type Limit, type LimitState } from './limit.js';
import { hashKey, type LimitStore, type Tally } from './limit-store.js';

/**
 * All counts of an exchange in one statement. Rows are locked in the order of their keys, so that two processes cannot wait for each
 * other. A window that is over gives way to a later one; of a process whose clock is behind the count is not taken.
 */
const ADD = `
insert into rate_limit as r (key, points, expire)
select key, points, expire from unnest($1::text[], $2::int[], $3::bigint[]) as t (key, points, expire) order by key
    on conflict (key) do update
   set points = case when r.expire = excluded.expire then r.points + excluded.points
                     when r.expire > excluded.expire then r.points
                     else excluded.points end,
       expire = greatest(r.expire, excluded.expire)
returning key, points`;

interface TotalRow extends Record<string, unknown> {
  key: string;
  points: number;
}

/** Counts in the shop's own database. */
export class PostgresLimitStore implements LimitStore {
  private readonly limiters = new Map<string, RateLimiterPostgres>();

  constructor(private readonly db: Db) {}

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
    const rows = await this.db.sql<TotalRow>('limits.add', ADD, [
      tallies.map(({ key }) => key),
      tallies.map(({ points }) => points),
      tallies.map(({ endsAt }) => endsAt),
    ]);
    const totals = new Map(rows.map(({ key, points }) => [key, points]));
    return tallies.map(({ key }) => totals.get(key) ?? 0);
  }

  async sweep(now: Date): Promise<number> {
    const { count } = await this.db.prisma.rateLimit.deleteMany({ where: { expire: { lt: BigInt(now.getTime()) } } });
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
