import { NestFactory } from '@nestjs/core';
import type { INestApplicationContext } from '@nestjs/common';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { env } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { CatalogModule, ImportFacade, type ImportWithErrors } from './catalog/index.js';
import { ConfigError, loadConfig, type Config } from './platform/config/index.js';
import { applyMigrations } from './platform/database/migrations/index.js';
import { AppError } from './platform/errors/index.js';
import { createLogger } from './platform/observability/logger.js';
import { PlatformModule } from './platform/platform.module.js';
import { openShopDatabase, type ShopDatabase } from './shop-database.js';

const POLL_MS = 250;
/** Between two lines that tell how far it has come, where the output is no terminal. */
const SHOW_MS = 2_000;
/** How long a server that may be there has time to take the import up before it is carried out here. */
const SERVER_MS = 3_000;

/**
 * Imports a file of products into the shop's database: that of DATABASE_URL, that of the server that runs on the data folder, or the
 * embedded one, started for the time being.
 * @returns the exit code: 1 when the file could not be imported; faults of rows are printed and no reason for it
 */
export async function importFile(path: string): Promise<number> {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => stop.abort());
  let database: ShopDatabase | undefined;
  let app: INestApplicationContext | undefined;
  try {
    const file = createReadStream(path);
    await once(file, 'open');
    const config = loadConfig(env);
    database = await openShopDatabase(config, stop.signal);
    await applyMigrations(database.url, (line) => say(line));
    app = await createContext(config, database.url);
    return await carryOut(app.get(ImportFacade), file, basename(path), database.own !== undefined, stop.signal);
  } catch (error) {
    process.stderr.write(`${explain(error, stop.signal)}\n`);
    return 1;
  } finally {
    await app?.close();
    await database?.own?.stop();
  }
}

/** The catalogue without a server, which leaves the jobs and the news of the others alone. */
async function createContext(config: Config, databaseUrl: string): Promise<INestApplicationContext> {
  const logger = createLogger({ logLevel: 'warn', logPretty: config.logPretty });
  const platform = PlatformModule.for({
    config,
    databaseUrl,
    logger,
    embedded: config.databaseUrl === undefined,
    work: false,
  });
  return NestFactory.createApplicationContext(
    { module: CatalogModule, imports: [platform] },
    { logger: false, abortOnError: false },
  );
}

async function carryOut(
  imports: ImportFacade,
  file: AsyncIterable<Uint8Array>,
  name: string,
  alone: boolean,
  signal: AbortSignal,
): Promise<number> {
  say(`Importing ${name} …`);
  const id = await imports.start(file);
  let running: Promise<void> | undefined;
  let fault: Error | undefined;
  try {
    for (const watch = new Watch(); ; await sleep(POLL_MS)) {
      signal.throwIfAborted();
      if (fault) throw fault;
      const state = await imports.get(id);
      if (state.status === 'completed' || state.status === 'failed') return report(state);
      watch.see(state);
      if (running || !(alone || watch.idleMs >= SERVER_MS)) continue;
      running = imports
        .run(id)
        .catch((error: Error) => void (fault = error))
        .finally(() => (running = undefined));
    }
  } finally {
    imports.stop();
    await running;
  }
}

/** Shows how far an import has come: on a terminal in one line that changes, else now and then. */
class Watch {
  private progress = '';
  private changedAt = Date.now();
  private shownAt = 0;

  /** Since something was last seen to happen. */
  get idleMs(): number {
    return Date.now() - this.changedAt;
  }

  see({ status, rows, rowsDone }: ImportWithErrors): void {
    const progress = `${status}, ${rowsDone} of ${rows} records`;
    const now = Date.now();
    if (progress !== this.progress) this.changedAt = now;
    this.progress = progress;
    if (process.stdout.isTTY) process.stdout.write(`\r${progress}`);
    else if (now - this.shownAt >= SHOW_MS) say(progress);
    else return;
    this.shownAt = now;
  }
}

function report(done: ImportWithErrors): number {
  const { status, rows, products, variants, errorCount, errors, failure } = done;
  if (process.stdout.isTTY) process.stdout.write('\r\x1b[K');
  for (const { line, code, detail } of errors) say(`line ${line}: ${detail} (${code})`);
  if (errorCount > errors.length) say(`… and ${errorCount - errors.length} more`);
  say(`${rows} records: ${products} products and ${variants} variants stand in the shop, ${errorCount} faults`);
  if (status === 'completed') return 0;
  process.stderr.write(`The import failed. ${failure ?? ''}\n`);
  return 1;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function explain(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return 'Stopped. What was taken in is carried out by the server, or by its next start.';
  if (error instanceof AppError || error instanceof ConfigError) return error.message;
  const { code, path, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' && path !== undefined) return `There is no file ${path}.`;
  if (code === 'EISDIR') return 'This is a folder, no file.';
  return `The import stops because of an error: ${message}`;
}
