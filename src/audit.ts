import { NestFactory } from '@nestjs/core';
import { env } from 'node:process';
import { parseArgs } from 'node:util';
import { CART_AUDIT } from './cart/index.js';
import { INVENTORY_AUDIT } from './inventory/index.js';
import { NOTIFICATIONS_AUDIT } from './notifications/index.js';
import { ORDERS_AUDIT } from './orders/index.js';
import {
  ACTION_COMPLETED,
  PAYMENT_NEWS,
  PAYMENTS_AUDIT,
  PaymentsModule,
  ReconciliationFacade,
  type Difference,
} from './payments/index.js';
import {
  eventTypesKnown,
  PLATFORM_AUDIT,
  reportLines,
  ROWS_SHOWN,
  runChecks,
  type AuditCheck,
  type AuditFinding,
} from './platform/audit/index.js';
import { ConfigError, loadConfig, type Config } from './platform/config/index.js';
import { AppError } from './platform/errors/index.js';
import { createAdapter } from './platform/http/server.js';
import { createLogger } from './platform/observability/logger.js';
import { PlatformModule } from './platform/platform.module.js';
import { openShopDatabase, type ShopDatabase } from './shop-database.js';
import { LINK_REQUESTED, SECURITY_NOTICE, USER_DISABLED } from './users/index.js';
import { PUBLIC_EVENT_TYPES, WEBHOOKS_AUDIT } from './webhooks/index.js';

/** Every rule of every module. */
export const AUDIT_CHECKS: readonly AuditCheck[] = [
  ...INVENTORY_AUDIT,
  ...ORDERS_AUDIT,
  ...PAYMENTS_AUDIT,
  ...CART_AUDIT,
  ...NOTIFICATIONS_AUDIT,
  ...WEBHOOKS_AUDIT,
  ...PLATFORM_AUDIT,
  eventTypesKnown([
    ...PUBLIC_EVENT_TYPES,
    ACTION_COMPLETED,
    PAYMENT_NEWS,
    USER_DISABLED,
    SECURITY_NOTICE,
    LINK_REQUESTED,
  ]),
];

const PROVIDER_CHECK = {
  name: 'payments.providers_agree',
  claim: 'payments, refunds, fees and the books are what the payment providers have on their own records',
};
/** One question to a provider covers so much, so that its records fit into memory. */
const WINDOW_MS = 31 * 86_400_000;
const PATIENCE_MS = 600_000;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const USAGE = `Use: npm run audit -- [OPTIONS]
  --database URL   the database to check, live or a restored copy; else that of DATABASE_URL, or the embedded one
  --as-of TIME     when the copy was made (ISO 8601): what was under way then is no breach; else now
  --no-provider    do not ask the payment providers, as for a copy that they know nothing of
  --json           the findings as JSON
Ends with 0 when every check holds, 1 when one is breached, 2 when the audit cannot be run.`;

export interface RunAudit {
  readonly databaseUrl: string;
  readonly asOf?: Date;
  /** How to ask the payment providers; absent: they are not asked. */
  readonly providers?: Config;
}

/**
 * Checks everything that must be true of a shop's database, and that its payment providers say the same. Changes nothing.
 * @throws Error when the database cannot be read; AppError `payment.provider_unavailable` when a provider cannot be asked
 */
export async function runAudit({ databaseUrl, asOf, providers }: RunAudit): Promise<AuditFinding[]> {
  const findings = await runChecks(AUDIT_CHECKS, { databaseUrl, ...(asOf ? { asOf } : {}) });
  return providers ? [...findings, await askProviders(databaseUrl, providers)] : findings;
}

