import type pg from 'pg';
import { Prisma } from '../../generated/prisma/client.js';
import type { PrismaTransactions } from './prisma-transactions.js';

declare const inTransaction: unique symbol;

/**
 * An open transaction: Prisma's client, and hand-written statements on the same connection. The brand keeps the root client, which
 * would write outside of it, from passing for one. Both see each other's writes.
 */
export type Tx = Prisma.TransactionClient & SqlTransaction & Commit & { readonly [inTransaction]: true };

/** Hand-written statements of a transaction, prepared under their name at their first use on a connection. For `*.sql.ts` files only. */
export interface SqlTransaction {
  /** Runs a statement, and answers its rows. */
  readonly sql: <Row extends pg.QueryResultRow>(
    name: string,
    text: string,
    values: readonly unknown[],
  ) => Promise<Row[]>;
  /**
   * Sends a statement whose rows nobody needs, and does not wait: it runs before all that is sent after it, and its failure fails the
   * transaction at its end, as if the transaction's own work had thrown it. Several of them, and the commit, cost one round trip.
   * @param explain what to throw for the database's error; the error itself where it is left out or answers undefined
   */
  readonly write: (
    name: string,
    text: string,
    values: readonly unknown[],
    explain?: (error: unknown) => Error | undefined,
  ) => void;
}

export interface Commit {
  /** Does the work once all is committed, before whoever opened the transaction hears of it; never where it is not. It must not throw. */
  readonly afterCommit: (work: () => void) => void;
}

/** What hand-written reads may go through: `Db`, or a transaction. */
export type SqlReader = Pick<SqlTransaction, 'sql'>;

/** What the database is asked in a transaction that it has given up: it says nothing of the cause. */
const ABORTED = '25P02';

/**
 * One transaction on a connection of the pool. Statements are sent as they come, without waiting for those before them (the connection
 * is in pipeline mode), which saves a round trip for `begin`, for each `write`, and for the commit. Prisma takes part from its first query on.
 */
export class OpenTransaction {
  private readonly written: Promise<unknown>[] = [];
  private readonly toDo: (() => void)[] = [];
  private failure: { readonly error: unknown } | undefined;
  private prisma: ReturnType<PrismaTransactions['open']> | undefined;
  private over = false;
  /** Whether the connection can be given to somebody else. */
  usable = true;

  constructor(
    private readonly client: pg.PoolClient,
    private readonly prismas: PrismaTransactions,
  ) {}

  /**
   * @param onCommit called when the work is done and only the database's word is missing
   * @throws what `work` throws, or the database for a write or the commit; nothing is kept then
   */
  async run<T>(work: (tx: Tx) => Promise<T> | T, onCommit: () => void): Promise<T> {
    this.send(this.client.query('begin'));
    try {
      const result = await work(this.asTx());
      this.over = true;
      onCommit();
      await (await this.prisma)?.end();
      // Of a transaction in which a statement failed, a commit is a rollback: it need not wait for them.
      this.send(this.client.query('commit'));
      await this.settle();
      for (const work of this.toDo) work();
      return result;
    } catch (error) {
      this.over = true;
      await this.undo();
      // The first failure is the cause; all that was sent after it was only refused.
      throw this.failure && isRefusal(error) ? this.failure.error : error;
    }
  }

  private async sql<Row extends pg.QueryResultRow>(
    name: string,
    text: string,
    values: readonly unknown[],
  ): Promise<Row[]> {
    this.requireOpen();
    try {
      const { rows } = await this.client.query<Row>({ name, text, values: [...values] });
      return rows;
    } catch (error) {
      this.failure ??= { error };
      throw error;
    }
  }

  write(name: string, text: string, values: readonly unknown[], explain?: (error: unknown) => Error | undefined): void {
    this.requireOpen();
    this.send(this.client.query({ name, text, values: [...values] }), explain);
  }

  private send(answer: Promise<unknown>, explain?: (error: unknown) => Error | undefined): void {
    this.written.push(
      answer.catch((error: unknown) => {
        this.failure ??= { error: explain?.(error) ?? error };
      }),
    );
  }

  /** @throws the first failure of what was sent */
  private async settle(): Promise<void> {
    await Promise.all(this.written);
    if (this.failure) throw this.failure.error;
  }

  private async undo(): Promise<void> {
    try {
      await (await this.prisma)?.end();
      const undone = this.client.query('rollback');
      await Promise.all(this.written);
      await undone;
    } catch {
      this.usable = false;
    }
  }

  /** What outlives its transaction must not write into the connection's next one. */
  private requireOpen(): void {
    if (this.over) throw new Error('A statement was sent after its transaction had ended');
  }

  /** This, and whatever Prisma's client has: the latter opens Prisma's side of the transaction when it is first called. */
  private asTx(): Tx {
    const own: SqlTransaction & Commit = {
      sql: (name, text, values) => this.sql(name, text, values),
      write: (name, text, values, explain) => this.write(name, text, values, explain),
      afterCommit: (work) => void this.toDo.push(work),
    };
    const delegates = new Map<string | symbol, unknown>();
    return new Proxy(own, {
      get: (target, property) => {
        if (property in target) return target[property as keyof typeof target];
        // A promise resolved with this must not take it for another promise.
        if (property === 'then') return undefined;
        if (!delegates.has(property)) delegates.set(property, this.delegate(property));
        return delegates.get(property);
      },
    }) as unknown as Tx;
  }

  private delegate(property: string | symbol): unknown {
    type Methods = Record<string | symbol, (...args: unknown[]) => Promise<unknown>>;
    const call = async (pick: (client: Methods) => [Methods, string | symbol], args: unknown[]) => {
      this.requireOpen();
      this.prisma ??= this.prismas.open(this.client);
      const { client } = await this.prisma;
      const [target, method] = pick(client as unknown as Methods);
      return target[method]?.(...args);
    };
    if (typeof property === 'string' && property.startsWith('$'))
      return (...args: unknown[]) => call((client) => [client, property], args);
    return new Proxy(
      {},
      {
        get:
          (_, method) =>
          (...args: unknown[]) =>
            call((client) => [client[property] as unknown as Methods, method], args),
      },
    );
  }
}

function isRefusal(error: unknown): boolean {
  for (let at: unknown = error, depth = 0; at && typeof at === 'object' && depth < 6; depth++) {
    const { code, originalCode, cause, meta } = at as Record<string, unknown>;
    if (code === ABORTED || originalCode === ABORTED) return true;
    at = cause ?? (meta as Record<string, unknown> | undefined)?.['driverAdapterError'];
  }
  return false;
}
