/** What a run says while it goes on. */

const LABEL = 26;
const NO_FIGURE = '–';

/** A number with as many decimals as its size deserves. @param {number | null | undefined} value */
export function figure(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return NO_FIGURE;
  if (value === 0) return '0';
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
}

/** @param {number} ratio */
export function percent(ratio) {
  return `${(ratio * 100).toFixed(0)} %`;
}

/** A table in Markdown, its first column words. @param {string[]} head @param {string[][]} rows */
export const table = (head, rows) =>
  [head, head.map((_, n) => (n === 0 ? '---' : '---:')), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** One line a target, and what is to be said beside it. @param {string} note what tells this shop from others */
export function compareLines({ scenario, results, ratios }, note) {
  return Object.entries(results).flatMap(([name, result]) => {
    const ratio = ratios[name] === undefined ? '' : `  ${percent(ratios[name])} of the floor`;
    const label = `${scenario}  ${name}${ratio && note}`;
    const line =
      `${label.padEnd(LABEL)} ${figure(result.perSecond).padStart(6)}/s` +
      `  p50 ${figure(result.p50)} p99 ${figure(result.p99)} ms` +
      `  at ${figure(result.open.asked)}/s: p50 ${figure(result.open.p50)} p99 ${figure(result.open.p99)} ms` +
      `  CPU ${figure(result.cpuMs)} + ${figure(result.postgresCpuMs)} ms` +
      `  ${figure(result.statements)} statements  ${figure(result.bytes)} B  ${figure(result.residentMb)} MB${ratio}`;
    return [line, ...notes(result)];
  });
}

function notes({ backlog, othersPercent, errors, firstError }) {
  const lines = [];
  if (backlog?.waiting > 0)
    lines.push(
      `  ${backlog.waiting} jobs and events waited at the end, done in ${figure(backlog.seconds)} s, ${backlog.left} left`,
    );
  if (othersPercent > 10) lines.push(`  other programs took ${figure(othersPercent)} % of the machine meanwhile`);
  if (errors > 0) lines.push(`  ${errors} ERRORS, the first: ${firstError}`);
  return lines;
}

export function signInsLine(result) {
  const wrong = result.errors > 0 ? `  ${result.errors} ERRORS, the first: ${result.firstError}` : '';
  return (
    `${'list beside sign-ins'.padEnd(LABEL)} at ${figure(result.asked)}/s: p99 ${figure(result.aloneP99)} ms alone,` +
    ` ${figure(result.besideP99)} ms beside ${figure(result.signInsPerSecond)} sign-ins/s` +
    ` (${figure(result.besideP99 / result.aloneP99)} times)${wrong}`
  );
}

export function startsLine({ migrated, embedded, firstEmbedded }) {
  return (
    `${'start'.padEnd(LABEL)} ${figure(migrated)} ms on a migrated database, ${figure(embedded)} ms embedded,` +
    ` ${figure(firstEmbedded)} ms embedded for the first time`
  );
}
