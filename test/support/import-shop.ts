import { NestFactory } from '@nestjs/core';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ExportProductsService } from '../../src/catalog/app/export-products.service.js';
import { RunImportService } from '../../src/catalog/app/run-import.service.js';
import { CatalogModule, ImportFacade } from '../../src/catalog/index.js';
import { loadConfig } from '../../src/platform/config/index.js';
import { Db } from '../../src/platform/database/index.js';
import { createLogger } from '../../src/platform/observability/logger.js';
import { PlatformModule } from '../../src/platform/platform.module.js';
import { createTestDatabase } from './test-database.js';

/** Tables that an import writes, with the order in which their rows are compared. */
const TABLES = {
  category: 'id',
  product: 'id',
  product_category: 'product_id, category_id',
  product_image: 'product_id, position',
  variant: 'id',
  stock_item: 'variant_id',
  stock_movement: 'id',
} as const;

/** The catalogue on a database of its own, where jobs run when the test says so. */
export async function startImportShop(env: Record<string, string> = {}) {
  const database = await createTestDatabase();
  const dataDir = mkdtempSync(join(tmpdir(), 'backroom-import-'));
  const config = loadConfig({
    ...{ NODE_ENV: 'test', DATABASE_URL: database.url, DATA_DIR: dataDir, SEED_DEMO: 'false' },
    LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'silent',
    ...env,
  });
  const boot = { config, databaseUrl: database.url, logger: createLogger(config), embedded: false, work: false };
  const app = await NestFactory.createApplicationContext(
    { module: CatalogModule, imports: [PlatformModule.for(boot)] },
    { logger: false },
  );
  const db = app.get(Db);
  const imports = app.get(ImportFacade);
  const runner = app.get(RunImportService, { strict: false });
  const exporter = app.get(ExportProductsService, { strict: false });

  const start = (file: string | AsyncIterable<Uint8Array>): Promise<string> =>
    imports.start(typeof file === 'string' ? chunks(file) : file);

  /** Imports a file and answers with what became of it. */
  const importFile = async (file: string | AsyncIterable<Uint8Array>) => {
    const id = await start(file);
    await runner.run(id);
    return imports.get(id);
  };

  /** All rows of the tables that an import writes, as text. */
  const snapshot = async (): Promise<Record<string, string[]>> => {
    const shots: Record<string, string[]> = {};
    for (const [table, order] of Object.entries(TABLES)) {
      const rows = await db.pool.query<{ row: string }>(`select t::text as row from "${table}" t order by ${order}`);
      shots[table] = rows.rows.map(({ row }) => row);
    }
    return shots;
  };

  return {
    app,
    db,
    imports,
    runner,
    databaseUrl: database.url,
    start,
    importFile,
    snapshot,
    exportFile: async () => text(await exporter.open()),
    one: async <T>(sql: string, ...values: unknown[]): Promise<T> => {
      const { rows } = await db.pool.query<Record<string, T>>(sql, values);
      return Object.values(rows[0] ?? {})[0] as T;
    },
    close: async () => {
      await app.close();
      await database.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export type ImportShop = Awaited<ReturnType<typeof startImportShop>>;

/** A file in small pieces, as a network brings it. */
export async function* chunks(content: string | Buffer, size = 60_000): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(content);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** CSV of rows that have their values by column. */
export function csv(rows: readonly Readonly<Record<string, string>>[], columns?: readonly string[]): string {
  const header = columns ?? [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const line = (cells: readonly string[]): string => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',');
  return (
    [
      line(header),
      ...rows.map((row) => line(header.map((column) => (Object.hasOwn(row, column) ? (row[column] ?? '') : '')))),
    ].join('\n') + '\n'
  );
}
