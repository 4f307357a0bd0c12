import type pg from 'pg';
import type { MigrationFile } from './migration-files.js';

/** What a database has seen of the migrations on disk. */
export interface MigrationState {
  /** On disk and not yet applied, in order. */
  readonly pending: readonly MigrationFile[];
  /** Applied, and changed on disk since. */
  readonly edited: readonly string[];
  /** Begun and refused by the database, with what it said. */
  readonly failed: readonly { readonly name: string; readonly reason: string }[];
  /** Begun and never ended: the process that applied them was killed. */
  readonly interrupted: readonly string[];
  /** Applied by a newer release, and unknown to this one. */
  readonly unknown: readonly string[];
}

interface Row {
  readonly migration_name: string;
  readonly checksum: string;
  readonly finished: boolean;
  readonly logs: string | null;
}

const UNDEFINED_TABLE = '42P01';

/** Reads Prisma's table of migrations with one query, which is all that a start on an up-to-date database costs. */
export async function readMigrationState(
  client: pg.ClientBase,
  files: readonly MigrationFile[],
): Promise<MigrationState> {
  const rows = await readRows(client);
  const applied = new Map(rows.filter((row) => row.finished).map((row) => [row.migration_name, row.checksum]));
  const unfinished = rows.filter((row) => !row.finished);
  const names = new Set(files.map(({ name }) => name));
  return {
    pending: files.filter(({ name }) => !applied.has(name)),
    edited: files
      .filter(({ name, checksum }) => applied.has(name) && applied.get(name) !== checksum)
      .map(({ name }) => name),
    failed: unfinished.flatMap(({ migration_name: name, logs }) => (logs ? [{ name, reason: logs }] : [])),
    interrupted: unfinished.filter(({ logs }) => !logs).map((row) => row.migration_name),
    unknown: [...applied.keys()].filter((name) => !names.has(name)),
  };
}

async function readRows(client: pg.ClientBase): Promise<Row[]> {
  try {
    const { rows } = await client.query<Row>(
      `SELECT migration_name, checksum, finished_at IS NOT NULL AS finished, logs
         FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at`,
    );
    return rows;
  } catch (error) {
    if ((error as { code?: string }).code === UNDEFINED_TABLE) return [];
    throw error;
  }
}
