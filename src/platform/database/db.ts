import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import type { Prisma, PrismaClient } from '../../generated/prisma/client.js';
import { AppError } from '../errors/index.js';
import { BatchingSocket } from './batching-socket.js';
import { asUnavailable, busy, isLockTimeout, isRetryable } from './database-errors.js';
import { PrismaTransactions } from './prisma-transactions.js';
import { OpenTransaction, type Tx } from './transaction.js';

/** What reads may go through: the root client or a transaction. */
export type Reader = Prisma.TransactionClient;

export interface TransactionOptions {
  /** How long the callback may hold the transaction, in milliseconds. */
  readonly timeoutMs?: number;
  /** How long it waits for a lock, in milliseconds. Then it fails with what the database says, which `isLockTimeout` knows; absent: to its end. */
  readonly lockWaitMs?: number;
}

/** How long whoever needs a connection waits for one, in milliseconds. */
export const CONNECTION_PATIENCE_MS = 10_000;

const MAX_TRIES = 5;
const TIMEOUT_MS = 15_000;

/**
 * The one door to PostgreSQL: Prisma for every query, and the same pool for hand-written SQL on measured hot paths.
 * Isolation is the database's default, READ COMMITTED; what must not interleave is locked or conditional in the statement.
 */
@Injectable()
export class Db implements OnApplicationShutdown {
  private readonly prismas: PrismaTransactions;

  constructor(readonly pool: pg.Pool) {
    this.prismas = new PrismaTransactions(pool);
  }

  get prisma(): PrismaClient {
    return this.prismas.prisma;
  }

  /**
   * Runs `work` in one transaction, the whole of it again when PostgreSQL gave up on a deadlock or a serialisation
   * failure. `work` must therefore have no effect but through `tx`, and no network call.
   * @throws AppError `database.unavailable` (503) when no connection is to be had, `database.busy` (503) when it took too long.
   */
  async transaction<T>(work: (tx: Tx) => Promise<T> | T, options: TransactionOptions = {}): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.once(work, options);
      } catch (error) {
        if (error instanceof AppError) throw error;
        if (options.lockWaitMs !== undefined && isLockTimeout(error)) throw error;
        if (!isRetryable(error) || tries >= MAX_TRIES) throw asUnavailable(error) ?? error;
        await new Promise((done) => setTimeout(done, Math.random() * 20 * tries));
      }
    }
  }

  private async once<T>(
    work: (tx: Tx) => Promise<T> | T,
    { timeoutMs = TIMEOUT_MS, lockWaitMs }: TransactionOptions,
  ): Promise<T> {
    const client = await this.pool.connect();
    const transaction = new OpenTransaction(client, this.prismas, lockWaitMs);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        // The server undoes what a lost connection leaves behind, whatever it was doing.
        transaction.usable = false;
        reject(busy());
      }, timeoutMs);
    });
    try {
      return await Promise.race([transaction.run(work, () => clearTimeout(timer)), late]);
    } finally {
      clearTimeout(timer);
      client.release(!transaction.usable);
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
    await this.prismas.close();
    if (!this.pool.ended) await this.pool.end();
  }
}

/** A pool for `Db`. An idle connection that the server ends is replaced at the next query, so its error is no news. */
export function createPool(url: string, size: number): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: size,
    connectionTimeoutMillis: CONNECTION_PATIENCE_MS,
    idleTimeoutMillis: 60_000,
    statement_timeout: 30_000,
    application_name: 'backroom',
    // To compile a statement takes PostgreSQL tens of milliseconds, and ours take a few at most. It would do so again and again where a way is
    // discouraged by `enable_seqscan`, up to version 17 by adding ten thousand million to the cost.
    options: '-c jit=off',
    // Statements are sent without waiting for the answers to those before them; see transaction.ts.
    pipeline: true,
    stream: () => new BatchingSocket(),
  });
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}
