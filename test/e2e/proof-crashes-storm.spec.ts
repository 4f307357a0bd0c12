import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { reportOf } from '../proofs/crashes/report.js';
import { runStorm, type Storm } from '../proofs/crashes/storm.js';
import { judge, type Verdict } from '../proofs/crashes/verdict.js';
import { seededRandom } from '../proofs/support/random.js';
import { sizeOf } from '../proofs/support/sizes.js';

/**
 * Buyers that do not give up, while processes of the shop and its database are killed at random moments. `PROOF_ORDERS` checkouts;
 * `PROOF_REPORT` names a file for the numbers.
 */
const ORDERS = sizeOf('PROOF_ORDERS', 150);
const PROCESSES = sizeOf('PROOF_PROCESSES', 2);
const AT_ONCE = sizeOf('PROOF_BUYERS', ORDERS >= 1_000 ? 64 : 8);
const LARGE = ORDERS >= 1_000;
// A small run is over before the pauses of a large one are.
const KILLS = LARGE ? ({ pauseMs: [1_000, 5_000] } as const) : { times: 3 };
const DATABASE_EACH = LARGE ? 7 : 2;
const TIME_MS = 120_000 + ORDERS * 120;

let storm: Storm;
let verdict: Verdict;

/** What to do at the end, whatever came before it. */
let clean: () => Promise<void> = () => Promise.resolve();

beforeAll(async () => {
  storm = await runStorm({
    onStart: (end) => (clean = end),
    random: seededRandom('crashes'),
    orders: ORDERS,
    processes: PROCESSES,
    atOnce: AT_ONCE,
    kills: KILLS,
    databaseEach: DATABASE_EACH,
    // A matter that stays without an answer is asked for with pauses that double: under kills that hit the question, too, some take minutes.
    patienceMs: LARGE ? 300_000 : 75_000,
    paymentTimeoutMs: LARGE ? 3_000 : 500,
  });
  verdict = await judge(storm);
  const report = reportOf(storm, verdict);
  const file = process.env['PROOF_REPORT'];
  if (file) writeFileSync(file, report);
  process.stderr.write(`${report}\n`);
}, TIME_MS);

afterAll(async () => {
  await clean();
});

it('kills something', () => {
  expect(storm.fleet.kills).toBeGreaterThan(0);
  expect(storm.databaseRestarts.length).toBeGreaterThan(0);
});

it('loses no order and doubles none: each key has the one order that it was answered', () => {
  expect(verdict.lost).toEqual([]);
  expect(verdict.doubled).toBe(0);
  expect(verdict.paid).toBe(verdict.paidExpected);
});

it('charges each paid order once, and nothing else', () => {
  expect(verdict.chargesAtProvider).toBe(verdict.paidExpected);
  expect(verdict.chargesAstray).toBe(0);
});

it('answers as it must, and the same again', () => {
  expect(verdict.wrongAnswers).toEqual([]);
  expect(verdict.changedAnswers).toEqual([]);
  expect(storm.client.faults).toEqual([]);
  expect(storm.fleet.unexpectedErrors()).toEqual([]);
});

it('has sold what is gone from the shelf', () => {
  expect(verdict.stockOff).toEqual([]);
});

it('confirms each paid order by one mail', () => {
  expect([verdict.mailsMissing, verdict.mailsDoubled]).toEqual([0, 0]);
});

it('ends no process by itself, not even when the database goes away', () => {
  expect(storm.fleet.endedByThemselves).toEqual([]);
});
