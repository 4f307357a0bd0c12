import { setTimeout as sleep } from 'node:timers/promises';
import type { Ended } from '../../support/server-process.js';
import { withDatabase } from '../../support/shop-fixture.js';
import type { PlainAnswer } from '../support/patient-client.js';
import { MortalShop } from './mortal-shop.js';
import { Preparation, type Prepared, type Request } from './requests.js';
import { needsRest, type Scenario } from './scenarios.js';
import { JOBS } from '../../support/jobs.js';

const REST_MS = 60_000;
/** Processes that live for a moment only may leave a slow payment to the next one for long. */
const ANSWER_MS = 240_000;
const MAX_WITHOUT_REST = 13;
/** The request of the scenario has a head start before those beside it. */
const HEAD_START_MS = 4;

/** What a client was told. */
export interface Told {
  readonly request: Request;
  /** Before the process died, if anything. */
  readonly before: PlainAnswer | undefined;
  /** In the end, after having asked as often as it took. */
  readonly final: PlainAnswer;
}

export interface Outcome {
  readonly scenario: Scenario;
  /** Until the process served, and from then until it was dead. */
  readonly startMs: number;
  readonly lifeMs: number;
  /** Undefined where the process did not die. */
  readonly ended: Ended | undefined;
  /** Of the scenario's request first. */
  readonly told: readonly Told[];
}

export interface Run {
  readonly shop: MortalShop;
  readonly adminToken: string;
  readonly outcomes: readonly Outcome[];
}

/**
 * One death after the other. The process of the next scenario heals what the former left, and its clients go on asking there; only a
 * scenario that such work would disturb begins when all is done. A process without a fail point serves at the end.
 */
export async function runPoints(shop: MortalShop, list: readonly Scenario[]): Promise<Run> {
  await shop.start({ PAYMENT_CAPTURE: 'manual' });
  const preparation = await Preparation.begin(shop);
  const prepared: Prepared[] = [];
  for (const scenario of list) prepared.push(await preparation.prepare(scenario));
  await rest(shop);
  await shop.kill();
  const running: Promise<Outcome>[] = [];
  let sinceRest = 0;
  for (const one of prepared) {
    if (sinceRest > 0 && (needsRest(one.scenario) || sinceRest >= MAX_WITHOUT_REST)) {
      await heal(shop, running);
      sinceRest = 0;
    }
    running.push((await die(shop, one)).outcome);
    sinceRest += 1;
  }
  await shop.start();
  return { shop, adminToken: preparation.adminToken, outcomes: await Promise.all(running) };
}

/** Starts the process that is to die, asks it, and lets the clients go on. Returns when it is dead. */
async function die(
  shop: MortalShop,
  { scenario, main, beside }: Prepared,
): Promise<{ readonly outcome: Promise<Outcome> }> {
  const { point, nth = 1, deed } = scenario;
  const env: Record<string, string> = { FAIL_POINT: `${point}:${nth}` };
  if (deed.kind === 'place' && deed.manual) env['PAYMENT_CAPTURE'] = 'manual';
  const launched = Date.now();
  await shop.start(env);
  const startMs = Date.now() - launched;
  const asked = [main, ...beside].map(async (request, index) => {
    await sleep(index * HEAD_START_MS);
    return { request, before: await shop.client.once(request.call) };
  });
  const ended = await shop.death();
  const lifeMs = Date.now() - launched - startMs;
  const before = await Promise.all(asked);
  const told = before.map(async (one) => ({
    ...one,
    final: await shop.client.untilFinal(one.request.call, ANSWER_MS),
  }));
  const outcome = Promise.all(told).then((all) => ({ scenario, startMs, lifeMs, ended, told: all }));
  // Whoever waits for it hears of a failure, if later.
  outcome.catch(() => undefined);
  return { outcome };
}

/** Without a fail point, until every client has its answer and nothing is left to do. */
async function heal(shop: MortalShop, running: readonly Promise<Outcome>[]): Promise<void> {
  await shop.start();
  await Promise.all(running);
  await rest(shop);
  await shop.kill();
}

/** Waits until nothing is due that the shop does by itself. */
async function rest(shop: MortalShop): Promise<void> {
  const deadline = Date.now() + REST_MS;
  for (;;) {
    const left = await withDatabase(shop, async (client) => {
      const { rows } = await client.query<{ left: number }>(LEFT);
      return rows[0]?.left;
    });
    if (left === 0) return;
    if (Date.now() > deadline) throw new Error(`After ${REST_MS} ms there are still ${String(left)} things to do.`);
    await sleep(100);
  }
}

/** Payments, refunds, events and jobs; not what waits for a customer or for a later time. */
const LEFT = `
  select (select count(*) from payment_attempt where status = 'pending')::int
    + (select count(*) from refund where status = 'pending')::int
    + (select count(*) from outbox_event where dispatched_at is null)::int
    + (select count(*) from ${JOBS} as job
       where (run_at <= now() or attempts > 0) and attempts < max_attempts)::int as left`;

export interface Times {
  readonly cleanAfterMs: number;
  readonly diedAfterMs: number;
  readonly tookMs: number;
}

/** What was done, in one line. */
export function reportOf({ shop, outcomes }: Run, times: Times): string {
  const requests = outcomes.flatMap(({ told }) => told);
  const early = requests.filter(({ before }) => before !== undefined).length;
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  const startMs = outcomes.reduce((sum, one) => sum + one.startMs, 0) / outcomes.length;
  return (
    `${shop.deaths} kills, ${outcomes.length} of them at named places; ${requests.length} requests, ${early} answered before a kill; ` +
    `a start took ${seconds(startMs)}, all starts and deaths ${seconds(times.diedAfterMs)}, ` +
    `the audit was clean ${seconds(times.cleanAfterMs)} after the last, and all was healed after ${seconds(times.tookMs)}\n`
  );
}
