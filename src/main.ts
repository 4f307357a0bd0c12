import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { env } from 'node:process';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { ConfigError, loadConfig } from './platform/config/index.js';
import type { Config } from './platform/config/index.js';
import { startEmbeddedPostgres } from './platform/database/embedded/index.js';
import { applyMigrations } from './platform/database/migrations/index.js';
import { AppError } from './platform/errors/index.js';
import { keepOldSmall, keepYoungSmall } from './platform/heap.js';
import { createLogger } from './platform/observability/logger.js';
import { StartNotes } from './platform/start-notes.js';
import { readCertificate, serveHttps, type HttpsService } from './platform/tls/index.js';
import { Shutdown } from './shutdown.js';

/** From when requests are taken. */
const COLLECT_AFTER_MS = 2_000;

keepYoungSmall();
const shutdown = new Shutdown();
let logger: Logger | undefined;

/** The whole start: configuration, database, migrations, application, and the port last. */
async function start(): Promise<void> {
  const config = loadConfig(env);
  // A certificate that cannot be used shall not be found out after the database has been started for nothing.
  if (config.tls) readCertificate(config.tls);
  logger = createLogger(config);
  const log = (line: string): void => logger?.info(line);
  // Reading the framework from disk takes about as long as the database needs, and does not wait for it.
  const code = import('./app.js');
  code.catch(() => undefined);
  const databaseUrl = config.databaseUrl ?? (await startDatabase(config, log));
  await claimPort(config.port, config.host, 'PORT');
  if (config.httpRedirectPort !== undefined)
    await claimPort(config.httpRedirectPort, config.host, 'HTTP_REDIRECT_PORT');
  await applyMigrations(databaseUrl, log);
  const { createApp } = await code;
  const embedded = config.databaseUrl === undefined;
  let nowListening = (): void => undefined;
  const listening = new Promise<void>((resolve) => (nowListening = resolve));
  shutdown.app = await createApp({ config, databaseUrl, logger, embedded, listening });
  shutdown.signal.throwIfAborted();
  await shutdown.app.listen(config.port, config.host);
  nowListening();
  shutdown.https = await serveHttps(shutdown.app.getHttpServer(), config, logger);
  say(welcome(shutdown.app, config, shutdown.https));
  keepOldSmall(COLLECT_AFTER_MS);
}

async function startDatabase(config: Config, log: (line: string) => void): Promise<string> {
  shutdown.database = startEmbeddedPostgres({
    dataDir: config.dataDir,
    log,
    warn: (line) => logger?.warn(line),
    signal: shutdown.signal,
    onUnexpectedEnd: (message) => void fail(new AppError('unavailable', 'database.ended', message)),
  });
  return (await shutdown.database).url;
}

/** Finds out that the port is taken before the application has been built for nothing. */
async function claimPort(port: number, host: string, variable: string): Promise<void> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', (error) => reject(Object.assign(error, { variable })));
    probe.listen(port, host, resolve);
  });
  await new Promise((resolve) => probe.close(resolve));
}

/** What a person wants to know once the server listens; modules add to it through `StartNotes`. */
function welcome(app: NestFastifyApplication, config: Config, https: HttpsService | undefined): string[] {
  const { port } = app.getHttpServer().address() as AddressInfo;
  const everywhere = ['0.0.0.0', '::'].includes(config.host);
  const host = everywhere ? 'localhost' : config.host.includes(':') ? `[${config.host}]` : config.host;
  const address = `${config.tls ? 'https' : 'http'}://${host}:${port}`;
  const redirect = https?.redirectPort;
  const notes = app.get(StartNotes);
  return [
    `Backroom is ready at ${address}`,
    `Documentation of its API: ${address}/docs`,
    ...(redirect === undefined ? [] : [`Plain HTTP on port ${redirect} is sent on to HTTPS`]),
    ...notes.all(),
    ...notes.examplesFor(address),
  ];
}

function say(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** Says in words what went wrong, with the stack for the log alone, and ends what already runs. */
async function fail(error: unknown): Promise<void> {
  if (!shutdown.signal.aborted) {
    process.stderr.write(`${explain(error)}\n`);
    logger?.debug({ err: error }, 'stopping because of an error');
  }
  await shutdown.end(1);
}

type ListenError = NodeJS.ErrnoException & { address?: string; port?: number; variable?: string };

function explain(error: unknown): string {
  if (error instanceof AppError || error instanceof ConfigError) return error.message;
  const { code, address, port, message, variable = 'PORT' } = error as ListenError;
  if (code === 'EADDRINUSE')
    return `Port ${port} of ${address} is taken by another program. Stop it, or choose another port with ${variable}.`;
  if (code === 'EACCES' && port !== undefined)
    return `This user may not listen on port ${port} of ${address}. Choose another with ${variable}.`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return 'HOST is not an address of this machine.';
  return `Backroom stops because of an error: ${message || String(error)}. LOG_LEVEL=debug shows where it comes from.`;
}

shutdown.handleSignals();
shutdown.onFault = (error) => logger?.warn({ err: error }, 'not everything could be closed in order');
process.on('uncaughtException', (error) => void fail(error));
// Nobody reads any more (a closed pipe): no reason to stop the shop.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
start().catch(fail);
