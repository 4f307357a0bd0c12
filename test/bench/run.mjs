/** A whole run: every scenario asked for, and what came of it. */
import { cpus, totalmem } from 'node:os';
import { Bed, WITHOUT_CACHE } from './bed.mjs';
import { compare } from './compare.mjs';
import { countQueries } from './queries.mjs';
import { compareLines, signInsLine, startsLine } from './report/lines.mjs';
import { listBesideSignIns, passwordCpuMs } from './sign-ins.mjs';
import { soak } from './soak.mjs';
import { startTimes } from './start-times.mjs';
import { closedTurn } from './turn.mjs';

const LOADS = ['list', 'search', 'detail', 'cart', 'checkout', 'login', 'mixed'];
export const SCENARIOS = [...LOADS, 'sign-ins', 'start'];
/** Those that a cache of catalogue reads can make a difference to. */
const CACHED = ['list', 'search', 'detail', 'mixed'];
const STARTS = 5;
const PASSWORD_MS = 1_000;

/**
 * @typedef {{ products: number, scenarios: string[], connections: number, seconds: number, turns: number, soakMinutes?: number,
 *   databaseUrl?: string }} RunOptions
 * @param {RunOptions} options
 * @param {(line: string) => void} say
 */
export async function runBench(options, say) {
  const bed = new Bed();
  try {
    const filled = await bed.prepare(options);
    say(`Filled the shop with ${options.products} products in ${filled.importSeconds.toFixed(1)} s`);
    const found = options.soakMinutes ? await soaked(bed, options, say) : await measured(bed, options, say);
    return { ...describe(options, bed.database), ...filled, ...found };
  } finally {
    await bed.stop();
  }
}

function describe({ products, connections, seconds, turns }, { version }) {
  const machine = { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, memoryGb: Math.round(totalmem() / 1e9) };
  const options = { products, connections, seconds, turns };
  return { at: new Date().toISOString(), machine, node: process.versions.node, postgres: version, options };
}

async function soaked(bed, { connections, soakMinutes: minutes }, say) {
  // The one that was filled has an import behind it, which no shop does all day.
  await bed.startShop({});
  return { soak: await soak(bed.shop, { connections, minutes, say }) };
}

async function measured(bed, options, say) {
  const asked = LOADS.filter((name) => options.scenarios.includes(name));
  const cached = asked.filter((name) => CACHED.includes(name));
  const queries = await countQueries(bed.shop, asked);
  const withoutCache = await phase(bed, cached, { ...options, note: ', no cache', env: WITHOUT_CACHE }, say);
  const scenarios = await phase(bed, asked, { ...options, note: '', env: {} }, say);
  const result = { scenarios, withoutCache, queries };
  if (options.scenarios.includes('sign-ins')) result.signIns = await besideSignIns(bed, scenarios, options, say);
  await bed.stopShop();
  if (asked.includes('login')) result.passwordCpuMs = await passwordCpuMs(PASSWORD_MS);
  if (options.scenarios.includes('start')) {
    result.start = await startTimes({ databaseUrl: bed.shopUrl, starts: STARTS });
    say(startsLine(result.start));
  }
  return result;
}

/** Scenarios against one new process of the shop; `note` is said behind its name. */
async function phase(bed, scenarios, { note, env, ...options }, say) {
  const compared = [];
  if (scenarios.length > 0) await bed.startShop(env);
  for (const scenario of scenarios) {
    const result = await compare(scenario, [bed.floor, bed.shop], { ...options, database: bed.database });
    compared.push(result);
    for (const line of compareLines(result, note)) say(line);
  }
  return compared;
}

async function besideSignIns(bed, measuredBefore, { connections, seconds, turns }, say) {
  const known = measuredBefore.find(({ scenario }) => scenario === 'list')?.results.shop;
  const most = known ?? (await closedTurn(bed.shop, 'list', { database: bed.database, connections, seconds, turn: 0 }));
  const result = await listBesideSignIns(bed.shop, { connections, seconds, turns, listPerSecond: most.perSecond });
  say(signInsLine(result));
  return result;
}
