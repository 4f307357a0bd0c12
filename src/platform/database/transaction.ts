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
  /**
   * Runs a statement, and answers its rows. Arrays go through a sub-select, `any((select $1::uuid[])::uuid[])`: PostgreSQL plans a statement anew
   * each time where it takes the length of an array for a hint.
   */
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
  /**
   * As `write`, for a row of a statement that takes many: the rows of one statement go together, where its first row was written, and all of
   * them before whatever else the transaction sends, or commits.
   */
  readonly writeRow: <Row>(
    statement: RowsStatement<Row>,
    row: Row,
    explain?: (error: unknown) => Error | undefined,
  ) => void;
}

/** A statement that writes any number of rows. */
export interface RowsStatement<Row> {
  readonly name: string;
  readonly text: string;
  readonly values: (rows: readonly Row[]) => readonly unknown[];
  /** What no two rows of one statement may have in common: such as the id of what is updated, since an update changes a row once. */
  readonly key?: (row: Row) => string;
}

/** The one parameter of a statement that takes its rows as `jsonb_to_recordset($1::jsonb)`: 64-bit integers are exact, times are ISO 8601. */
export function asJson(rows: readonly unknown[]): [string] {
  return [JSON.stringify(rows, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value))];
}

export interface Commit {
  /** Does the work once all is committed, before whoever opened the transaction hears of it; never where it is not. It must not throw. */
  readonly afterCommit: (work: () => void) => void;
}

/** What hand-written reads may go through: `Db`, or a transaction. */
export type SqlReader = Pick<SqlTransaction, 'sql'>;

/** Rows that go together. */
interface OpenRows {
  readonly rows: unknown[];
  readonly keys: Set<string>;
  readonly explain: ((error: unknown) => Error | undefined) | undefined;
}

/**
 * Of a list of rows PostgreSQL knows no length when it plans, and in a small table it would look through all of it instead of looking each row
 * up, for as long as the plan is kept: while the table grows.
 */
const BY_INDEX = 'set local enable_hashjoin = off; set local enable_mergejoin = off; set local enable_seqscan = off';

const AS_USUAL =
  'set local enable_hashjoin to default; set local enable_mergejoin to default; set local enable_seqscan to default';

/** Whoever does not wait for locks writes rows for many. */
const beginShortly = (lockWaitMs: number) => `begin; set local lock_timeout = ${Math.trunc(lockWaitMs)}; ${BY_INDEX}`;

/** What the database is asked in a transaction that it has given up: it says nothing of the cause. */
const ABORTED = '25P02';

/**
 * One transaction on a connection of the pool. Statements are sent as they come, without waiting for those before them (the connection
 * is in pipeline mode), which saves a round trip for `begin`, for each `write`, and for the commit. Prisma takes part from its first query on.
 */
export class OpenTransaction {
  private readonly written: Promise<unknown>[] = [];
  private readonly toDo: (() => void)[] = [];
  private readonly rows = new Map<unknown, OpenRows>();
  private plansByIndex: boolean;
  private failure: { readonly error: unknown } | undefined;
  private prisma: ReturnType<PrismaTransactions['open']> | undefined;
  private over = false;
  /** Whether the connection can be given to somebody else. */
  usable = true;

  constructor(
    private readonly client: pg.PoolClient,
    private readonly prismas: PrismaTransactions,
    private readonly lockWaitMs?: number,
  ) {
    this.plansByIndex = lockWaitMs !== undefined;
  }

  /**
   * @param onCommit called when the work is done and only the database's word is missing
   * @throws what `work` throws, or the database for a write or the commit; nothing is kept then
   */
  async run<T>(work: (tx: Tx) => Promise<T> | T, onCommit: () => void): Promise<T> {
    this.send(this.client.query(this.lockWaitMs === undefined ? 'begin' : beginShortly(this.lockWaitMs)));
    try {
      const result = await work(this.asTx());
      this.sendRows();
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
    this.endRows();
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
    this.endRows();
    this.send(this.client.query({ name, text, values: [...values] }), explain);
  }

  writeRow<Row>(statement: RowsStatement<Row>, row: Row, explain?: (error: unknown) => Error | undefined): void {
    this.requireOpen();
    const key = statement.key?.(row);
    if (key !== undefined && this.rows.get(statement)?.keys.has(key)) this.sendRows();
    const open = this.rows.get(statement) ?? { rows: [], keys: new Set<string>(), explain };
    open.rows.push(row);
    if (key !== undefined) open.keys.add(key);
    this.rows.set(statement, open);
  }

  /** Before another statement, which may be about many rows of many tables. */
  private endRows(): void {
    this.sendRows();
    if (!this.plansByIndex || this.lockWaitMs !== undefined) return;
    this.send(this.client.query(AS_USUAL));
    this.plansByIndex = false;
  }

  private sendRows(): void {
    if (this.rows.size === 0) return;
    if (!this.plansByIndex) this.send(this.client.query(BY_INDEX));
    this.plansByIndex = true;
    for (const [statement, { rows, explain }] of this.rows as Map<RowsStatement<unknown>, OpenRows>) {
      const { name, text, values } = statement;
      this.send(this.client.query({ name, text, values: [...values(rows)] }), explain);
    }
    this.rows.clear();
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
      writeRow: (statement, row, explain) => this.writeRow(statement, row, explain),
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
      this.endRows();
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
