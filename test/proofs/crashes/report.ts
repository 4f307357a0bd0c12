import { cpus } from 'node:os';
import type { Storm } from './storm.js';
import type { Verdict } from './verdict.js';

/** The run in Markdown: what was done to the shop, and what was found afterwards. */
export function reportOf(storm: Storm, verdict: Verdict): string {
  const { options, fleet, client, purchases, databaseRestarts, durationMs } = storm;
  const waits = purchases.map(({ ms }) => ms);
  const rows: [string, string | number][] = [
    ['Checkouts', purchases.length],
    ['Time for them', seconds(durationMs)],
    ['Checkouts a second, kills included', (purchases.length / (durationMs / 1000)).toFixed(1)],
    ['Processes of the shop', options.processes],
    ['Buyers at the same time', options.atOnce],
    ['Kills of a process (SIGKILL)', fleet.kills],
    ['Kills of the database (all its processes, or an immediate shutdown)', databaseRestarts.length],
    [
      'Pause between kills',
      'pauseMs' in options.kills ? `${options.kills.pauseMs.join('–')} ms` : 'spread over the orders',
    ],
    ['A process served again after (median, longest)', spread(fleet.restarts)],
    ['The database served again after (median, longest)', spread(databaseRestarts)],
    ['Answer to a checkout (median, longest)', spread(waits)],
    ['Calls that broke off', client.met.noAnswer],
    ['Calls answered with 503 and repeated', client.met.unavailable],
    ['Calls answered "still running" and repeated', client.met.inProgress],
    ['Everything at rest, without help, after', seconds(verdict.restedAfterMs)],
    ['Seed', options.random.seed],
  ];
  const findings: [string, string | number, string | number][] = [
    ['Orders paid', verdict.paid, verdict.paidExpected],
    ['Orders lost, or not as they were answered', verdict.lost.length, 0],
    ['Carts ordered twice', verdict.doubled, 0],
    ['Charges at the provider', verdict.chargesAtProvider, verdict.paidExpected],
    ['Charges without their order, or orders without their charge', verdict.chargesAstray, 0],
    ['Answers that are wrong for their payment', verdict.wrongAnswers.length, 0],
    [`Answers that were others when ${verdict.repeated} keys came again`, verdict.changedAnswers.length, 0],
    ['Answers with a fault of the server', client.faults.length, 0],
    ['Processes that ended without being killed', fleet.endedByThemselves.length, 0],
    ['Variants whose stock is not start less sold', verdict.stockOff.length, 0],
    ['Paid orders without a confirmation', verdict.mailsMissing, 0],
    ['Orders confirmed by two different mails', verdict.mailsDoubled, 0],
    ['Breaches that the audit found', 0, 0],
  ];
  return [
    'pauseMs' in options.kills
      ? `# ${purchases.length} checkouts with a kill every few seconds`
      : `# ${purchases.length} checkouts with kills`,
    '',
    `Node ${process.version}, ${cpus().length} cores, PostgreSQL with \`fsync\` on, one machine for shop, database, mail server and buyers.`,
    '',
    '| What was done | |',
    '| --- | ---: |',
    ...rows.map(([what, value]) => `| ${what} | ${value} |`),
    '',
    '| What was found | counted | wanted |',
    '| --- | ---: | ---: |',
    ...findings.map(([what, counted, wanted]) => `| ${what} | ${counted} | ${wanted} |`),
    '',
    `${verdict.mailsRepeated} confirmations reached the mail server a second time as the same message (one Message-ID), from processes killed between its "taken" and their note of it.`,
    '',
  ].join('\n');
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function spread(values: readonly number[]): string {
  if (values.length === 0) return '–';
  const sorted = [...values].sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  return `${median} ms, ${sorted.at(-1) ?? 0} ms`;
}