/** @param args of the command line @returns the exit code */
export async function auditCommand(args: readonly string[]): Promise<number> {
  const stop = new AbortController();
  const end = () => stop.abort();
  for (const name of SIGNALS) process.once(name, end);
  let database: ShopDatabase | undefined;
  try {
    const options = readOptions(args);
    if (options.help) {
      process.stdout.write(`${USAGE}\n`);
      return 0;
    }
    const started = performance.now();
    // A copy can be checked anywhere: without providers, nothing of the shop's configuration is needed.
    const config = options.provider || options.database === undefined ? loadConfig(env) : undefined;
    if (options.database !== undefined) database = { url: options.database, own: undefined };
    else if (config) database = await openShopDatabase(config, stop.signal);
    if (!database) throw new UsageError('There is no database to check.');
    const findings = await runAudit({
      databaseUrl: database.url,
      ...(options.asOf ? { asOf: options.asOf } : {}),
      ...(options.provider && config ? { providers: config } : {}),
    });
    const durationMs = performance.now() - started;
    show(findings, durationMs, options.json);
    return findings.some(({ count }) => count > 0) ? 1 : 0;
  } catch (error) {
    process.stderr.write(`${explain(error)}\n`);
    return 2;
  } finally {
    await database?.own?.stop();
    for (const name of SIGNALS) process.removeListener(name, end);
  }
}

/** The payments module alone, and nothing of it started: no job is run, no event handed on, and its connections refuse to write. */
async function askProviders(databaseUrl: string, config: Config): Promise<AuditFinding> {
  const started = performance.now();
  const platform = PlatformModule.for({
    config,
    databaseUrl: readOnly(databaseUrl),
    logger: createLogger({ logLevel: 'warn', logPretty: config.logPretty }),
    embedded: false,
    work: false,
  });
  const app = await NestFactory.create({ module: PaymentsModule, imports: [platform] }, createAdapter(config), {
    logger: false,
    abortOnError: false,
  });
  try {
    const differences = await findDifferences(app.get(ReconciliationFacade));
    return {
      ...PROVIDER_CHECK,
      count: differences.length,
      rows: differences.slice(0, ROWS_SHOWN).map((difference) => ({ ...difference })),
      durationMs: performance.now() - started,
    };
  } finally {
    await app.close();
  }
}

async function findDifferences(reconciliation: ReconciliationFacade): Promise<Difference[]> {
  const found = new Map<string, Difference>();
  const end = Date.now();
  const beginning = await reconciliation.findBeginning();
  for (let from = (beginning?.getTime() ?? end) - 1; from < end; from += WINDOW_MS) {
    const to = new Date(Math.min(from + WINDOW_MS, end + 1));
    const { differences } = await reconciliation.reconcile({ from: new Date(from), to, patienceMs: PATIENCE_MS });
    // A charge that nobody knows may be seen from two windows.
    for (const difference of differences) found.set(JSON.stringify(difference), difference);
  }
  return [...found.values()];
}

function readOnly(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  url.searchParams.set(
    'options',
    `${url.searchParams.get('options') ?? ''} -c default_transaction_read_only=on`.trim(),
  );
  return url.href;
}

class UsageError extends Error {}

function readOptions(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        database: { type: 'string' },
        'as-of': { type: 'string' },
        'no-provider': { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const { database, json, help } = values;
    if (database !== undefined && !/^postgres(ql)?:\/\/\S+$/.test(database))
      throw new UsageError('--database must read postgresql://user:password@host:port/database');
    return { database, asOf: readTime(values['as-of']), provider: !values['no-provider'], json, help };
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError((error as Error).message);
  }
}

function readTime(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) throw new UsageError('--as-of must be a time such as 2026-11-22T10:00:00Z');
  return time;
}

function show(findings: readonly AuditFinding[], durationMs: number, json: boolean): void {
  if (!json) {
    process.stdout.write(`${reportLines(findings, durationMs).join('\n')}\n`);
    return;
  }
  const ok = findings.every(({ count }) => count === 0);
  process.stdout.write(`${JSON.stringify({ ok, durationMs: Math.round(durationMs), checks: findings }, null, 2)}\n`);
}

function explain(error: unknown): string {
  if (error instanceof UsageError) return `${error.message}\n${USAGE}`;
  if (error instanceof AppError || error instanceof ConfigError) return error.message;
  return `The audit cannot be run: ${(error as Error).message || String(error)}`;
}
