import { AsyncLocalStorage } from 'node:async_hooks';
import { PrismaPg } from '@prisma/adapter-pg';
import { ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import type {
  ConnectionInfo,
  IsolationLevel,
  SqlDriverAdapter,
  SqlMigrationAwareDriverAdapterFactory,
  SqlQuery,
  SqlResultSet,
  Transaction,
} from '@prisma/driver-adapter-utils';
import pg from 'pg';

/** PostgreSQL's `"char"`, one byte, in which its catalogues keep flags; not the `char` of SQL. */
const CHAR_OID = 18;
const TEXT_OID = 25;

/** Numbers of the columns that a query under way returned as `"char"`. */
const charColumns = new AsyncLocalStorage<Set<number>>();

/** A pool that passes `"char"` off as text, which `@prisma/adapter-pg` refuses to read, and notes where it did. */
class CatalogPool extends pg.Pool {
  // The declared overloads cannot be repeated here; the adapter uses the one with a promise.
  override query = (async (...args: unknown[]): Promise<pg.QueryResult> => {
    const result = await (super.query.bind(this) as (...args: unknown[]) => Promise<pg.QueryResult>)(...args);
    for (const [index, field] of (result.fields ?? []).entries()) {
      if (field.dataTypeID !== CHAR_OID) continue;
      field.dataTypeID = TEXT_OID;
      charColumns.getStore()?.add(index);
    }
    return result;
  }) as pg.Pool['query'];
}

/**
 * Prisma's adapter for `pg`, mended where the schema engine needs it:
 * - columns of type `"char"`, without which a database cannot be compared with the schema;
 * - scripts go to the server whole. The adapter would cut them at each semicolon, also inside functions and texts. Whole, a script
 *   is one transaction unless it says otherwise, as with Prisma's own binary;
 * - a migration is marked as finished by the transaction that makes its changes, so that a crash never leaves the two apart.
 */
export class MigrationAdapter implements SqlMigrationAwareDriverAdapterFactory {
  readonly provider = 'postgres';
  readonly adapterName = '@prisma/adapter-pg';
  /** The last script that the database refused, with the place in it. */
  lastRefusal: Error | undefined;
  private readonly pool: pg.Pool;

  /** @param migrations the texts of migrations that may be applied through this adapter */
  constructor(
    databaseUrl: string,
    private readonly migrations: ReadonlySet<string>,
  ) {
    this.pool = new CatalogPool({ connectionString: databaseUrl, max: 4 });
  }

  async connect(): Promise<SqlDriverAdapter> {
    return new MigrationConnection(await new PrismaPg(this.pool).connect(), (script) => this.runScript(script));
  }

  private async runScript(script: string): Promise<void> {
    try {
      // Without arguments `pg` speaks the simple protocol, which takes any number of statements.
      await this.pool.query(this.migrations.has(script) ? withMark(script) : script);
    } catch (error) {
      this.lastRefusal = refusal(error as Error, script);
      throw this.lastRefusal;
    }
  }

  async connectToShadowDb(): Promise<SqlDriverAdapter> {
    throw new Error('Compare with a scratch database that was made for the purpose instead.');
  }

  async end(): Promise<void> {
    await this.pool.end();
    // Once used it would slow down every promise of the process (Node 20) for as long as that lives.
    charColumns.disable();
  }
}

class MigrationConnection implements SqlDriverAdapter {
  readonly provider = 'postgres';
  readonly adapterName = '@prisma/adapter-pg';

  constructor(
    private readonly inner: SqlDriverAdapter,
    readonly executeScript: (script: string) => Promise<void>,
  ) {}

  async queryRaw(query: SqlQuery): Promise<SqlResultSet> {
    const chars = new Set<number>();
    const result = await charColumns.run(chars, () => this.inner.queryRaw(query));
    return {
      ...result,
      columnTypes: result.columnTypes.map((type, index) => (chars.has(index) ? ColumnTypeEnum.Character : type)),
    };
  }

  executeRaw(query: SqlQuery): Promise<number> {
    return this.inner.executeRaw(query);
  }

  startTransaction(isolationLevel?: IsolationLevel): Promise<Transaction> {
    return this.inner.startTransaction(isolationLevel);
  }

  getConnectionInfo(): ConnectionInfo {
    return this.inner.getConnectionInfo?.() ?? { supportsRelationJoins: true };
  }

  dispose(): Promise<void> {
    return this.inner.dispose();
  }
}

/** The engine has written the row of the migration under way just before; no other can be unfinished at that time. */
function withMark(script: string): string {
  // What PostgreSQL refuses inside a transaction must stay the only statement of its script.
  if (/\bconcurrently\b/i.test(script)) return script;
  return `${script}\n;UPDATE "_prisma_migrations" SET "finished_at" = now() WHERE "finished_at" IS NULL AND "rolled_back_at" IS NULL;`;
}

/** The database's words with the line of the script that they are about. */
function refusal(error: Error & { position?: string; detail?: string }, script: string): Error {
  const line = error.position && `line ${script.slice(0, Number(error.position)).split('\n').length}: `;
  return new Error([`${line ?? ''}${error.message}`, error.detail].filter(Boolean).join('\n'));
}
