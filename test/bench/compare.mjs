/** Targets under the same scenario, turn by turn: what disturbs the machine meanwhile disturbs all of them. */
import { median } from './load.mjs';
import { closedTurn, openTurn } from './turn.mjs';

/** For latency: far enough from the most that nothing queues unless something stalls. */
const SHARE_OF_MOST = 0.25;

/**
 * @param {string} scenario
 * @param {import('./turn.mjs').Target[]} targets the first is the one that the others are held against
 * @param {{ database: import('./database.mjs').BenchDatabase, connections: number, seconds: number, turns: number }} options
 */
export async function compare(scenario, targets, options) {
  const turns = new Map(targets.map(({ name }) => [name, []]));
  for (let turn = 0; turn < options.turns; turn += 1) {
    // Whoever comes second in one turn comes first in the next.
    for (const target of turn % 2 === 0 ? targets : [...targets].reverse())
      turns.get(target.name).push(await closedTurn(target, scenario, { ...options, turn }));
  }
  const results = {};
  for (const target of targets) {
    const closed = summarise(turns.get(target.name));
    const perSecond = Math.max(1, closed.perSecond * SHARE_OF_MOST);
    const open = await openTurn(target, scenario, { ...options, perSecond, seed: 100 });
    results[target.name] = {
      ...closed,
      open,
      errors: closed.errors + open.errors,
      firstError: closed.firstError ?? open.firstError,
    };
  }
  return { scenario, results, ratios: ratiosOf(targets, turns) };
}

/** The turns' medians; errors are added up, of backlogs the one that took longest stands. */
function summarise(turns) {
  const middle = (name) => (turns.some((turn) => turn[name] === null) ? null : median(turns.map((turn) => turn[name])));
  const names = [
    'perSecond',
    'p50',
    'p99',
    'cpuMs',
    'postgresCpuMs',
    'statements',
    'bytes',
    'residentMb',
    'othersPercent',
  ];
  const backlogs = turns.flatMap(({ backlog }) => backlog ?? []);
  return {
    ...Object.fromEntries(names.map((name) => [name, middle(name)])),
    turns: turns.map(({ perSecond }) => perSecond),
    errors: turns.reduce((sum, { errors }) => sum + errors, 0),
    firstError: turns.find(({ firstError }) => firstError)?.firstError,
    backlog: backlogs.sort((a, b) => b.seconds - a.seconds)[0] ?? null,
  };
}

/** Throughput as a share of the first target's, the median of what each pair of turns says. */
function ratiosOf([first, ...others], turns) {
  const base = turns.get(first.name);
  return Object.fromEntries(
    others.map(({ name }) => [
      name,
      median(turns.get(name).map(({ perSecond }, n) => (base[n].perSecond === 0 ? 0 : perSecond / base[n].perSecond))),
    ]),
  );
}
