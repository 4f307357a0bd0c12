import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { Prisma, PrismaClient } from '../../generated/prisma/client.js';
import { AppError } from '../errors/index.js';
import { asUnavailable, isRetryable } from './database-errors.js';

declare const inTransaction: unique symbol;

/** A client inside an open transaction. The brand keeps the root client, which would write outside of it, from passing for one. */
export type Tx = Prisma.TransactionClient & { readonly [inTransaction]: true };

/** What reads may go through: the root client or a transaction. */
export type Reader = Prisma.TransactionClient;

export interface TransactionOptions {
  /** How long the callback may hold the transaction, in milliseconds. */
  readonly timeoutMs?: number;
}

const MAX_TRIES = 5;

/**
 * The one door to PostgreSQL: Prisma for every query, and the same pool for hand-written SQL on measured hot paths.
 * Isolation is the database's default, READ COMMITTED; what must not interleave is locked or conditional in the statement.
 */
@Injectable()
export class Db implements OnApplicationShutdown {
  readonly prisma: PrismaClient;

  constructor(readonly pool: pg.Pool) {
    this.prisma = new PrismaClient({ adapter: new PrismaPg(pool), errorFormat: 'minimal' });
  }

  /**
   * Runs `work` in one transaction, the whole of it again when PostgreSQL gave up on a deadlock or a serialisation
   * failure. `work` must therefore have no effect but through `tx`, and no network call.
   * @throws AppError `database.unavailable` (503) when no connection is to be had.
   */
  async transaction<T>(work: (tx: Tx) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.prisma.$transaction((client) => work(client as Tx), {
          maxWait: 10_000,
          timeout: options.timeoutMs ?? 15_000,
        });
      } catch (error) {
        if (error instanceof AppError) throw error;
        if (!isRetryable(error) || tries >= MAX_TRIES) throw asUnavailable(error) ?? error;
        await new Promise((done) => setTimeout(done, Math.random() * 20 * tries));
      }
    }
  }

  /**
   * One hand-written statement on a pooled connection, prepared under `name` at its first use there.
   * For `*.sql.ts` files only; takes part in no transaction.
   */
  async sql<Row extends pg.QueryResultRow>(name: string, text: string, values: readonly unknown[]): Promise<Row[]> {
    const { rows } = await this.pool.query<Row>({ name, text, values: [...values] });
    return rows;
  }

  /** @throws whatever the driver says when the database does not answer. */
  async ping(): Promise<void> {
    await this.pool.query('select 1');
  }

  async onApplicationShutdown(): Promise<void> {
    await this.prisma.$disconnect();
    if (!this.pool.ended) await this.pool.end();
  }
}

/** A pool for `Db`. An idle connection that the server ends is replaced at the next query, so its error is no news. */
export function createPool(url: string, size: number): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: size,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 60_000,
    statement_timeout: 30_000,
    application_name: 'backroom',
  });
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}
