import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { isExact, planSales, readRows, replay } from '../replay/index.mjs';
import { breaches } from '../support/shop-fixture.js';
import { ADMIN, startTestApp, type TestApp } from '../support/test-app.js';

let shop: TestApp;

beforeEach(async () => {
  shop = await startTestApp();
});

afterEach(async () => {
  expect(await breaches(shop)).toEqual([]);
  await shop.close();
});

const silent = { begin: () => undefined, tick: () => undefined, end: () => undefined };

/** Sells the file in the running shop, and compares sums and stocks to the penny and the unit. */
async function sell(file: string): Promise<{ exact: boolean; problems: readonly string[]; orders: number }> {
  const plan = await planSales(readRows(file));
  const signIn = { email: ADMIN.email, password: ADMIN.password };
  const result = await replay(plan, { base: shop.base, ...signIn, concurrency: 4, timeoutMs: 60_000 }, silent);
  return { exact: isExact(plan, result), problems: result.problems, orders: result.orders };
}

describe('real sales', () => {
  it('the sample, with every kind of line that is left out, is sold exactly', async () => {
    const { problems, exact, orders } = await sell(join(process.cwd(), 'test/replay/sample.csv'));
    expect(problems).toEqual([]);
    expect(exact).toBe(true);
    expect(orders).toBeGreaterThan(5);
  }, 60_000);

  const file = process.env['REPLAY_FILE'];
  if (file)
    it('the file that was given is sold exactly', async () => {
      const { problems, exact } = await sell(file);
      expect(problems).toEqual([]);
      expect(exact).toBe(true);
    }, 400_000);
  else it.skip('REPLAY_FILE is not set: no real sales to replay', () => undefined);
});
