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
 * connection from the pool on loan, and what it says to begin and end a transaction is not passed on. Only one is lent at a time, until
 * the adapter has taken it, which costs no round trip. (An AsyncLocalStorage would know whose the adapter's question is, and slows down
 * every promise of the process in doing so.)
 */
export class PrismaTransactions {
  private made: PrismaClient | undefined;
  private readonly lent: { connection: pg.PoolClient | undefined } = { connection: undefined };
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly pool: pg.Pool) {}

  /** Made when it is first asked for, which a start need not wait for. */
  get prisma(): PrismaClient {
    return (this.made ??= new PrismaClient({
      adapter: new PrismaPg(lending(this.pool, this.lent)),
      errorFormat: 'minimal',
    }));
  }

  async close(): Promise<void> {
    await this.made?.$disconnect();
  }

  open(connection: pg.PoolClient): Promise<PrismaSide> {
    const opened = this.turn.then(() => this.begin(connection));
    this.turn = opened.catch(() => undefined);
    return opened;
  }

  private begin(connection: pg.PoolClient): Promise<PrismaSide> {
    return new Promise((resolve, reject) => {
      let finish: () => void = () => undefined;
      const finished = new Promise<void>((done) => {
        finish = done;
      });
      this.lent.connection = connection;
      const whole = this.prisma.$transaction(
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
      );
      whole.catch(reject);
    });
  }
}

/** The pool, but that it gives the connection on loan to whoever asks for one, as the adapter does to begin a transaction, and only then. */
function lending(pool: pg.Pool, lent: { connection: pg.PoolClient | undefined }): pg.Pool {
  return new Proxy(pool, {
    get(target, property) {
      if (property === 'connect') {
        const { connection } = lent;
        lent.connection = undefined;
        if (connection) return () => Promise.resolve(loanOf(connection));
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
