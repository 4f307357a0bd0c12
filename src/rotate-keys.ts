import { NestFactory } from '@nestjs/core';
import type { INestApplicationContext } from '@nestjs/common';
import { env } from 'node:process';
import { parseArgs } from 'node:util';
import { SigningKeysModule, SigningKeysService, type Rotation } from './auth/index.js';
import { ConfigError, loadConfig, type Config } from './platform/config/index.js';
import { applyMigrations } from './platform/database/migrations/index.js';
import { AppError } from './platform/errors/index.js';
import { createLogger } from './platform/observability/logger.js';
import { PlatformModule } from './platform/platform.module.js';
import { openShopDatabase, type ShopDatabase } from './shop-database.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const USAGE = `Use: npm run keys:rotate -- [OPTIONS]
  --at-once   the old keys end now, for one that others may have; else they stay good for what they have signed
Makes a new key for access tokens in the shop's database: that of DATABASE_URL, or the embedded one, running or not.
It needs the ENCRYPTION_KEY that the shop runs with. Nobody is signed out.`;

class UsageError extends Error {}

/** @param args of the command line @returns the exit code: 2 when it cannot be done */
export async function rotateKeysCommand(args: readonly string[]): Promise<number> {
  const stop = new AbortController();
  const end = () => stop.abort();
  for (const name of SIGNALS) process.once(name, end);
  let database: ShopDatabase | undefined;
  let context: INestApplicationContext | undefined;
  try {
    const options = readOptions(args);
    if (options.help) {
      say([USAGE]);
      return 0;
    }
    const config = loadConfig(env);
    database = await openShopDatabase(config, stop.signal);
    await applyMigrations(database.url, () => undefined);
    context = await createContext(config, database.url);
    say(report(await context.get(SigningKeysService).rotate({ atOnce: options.atOnce })));
    return 0;
  } catch (error) {
    process.stderr.write(`${explain(error)}\n`);
    return 2;
  } finally {
    await context?.close();
    await database?.own?.stop();
    for (const name of SIGNALS) process.removeListener(name, end);
  }
}

/** The keys alone, and nothing of the shop started. */
function createContext(config: Config, databaseUrl: string): Promise<INestApplicationContext> {
  const logger = createLogger({ logLevel: 'warn', logPretty: config.logPretty });
  const platform = PlatformModule.for({ config, databaseUrl, logger, embedded: false, work: false });
  return NestFactory.createApplicationContext(
    { module: SigningKeysModule, imports: [platform] },
    { logger: false, abortOnError: false },
  );
}

function readOptions(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { 'at-once': { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
    });
    return { atOnce: values['at-once'], help: values.help };
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function report({ id, signsFrom, othersRetiredAt }: Rotation): string[] {
  return [
    `New key: ${id}`,
    `It signs from ${signsFrom.toISOString()} on.`,
    `What older keys have signed is good until ${othersRetiredAt.toISOString()}.`,
  ];
}

function say(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

function explain(error: unknown): string {
  if (error instanceof UsageError) return `${error.message}\n${USAGE}`;
  if (error instanceof AppError || error instanceof ConfigError) return error.message;
  return `The keys cannot be changed: ${(error as Error).message || String(error)}`;
}
