import { afterEach, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { isExact, planSales, readRows, renderReport, replay, slugOf } from '../../replay/index.mjs';
import type { Plan, Result } from '../../replay/index.mjs';
import { FakeShop, type Faults } from './fake-shop.js';

const SAMPLE = join(import.meta.dirname, '../../replay/sample.csv');
const SILENT = { begin: () => undefined, tick: () => undefined, end: () => undefined };

describe('replaying the sample', () => {
  const running: FakeShop[] = [];
  afterEach(async () => {
    for (const shop of running.splice(0)) await shop.stop();
  });

  async function sell(faults: Faults = {}, times = 1): Promise<{ shop: FakeShop; plan: Plan; result: Result }> {
    const shop = new FakeShop(faults);
    running.push(shop);
    const base = await shop.start();
    const plan = await planSales(readRows(SAMPLE));
    const options = { base, email: 'admin@example.com', password: 'secret', concurrency: 4, timeoutMs: 5_000 };
    let result = await replay(plan, options, SILENT);
    for (let n = 1; n < times; n += 1) result = await replay(plan, options, SILENT);
    return { shop, plan, result };
  }

  it('agrees with a shop that does its work', async () => {
    const { shop, plan, result } = await sell();
    expect(result.problems).toEqual([]);
    expect(isExact(plan, result)).toBe(true);
    expect(result).toMatchObject({ orders: 8, amount: 15519n, refunds: 4, refundAmount: 3825n, reusedProducts: 0 });
    expect(shop.orders.size).toBe(8);
    const left = new Map([...shop.variants.values()].map(({ sku, onHand }) => [sku, onHand]));
    for (const [sku, { stock, sold, restocked }] of plan.products) expect(left.get(sku)).toBe(stock - sold + restocked);
    expect(renderReport(plan, result)).toContain('Equal to the penny and to the unit.');
  });

  it('takes a refund as it was answered where the shop does not tell of it later', async () => {
    const { plan, result } = await sell({ tellsNoRefunds: true });
    expect(isExact(plan, result)).toBe(true);
    expect(result.refundAmount).toBe(3825n);
  });

  it('renews its token instead of signing in again', async () => {
    const { shop } = await sell();
    expect(shop.signIns).toBe(1);
    expect(shop.refreshes).toBeGreaterThan(0);
  });

  it('can be run again over what it made', async () => {
    const { plan, result, shop } = await sell({}, 2);
    expect(result.problems).toEqual([]);
    expect(isExact(plan, result)).toBe(true);
    expect(result.reusedProducts).toBe(plan.products.size);
    expect(shop.orders.size).toBe(16);
  });

  it('asks again after a broken connection or a 503, and does nothing twice', async () => {
    const { plan, result, shop } = await sell({ stumbles: true });
    expect(result.problems).toEqual([]);
    expect(isExact(plan, result)).toBe(true);
    expect(result.repeated).toBeGreaterThan(0);
    expect(shop.orders.size).toBe(8);
  });

  it.each<[string, Faults, RegExp]>([
    ['does not take what it sells', { losesUnits: true }, /stock of 10001A: on hand: expected \d+, found \d+/],
    ['keeps its prices', { keepsPrices: true }, /order 700002: price of 10001A: expected 506, found 255/],
    ['does not put back what it refunds', { neverRestocks: true }, /stock of 10002: on hand/],
    [
      'keeps no note of its refunds',
      { forgetsRefunds: true },
      /order 700007 read again: refunded lines: .* 1020, found 0/,
    ],
    ['refuses orders', { refusesOrders: true }, /POST \/v1\/orders answered 409, inventory.insufficient_stock: short/],
  ])('notices a shop that %s', async (_, faults, problem) => {
    const { plan, result } = await sell(faults);
    expect(isExact(plan, result)).toBe(false);
    expect(result.problems.join('\n')).toMatch(problem);
    expect(renderReport(plan, result)).toContain('NOT EQUAL.');
  });

  it('says so when there is no shop', async () => {
    const plan = await planSales(readRows(SAMPLE));
    const nowhere = { base: 'http://127.0.0.1:9', email: 'a', password: 'b', concurrency: 1, timeoutMs: 1_000 };
    const result = await replay(plan, nowhere, SILENT);
    expect(isExact(plan, result)).toBe(false);
    expect(result.problems.join()).toContain('GET /health/ready: connect ECONNREFUSED');
  });
});

describe('the address of a stock code', () => {
  it('tells apart what differs in capitals or signs alone', () => {
    const codes = ['85123A', '85123a', 'BANK CHARGES', 'BANK-CHARGES', 'gift_0001_40', 'GIFT', 'M', 'm', '£', 'POST'];
    const slugs = codes.map(slugOf);
    expect(new Set(slugs).size).toBe(codes.length);
    for (const slug of slugs) expect(slug).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(slugOf('85123A')).toBe('item-85123a');
  });
});
