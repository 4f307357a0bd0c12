import type { Db } from '../../platform/database/index.js';
import { BatchedReads } from '../../platform/batches/index.js';
import type { Statement } from './sql-parameters.js';

/**
 * Statements of one row each. Those of one name that are asked for at the same moment go to the database as one, which answers a row for
 * each set of values: under load half of what a small statement costs is to begin it, and to wake up whoever waits for it.
 */
export class BatchedStatements<Row extends Record<string, unknown>> {
  private readonly byName = new Map<string, BatchedReads<Row>>();

  constructor(private readonly db: Db) {}

  /** The statement's only row. @throws whatever the database says of it, or of those it went with */
  async one(statement: Statement): Promise<Row> {
    const row = await this.readsOf(statement).get(JSON.stringify(statement.values));
    if (!row) throw new Error(`${statement.name} gave no row, which an aggregate always does`);
    return row;
  }

  private readsOf(statement: Statement): BatchedReads<Row> {
    const present = this.byName.get(statement.name);
    if (present) return present;
    const reads = new BatchedReads<Row>((keys) => this.read(statement, keys));
    this.byName.set(statement.name, reads);
    return reads;
  }

  private async read(statement: Omit<Statement, 'values'>, keys: readonly string[]): Promise<Map<string, Row>> {
    const sets = keys.map((key) => JSON.parse(key) as unknown[]);
    const { name, text, values } =
      sets.length === 1 ? { ...statement, values: sets[0] ?? [] } : several(statement, sets);
    const rows = await this.db.sql<Row & { readonly asked: number }>(name, text, values);
    return new Map(rows.map((row) => [keys[(row.asked ?? 1) - 1] ?? '', row]));
  }
}

/** The statement for several sets of values at once, a row each, which `asked` tells, counted from 1. */
function several(
  { name, text, types }: Omit<Statement, 'values'>,
  sets: readonly (readonly unknown[])[],
): { name: string; text: string; values: unknown[] } {
  // Arrays go through a sub-select: PostgreSQL takes their length for a hint, and plans the statement anew each time.
  const columns = types.map((type, index) => `(select $${index + 1}::${type}[])`);
  const names = types.map((_, index) => `p${index + 1}`);
  return {
    // Names end at 63 letters, and the longest has one to spare.
    name: name.replace(' ', 's '),
    text: `select asked.n::int as asked, answer.* from unnest(${columns.join(', ')}) with ordinality as asked (${names.join(', ')}, n)
      cross join lateral (${text.replaceAll(/\$(\d+)::\w+/g, 'asked.p$1')}) as answer`,
    values: types.map((_, index) => sets.map((set) => set[index])),
  };
}
