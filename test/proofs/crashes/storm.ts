import { setTimeout as sleep } from 'node:timers/promises';
import { ServerProcess, temporaryFolder, type TemporaryFolder } from '../../support/server-process.js';
import { makeVariant } from '../../support/shop-fixture.js';
import { DurablePostgres } from '../support/durable-postgres.js';
import { MailCounter } from '../support/mail-counter.js';
import { PatientClient } from '../support/patient-client.js';
import { ENVIRONMENT } from '../support/proof-shop.js';
import type { Random } from '../support/random.js';
import { buy, type Buying, type Purchase } from './buyers.js';
import { Fleet } from './fleet.js';

export interface StormOptions {
  readonly random: Random;
  readonly orders: number;
  readonly processes: number;
  /** How long the shop waits for the provider: long enough that a busy machine alone makes nobody silent. */
  readonly paymentTimeoutMs: number;
  /** Buyers at the same time. */
  readonly atOnce: number;
  /** When to kill: at random moments with pauses of at least and at most so many milliseconds, or so many times, spread over the orders. */
  readonly kills: { readonly pauseMs: readonly [least: number, most: number] } | { readonly times: number };
  /** How long a buyer waits for a final answer. */
  readonly patienceMs: number;
  /** Told how to end and remove everything, as soon as there is something. */
  readonly onStart: (clean: () => Promise<void>) => void;
  /** Every so many kills it is the database's turn, with the first to begin with: while a process starts again, another may serve all buyers. */
  readonly databaseEach: number;
}

export const STOCK = 1_000_000;
const VARIANTS = 12;
/** How often a long run says how far it is. */
const PROGRESS_MS = 15_000;

/** Everything that a storm needs, and what came of it. */
export interface Storm {
  readonly options: StormOptions;
  readonly databaseUrl: string;
  readonly variants: readonly string[];
  readonly fleet: Fleet;
  readonly client: PatientClient;
  readonly mails: MailCounter;
  readonly purchases: readonly Purchase[];
  /** Milliseconds until the database accepted connections again, of each kill. */
  readonly databaseRestarts: readonly number[];
  /** From the first order to the last answer. */
  readonly durationMs: number;
}

/** Buyers on the one side, kills on the other, until every buyer has an answer; the processes and the database are left running. */
export async function runStorm(options: StormOptions): Promise<Storm> {
  const folder = temporaryFolder();
  const database = await DurablePostgres.start(folder.path);
  const mails = await new MailCounter().start();
  const env = {
    ...ENVIRONMENT,
    PAYMENT_TIMEOUT_MS: String(options.paymentTimeoutMs),
    LOG_LEVEL: 'error',
    DATABASE_URL: database.url,
    SMTP_URL: mails.url,
  };
  const { dataDir } = folder;
  const fleet = new Fleet({ processes: options.processes, dataDir, env, random: options.random });
  const client = new PatientClient(() => fleet.base(), options.patienceMs);
  options.onStart(() => end(folder, database, mails, fleet, client));
  await migrate(dataDir, env);
  await fleet.start();
  const variants: string[] = [];
  for (let n = 0; n < VARIANTS; n++)
    variants.push((await makeVariant({ databaseUrl: database.url }, { stock: STOCK, price: 500 + 37 * n })).variantId);
  const started = Date.now();
  const buying = buy({ client, variants, ...options });
  const told = setInterval(() => {
    process.stderr.write(`${buying.done()} of ${options.orders} checkouts, ${fleet.state()}\n`);
  }, PROGRESS_MS);
  const databaseRestarts = await disturb(options, fleet, database, buying).finally(() => clearInterval(told));
  const purchases = await buying.finished;
  const durationMs = Date.now() - started;
  return {
    options,
    databaseUrl: database.url,
    variants,
    fleet,
    client,
    mails,
    purchases,
    databaseRestarts,
    durationMs,
  };
}

/** Kills until the buyers are done. */
async function disturb(
  options: StormOptions,
  fleet: Fleet,
  database: DurablePostgres,
  buying: Buying,
): Promise<number[]> {
  const databaseRestarts: number[] = [];
  for (let turn = 1; ; turn++) {
    await untilTime(options, turn, fleet, buying);
    if (buying.over()) return databaseRestarts;
    if ((turn - 1) % options.databaseEach === 0) databaseRestarts.push(await restart(database, options.random));
    else fleet.kill();
  }
}

/**
 * Waits for the next kill, or for the end of the buying. The pause begins when every process serves again, so that a slow machine is not
 * all starting: a shop that is killed while it starts, again and again, proves nothing.
 */
async function untilTime(
  { kills, orders, random }: StormOptions,
  turn: number,
  fleet: Fleet,
  buying: Buying,
): Promise<void> {
  while (!buying.over() && !fleet.isWhole()) await sleep(20);
  const at = Date.now() + ('pauseMs' in kills ? random.between(...kills.pauseMs) : 0);
  const due = 'times' in kills ? (turn > kills.times ? Infinity : (turn * orders) / (kills.times + 1)) : 0;
  while (!buying.over() && (Date.now() < at || buying.done() < due)) await sleep(20);
}

/** How many milliseconds it was away. */
async function restart(database: DurablePostgres, random: Random): Promise<number> {
  const killed = Date.now();
  await (random.next() < 0.7 ? database.kill() : database.shutDownAtOnce());
  await database.startAgain();
  return Date.now() - killed;
}

/** One start to make the tables, as a deployment does before it starts more processes. */
async function migrate(dataDir: string, env: Record<string, string>): Promise<void> {
  const first = new ServerProcess({ dataDir, env });
  await first.ready();
  await first.stop();
}

async function end(
  folder: TemporaryFolder,
  database: DurablePostgres,
  mails: MailCounter,
  fleet: Fleet,
  client: PatientClient,
): Promise<void> {
  client.close();
  await fleet.stop();
  await mails.stop();
  await database.stop();
  folder.remove();
}
