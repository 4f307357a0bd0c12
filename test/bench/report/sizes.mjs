/** What a larger catalogue costs: runs that differ in nothing else. */
import { figure, table } from './lines.mjs';

/** @param {object[]} runs the first is the one that the others are held against @returns {string[][]} rows of times slower, by scenario */
export function slowerBySize([first, ...others]) {
  const base = first.withoutCache.concat(first.scenarios.filter((run) => !isIn(first.withoutCache, run)));
  return base.map(({ scenario, results }) => [
    scenario,
    ...others.map((other) => {
      const found = [...other.withoutCache, ...other.scenarios].find((run) => run.scenario === scenario);
      return figure(results.shop.perSecond / (found?.results.shop.perSecond ?? NaN));
    }),
  ]);
}

/** @param {object[]} runs */
export function sizesTable(runs) {
  const [first, ...others] = runs.map(({ options }) => options.products.toLocaleString('en'));
  const head = ['times slower, without cache', ...others.map((size) => `${size} products against ${first}`)];
  return table(head, slowerBySize(runs));
}

function isIn(runs, { scenario }) {
  return runs.some((run) => run.scenario === scenario);
}
