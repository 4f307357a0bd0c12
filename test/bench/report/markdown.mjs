/** A run's figures as Markdown, for docs/performance.md. */
import { figure, percent, table } from './lines.mjs';

/** @param {object} run what `runBench` answered @returns {string} */
export function toMarkdown(run) {
  const parts = [heading(run)];
  if (run.scenarios) parts.push(throughput(run), latency(run), costs(run), others(run));
  if (run.soak) parts.push(soakTable(run.soak));
  return `${parts.filter(Boolean).join('\n\n')}\n`;
}

function heading(run) {
  const { at, machine, node, postgres, options, importSeconds } = run;
  const { products, connections, seconds, turns } = options;
  return (
    `${at.slice(0, 10)}, ${machine.cores} cores of ${machine.cpu}, ${machine.memoryGb} GB, Node ${node}, PostgreSQL ${postgres}; ` +
    `${products.toLocaleString('en')} products (imported in ${figure(importSeconds)} s), ${connections} connections, ` +
    `medians of ${turns} turns of ${seconds} s, driver and database on the same machine.${disturbance(run)}`
  );
}

/** Figures of a machine that others use as well are not worth much, and shall not look as if they were. */
function disturbance({ scenarios = [], withoutCache = [] }) {
  const results = [...scenarios, ...withoutCache].flatMap((compared) => Object.values(compared.results));
  const most = Math.max(0, ...results.map(({ othersPercent }) => othersPercent));
  return most > 10 ? ` Other programs took up to ${figure(most)} % of it.` : '';
}

function throughput({ scenarios, withoutCache }) {
  const rows = scenarios.map(({ scenario, results, ratios }) => {
    const without = withoutCache.find((other) => other.scenario === scenario);
    const shares = [figure(results.shop.perSecond), percent(ratios.shop)];
    const bare = without ? [figure(without.results.shop.perSecond), percent(without.ratios.shop)] : ['', ''];
    return [scenario, figure(results.floor.perSecond), ...shares, ...bare];
  });
  return table(['iterations a second', 'floor', 'shop', 'of the floor', 'without its cache', 'of the floor'], rows);
}

function latency({ scenarios }) {
  const rows = scenarios.map(({ scenario, results: { floor, shop } }) => [
    scenario,
    ...[shop.p50, shop.p99, shop.open.asked, shop.open.p50, shop.open.p99, floor.open.p50, floor.open.p99].map(figure),
  ]);
  const open = ['p50', 'p99', 'p50 of the floor', 'p99 of the floor'].map((name) => `open ${name}`);
  return table(['milliseconds', 'closed p50', 'closed p99', 'open: a second', ...open], rows);
}

function costs({ scenarios, withoutCache, queries }) {
  const row = (name, { floor, shop }, waitedFor) => [
    name,
    ...[shop.cpuMs, floor.cpuMs, shop.postgresCpuMs, floor.postgresCpuMs, shop.statements, floor.statements].map(
      figure,
    ),
    figure(waitedFor),
    figure(shop.bytes),
    figure(shop.residentMb),
  ];
  const cached = new Set(withoutCache.map(({ scenario }) => scenario));
  const rows = [
    ...withoutCache.map(({ scenario, results }) => row(`${scenario}, without cache`, results, queries[scenario])),
    ...scenarios.map(({ scenario, results }) =>
      row(scenario, results, cached.has(scenario) ? undefined : queries[scenario]),
    ),
  ];
  const used = ['CPU ms', 'floor', 'CPU ms of PostgreSQL', 'floor', 'statements', 'floor', 'waited for'];
  return table(['of one iteration', ...used, 'bytes an answer', 'MB resident'], rows);
}

function others({ scenarios, start, signIns, passwordCpuMs }) {
  const rows = [];
  if (start)
    rows.push(
      ['start on a migrated database', `${figure(start.migrated)} ms`],
      ['start, embedded', `${figure(start.embedded)} ms`],
      ['first start, embedded', `${figure(start.firstEmbedded)} ms`],
    );
  if (signIns)
    rows.push(
      ['p99 of lists at a quarter of their most', `${figure(signIns.aloneP99)} ms`],
      [`the same beside ${figure(signIns.signInsPerSecond)} sign-ins a second`, `${figure(signIns.besideP99)} ms`],
    );
  const login = scenarios.find(({ scenario }) => scenario === 'login');
  if (login)
    rows.push([
      "argon2id's share of the CPU of a sign-in",
      percent(Math.min(1, passwordCpuMs / login.results.shop.cpuMs)),
    ]);
  for (const { scenario, results } of scenarios) {
    const { backlog } = results.shop;
    if (backlog?.waiting > 0)
      rows.push([`backlog after ${scenario}: ${backlog.waiting} jobs and events`, `${figure(backlog.seconds)} s`]);
  }
  return rows.length > 0 && table(['', ''], rows);
}

function soakTable({ minutes, firstMb, lastMb, highestMb, driftPercent, samples }) {
  const errors = samples.reduce((sum, sample) => sum + sample.errors, 0);
  return table(
    [`soak of ${minutes} minutes`, ''],
    [
      ['MB resident, first quarter', figure(firstMb)],
      ['MB resident, last quarter', figure(lastMb)],
      ['MB resident at most', figure(highestMb)],
      ['drift', `${driftPercent.toFixed(1)} %`],
      ['errors', String(errors)],
    ],
  );
}
