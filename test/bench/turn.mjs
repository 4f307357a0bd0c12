/** One target under one kind of load for some seconds, with what that has cost. */
import { availableParallelism } from 'node:os';
import { drain } from './backlog.mjs';
import { HttpClient } from './http-client.mjs';
import { closedLoop, openLoop } from './load.mjs';
import { machineCpuSeconds, usageOf, usageOfTree } from './processes.mjs';
import { seededRandom } from './random.mjs';

/** The first time code is read, compiled and made fast, and caches fill. */
const FIRST_WARM_UP_MS = 2_000;
const WARM_UP_MS = 500;
const MOST_DRAIN_MS = 60_000;
const MEGABYTE = 1024 * 1024;

/**
 * @typedef {{ name: string, base: string, pid: number, databaseUrl: string, hasBacklog: boolean,
 *   scenarios: Record<string, (client: HttpClient, random: () => number) => Promise<void>> }} Target
 * @typedef {import('./load.mjs').Load & { cpuMs: number, postgresCpuMs: number | null, statements: number | null, bytes: number,
 *   residentMb: number, othersPercent: number, backlog: Awaited<ReturnType<typeof drain>> | null }} Turn
 *   CPU and statements are those of one iteration, bytes those of one answer; `othersPercent`: how much of the machine programs had that belong
 *   to none of this
 */

/**
 * @param {Target} target
 * @param {string} scenario
 * @param {{ database: import('./database.mjs').BenchDatabase, connections: number, seconds: number, turn: number }} options
 *   `turn`: 0 is the first of this target in this scenario
 * @returns {Promise<Turn>}
 */
export async function closedTurn(target, scenario, { database, connections, seconds, turn }) {
  return withClientOf(target, connections, async (client) => {
    const usage = () => readUsage(target, database, client);
    let before;
    let after;
    const load = await closedLoop({
      iterate: (random) => target.scenarios[scenario](client, random),
      random: seededRandom(turn + 1),
      workers: connections,
      warmUpMs: turn === 0 ? Math.min(FIRST_WARM_UP_MS, seconds * 1_000) : WARM_UP_MS,
      ms: seconds * 1_000,
      onBegin: () => (before = usage()),
      onEnd: () => (after = usage()),
    });
    const costs = await costsOf(load, before, after);
    return { ...load, ...costs, backlog: target.hasBacklog ? await drain(target.databaseUrl, MOST_DRAIN_MS) : null };
  });
}

/**
 * @param {Target} target
 * @param {string} scenario
 * @param {{ connections: number, seconds: number, perSecond: number, seed: number }} options
 */
export async function openTurn(target, scenario, { connections, seconds, perSecond, seed }) {
  const load = await withClientOf(target, connections, (client) =>
    openLoop({
      iterate: (random) => target.scenarios[scenario](client, random),
      random: seededRandom(seed),
      perSecond,
      ms: seconds * 1_000,
    }),
  );
  if (target.hasBacklog) await drain(target.databaseUrl, MOST_DRAIN_MS);
  return { ...load, asked: perSecond };
}

/** @template T @param {Target} target @param {number} connections @param {(client: HttpClient) => Promise<T>} work */
export async function withClientOf(target, connections, work) {
  const client = new HttpClient(target.base, connections);
  try {
    await client.open();
    return await work(client);
  } finally {
    client.close();
  }
}

function readUsage(target, database, client) {
  const { user, system } = process.cpuUsage();
  const own = usageOf(target.pid);
  return {
    target: own.cpuSeconds,
    residentMb: own.residentBytes / MEGABYTE,
    postgres: database.pid === undefined ? undefined : usageOfTree(database.pid).cpuSeconds,
    driver: (user + system) / 1e6,
    machine: machineCpuSeconds(),
    received: client.received,
    answers: client.answers,
    statements: database.statements(target.databaseUrl),
  };
}

async function costsOf({ iterations, seconds }, before, after) {
  const used = (what) => after[what] - before[what];
  const each = (total) => (iterations === 0 ? 0 : total / iterations);
  const [first, last] = await Promise.all([before.statements, after.statements]);
  const hasPostgres = before.postgres !== undefined;
  const ours = used('target') + used('driver') + (hasPostgres ? used('postgres') : 0);
  return {
    cpuMs: each(used('target') * 1_000),
    postgresCpuMs: hasPostgres ? each(used('postgres') * 1_000) : null,
    statements: first === undefined ? null : each(last - first),
    bytes: used('answers') === 0 ? 0 : used('received') / used('answers'),
    residentMb: after.residentMb,
    othersPercent: Math.min(100, Math.max(0, ((used('machine') - ours) / (seconds * availableParallelism())) * 100)),
  };
}
