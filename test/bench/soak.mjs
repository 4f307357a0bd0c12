/** The mixture for many minutes, and what the shop's memory does meanwhile. */
import { waiting } from './backlog.mjs';
import { closedLoop, median } from './load.mjs';
import { usageOf } from './processes.mjs';
import { seededRandom } from './random.mjs';
import { withClientOf } from './turn.mjs';

const SAMPLE_MS = 10_000;
const MEGABYTE = 1024 * 1024;

/**
 * @param {import('./turn.mjs').Target} shop
 * @param {{ connections: number, minutes: number, say: (line: string) => void }} options
 */
export function soak(shop, { connections, minutes, say }) {
  const random = seededRandom(1);
  return withClientOf(shop, connections, async (client) => {
    const samples = [];
    const count = Math.max(1, Math.round((minutes * 60_000) / SAMPLE_MS));
    for (let n = 0; n < count; n += 1) {
      const load = await closedLoop({
        iterate: (by) => shop.scenarios.mixed(client, by),
        random,
        workers: connections,
        warmUpMs: 0,
        ms: SAMPLE_MS,
      });
      const sample = {
        seconds: ((n + 1) * SAMPLE_MS) / 1_000,
        residentMb: usageOf(shop.pid).residentBytes / MEGABYTE,
        perSecond: load.perSecond,
        p99: load.p99,
        errors: load.errors,
        waiting: await waiting(shop.databaseUrl),
      };
      samples.push(sample);
      say(soakLine(sample));
    }
    return { minutes, samples, ...driftOf(samples) };
  });
}

function soakLine({ seconds, residentMb, perSecond, p99, errors, waiting: left }) {
  const columns = [
    `${seconds} s`,
    `${residentMb.toFixed(0)} MB`,
    `${perSecond.toFixed(0)}/s`,
    `p99 ${p99.toFixed(0)} ms`,
  ];
  return `soak  ${columns.map((column) => column.padStart(10)).join(' ')}  ${left} jobs and events wait, ${errors} errors`;
}

/** How the last quarter differs from the first, once the first tenth, in which caches fill, is left out. */
export function driftOf(samples) {
  const counted = samples.slice(Math.floor(samples.length / 10)).map(({ residentMb }) => residentMb);
  const quarter = Math.max(1, Math.floor(counted.length / 4));
  const first = median(counted.slice(0, quarter));
  const last = median(counted.slice(-quarter));
  return { firstMb: first, lastMb: last, highestMb: Math.max(...counted), driftPercent: (last / first - 1) * 100 };
}
