import { AsyncLocalStorage } from 'node:async_hooks';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { Prisma, PrismaClient } from '../../generated/prisma/client.js';

/** Prisma's side of a transaction that is ours. */
export interface PrismaSide {
  readonly client: Prisma.TransactionClient;
  /** Lets go of the connection, and changes nothing on it. */
  end(): Promise<void>;
}

/** Longer than any transaction of ours, whose own limit is the one that counts. */
const NEVER_MS = 3_600_000;

const NOTHING = { command: '', rowCount: 0, oid: 0, fields: [], rows: [] };

/**
 * Prisma's client over a pool, and its way into transactions that somebody else has begun on a connection: the adapter gets that
 * connection from the pool on loan, and what it says to begin and end a transaction is not passed on.
 */
export class PrismaTransactions {
  readonly prisma: PrismaClient;
  private readonly loans = new AsyncLocalStorage<pg.PoolClient>();

  constructor(pool: pg.Pool) {
    this.prisma = new PrismaClient({ adapter: new PrismaPg(lending(pool, this.loans)), errorFormat: 'minimal' });
  }

  open(connection: pg.PoolClient): Promise<PrismaSide> {
    return new Promise((resolve, reject) => {
      let finish: () => void = () => undefined;
      const finished = new Promise<void>((done) => {
        finish = done;
      });
      const whole = this.loans.run(connection, () =>
        this.prisma.$transaction(
          async (client) => {
            resolve({
              client,
              end: () => {
                finish();
                return whole;
              },
            });
            await finished;
          },
          { maxWait: NEVER_MS, timeout: NEVER_MS },
        ),
      );
      whole.catch(reject);
    });
  }
}

/** The pool, but that it gives the connection on loan, if there is one, to whoever asks for one to begin a transaction. */
function lending(pool: pg.Pool, loans: AsyncLocalStorage<pg.PoolClient>): pg.Pool {
  return new Proxy(pool, {
    get(target, property) {
      if (property === 'connect') {
        const lent = loans.getStore();
        if (lent) return () => Promise.resolve(loanOf(lent));
      }
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

function loanOf(connection: pg.PoolClient): pg.PoolClient {
  const loan = {
    query: (statement: pg.QueryConfig) =>
      /^(BEGIN|COMMIT|ROLLBACK)$/.test(statement.text) ? Promise.resolve(NOTHING) : connection.query(statement),
    on: () => loan,
    removeListener: () => loan,
    release: () => undefined,
  };
  return loan as unknown as pg.PoolClient;
}
