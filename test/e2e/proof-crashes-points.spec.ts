import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FAIL_POINTS } from '../../src/platform/fail-points/index.js';
import { MortalShop } from '../proofs/fail-points/mortal-shop.js';
import { reportOf, runPoints, type Run } from '../proofs/fail-points/run.js';
import { nameOf, scenarios } from '../proofs/fail-points/scenarios.js';
import { judgePoints } from '../proofs/fail-points/verdict.js';
import { auditCleanWithin } from '../proofs/support/audit.js';

/**
 * The process killed at every named place, then left to itself: the clients ask again with their keys, and all must be as if nothing had
 * been. `PROOF_POINTS=all` dies at each place with each ending that a payment or an order can have.
 */
const LIST = scenarios(process.env['PROOF_POINTS'] === 'all');
const TIME_MS = 180_000 + LIST.length * 15_000;

const shop = new MortalShop();
let run: Run;
let faults: ReadonlyMap<unknown, readonly string[]>;

beforeAll(async () => {
  const started = Date.now();
  run = await runPoints(shop, LIST);
  // What is still to be healed is no breach, and nothing that is healed may have been one.
  const cleanAfterMs = await auditCleanWithin(shop.databaseUrl, 30_000);
  const diedAfterMs = Date.now() - started;
  faults = await judgePoints(run);
  process.stderr.write(reportOf(run, { cleanAfterMs, diedAfterMs, tookMs: Date.now() - started }));
}, TIME_MS);

afterAll(() => shop.stop());

describe.each(FAIL_POINTS)('killed at %s', (point) => {
  const here = LIST.filter((scenario) => scenario.point === point);

  it('is tried', () => {
    expect(here.length).toBeGreaterThan(0);
  });

  it.each(here.map((scenario) => [nameOf(scenario.deed), scenario] as const))('%s ends as it must', (_, scenario) => {
    const outcome = run.outcomes.find((one) => one.scenario === scenario);
    expect(outcome?.ended).toEqual({ code: null, signal: 'SIGKILL' });
    expect(faults.get(outcome)).toEqual([]);
  });
});

it('never answers with a fault of the server, and logs none', () => {
  expect(shop.client.faults).toEqual([]);
  expect(shop.unexpectedErrors).toEqual([]);
});

it('agrees with the payment provider on every charge and refund', async () => {
  const headers = { authorization: `Bearer ${run.adminToken}` };
  const { text } = await shop.client.untilFinal({ method: 'GET', path: '/v1/reports/reconciliation', headers });
  expect(JSON.parse(text)).toMatchObject({ differences: [], differenceCount: 0 });
});

it('breaks no rule in the end either', async () => {
  await auditCleanWithin(shop.databaseUrl, 5_000);
});
