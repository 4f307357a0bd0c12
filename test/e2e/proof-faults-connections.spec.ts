import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { Config } from '../../src/platform/config/index.js';
import { buyAtOnce, knock } from '../proofs/faults/buyers.js';
import { ClockedClient } from '../proofs/faults/clocked-client.js';
import { expectNothingLost } from '../proofs/faults/verdict.js';
import type { PlainAnswer } from '../proofs/support/patient-client.js';
import { sizeOf } from '../proofs/support/sizes.js';
import { eventually, makeVariant, withDatabase } from '../support/shop-fixture.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

/**
 * Somebody holds locks in the shop's database, and requests pile up until no connection is free: they are sent away in time, the process
 * lives and works on, and serves at once when the locks are gone. `PROOF_ROUNDS` times, `PROOF_BUYERS` at once.
 */
const ROUNDS = sizeOf('PROOF_ROUNDS', 1);
const BUYERS = sizeOf('PROOF_BUYERS', 6);
const STOCK = 1_000;
/** How long a request waits for a connection, and some more, so that there are such whose patience ended. */
const HELD_MS = 11_500;
/** That time, the locks', and room for a busy machine; well below the request's own. */
const ANSWER_MS = HELD_MS + 8_000;

let shop: TestApp;
let client: ClockedClient;
let variantId: string;
const bought: PlainAnswer[] = [];

beforeAll(async () => {
  shop = await startTestApp({ DATABASE_POOL_SIZE: '2', PAYMENT_TIMEOUT_MS: '500' });
  client = new ClockedClient(() => shop.base);
  ({ variantId } = await makeVariant(shop, { stock: STOCK }));
}, 60_000);
afterAll(async () => {
  client.close();
  await shop.close();
});

async function whileLocked<T>(work: (held: () => boolean) => Promise<T>): Promise<T> {
  return withDatabase(shop, async (locker) => {
    await locker.query('begin; lock table cart in access exclusive mode');
    let held = true;
    setTimeout(() => void locker.query('rollback').finally(() => (held = false)), HELD_MS);
    try {
      return await work(() => held);
    } finally {
      await eventually(
        () => Promise.resolve(held),
        (still) => !still,
      );
    }
  });
}

const status = async (path: string) => (await fetch(shop.base + path)).status;

/** Whether the workers take a job that is due now. */
async function expectJobTaken(): Promise<void> {
  await withDatabase(shop, async (outside: pg.Client) => {
    await outside.query(`select graphile_worker_recovery.add_job('orders.recover', '{}', job_key => 'proof')`);
    await eventually(
      async () =>
        (await outside.query(`select from graphile_worker_recovery.jobs where key = 'proof' and locked_at is null`))
          .rowCount,
      (waiting) => waiting === 0,
      5_000,
    );
  });
}

async function charges() {
  return withDatabase(shop, async (outside) => {
    const { rows } = await outside.query<{ key: string; amount: string }>(
      `select key, amount::text from test_provider_charge where status = 'captured'`,
    );
    return rows.map(({ key, amount }) => ({ key, captured: BigInt(amount) }));
  });
}

describe.each(Array.from({ length: ROUNDS }, (_, index) => index + 1))('connections, round %i,', () => {
  it('that are all taken, cost some an answer of 503, and nobody more than that', async () => {
    // Recovery settles these when it has a connection again.
    bought.push(...(await buyAtOnce({ client, variantId, count: 2, token: 'tok_timeout_charged' })));
    let turnedAway = 0;
    const buying = await whileLocked(async (held) => {
      // In an object: an async function would wait for the buyers themselves.
      const buyers = { finished: buyAtOnce({ client, variantId, count: BUYERS }) };
      const knocking = knock(client, variantId, BUYERS, () => !held());
      await expectJobTaken();
      while (held()) {
        const started = Date.now();
        expect(await status('/health/live')).toBe(200);
        expect(Date.now() - started).toBeLessThan(2_000);
        await new Promise((done) => setTimeout(done, 250));
      }
      turnedAway = (await knocking).filter((answer) => answer.status === 503).length;
      return buyers;
    });
    await eventually(
      () => status('/health/ready'),
      (code) => code === 200,
      5_000,
    );
    bought.push(...(await buying.finished));
    expect(turnedAway).toBeGreaterThan(0);
    // A 503 without Retry-After, and a 500, would be among these.
    expect(client.faults.splice(0)).toEqual([]);
    expect(client.met.noAnswer).toBe(0);
    expect(client.takeLongestMs()).toBeLessThan(ANSWER_MS);
    const paid = await expectNothingLost({
      databaseUrl: shop.databaseUrl,
      config: shop.app.get(Config),
      variantId,
      stock: STOCK,
      answers: bought,
      charges,
    });
    expect(paid).toBe(bought.length);
  }, 90_000);
});
