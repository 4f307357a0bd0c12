import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { join } from 'node:path';
import {
  classify,
  formatMinor,
  parseMinor,
  planSales,
  readRows,
  spreadOverOrders,
  untilDay,
} from '../../replay/index.mjs';
import type { LeftKind, OrderLine, Plan, Row } from '../../replay/index.mjs';

const SAMPLE = join(import.meta.dirname, '../../replay/sample.csv');

function row(values: Partial<Row>): Row {
  const usual = { line: 2, description: 'A THING', at: '2010-12-01 08:26:00', country: 'United Kingdom' };
  return { ...usual, invoice: '1', sku: 'A', quantity: '1', price: '1.0', customer: '7.0', ...values };
}

describe('prices as written', () => {
  it.each([
    ['2.55', 255n],
    ['2.1', 210n],
    ['18.0', 1800n],
    ['7', 700n],
    ['0.850', 85n],
    ['13541.33', 1354133n],
    ['-110.62', -11062n],
    ['1.15', 115n],
  ])('reads %s as %s', (text, amount) => expect(parseMinor(text)).toBe(amount));

  it.each(['', '1,5', '0.001', '1e3', 'NaN', '.5', '5.', '0x10'])('refuses %p', (text) =>
    expect(parseMinor(text)).toBeNull(),
  );

  it('gives back every amount that it writes', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 13n), max: 10n ** 13n }), (amount) =>
        expect(parseMinor(formatMinor(amount).replaceAll(',', ''))).toBe(amount),
      ),
    );
    expect(formatMinor(82374614n)).toBe('823,746.14');
  });
});

describe('what a line is', () => {
  const cases: [string, Partial<Row>, LeftKind][] = [
    ['a stock correction', { quantity: '-5', price: '0.0', customer: '' }, 'correction'],
    ['a gift', { price: '0.0' }, 'unpriced'],
    ['bookkeeping', { invoice: 'A9', price: '-5.0' }, 'negativePrice'],
    ['more than a cart holds', { quantity: '100001' }, 'tooMany'],
    ['a price finer than a penny', { price: '0.001' }, 'unreadable'],
    ['no quantity', { quantity: 'six' }, 'unreadable'],
    ['no stock code', { sku: '' }, 'unreadable'],
    ["nobody's cancellation", { invoice: 'C1', quantity: '-1', customer: '' }, 'cancellationUnknownCustomer'],
    ['a cancellation of more', { invoice: 'C1' }, 'cancellationOdd'],
  ];
  it.each(cases)('leaves out %s', (_, values, why) =>
    expect(classify(row(values))).toMatchObject({ kind: 'left', why }),
  );

  it('sells anything with a quantity and a price, postage and strangers included', () => {
    const line = classify(row({ sku: 'POST', quantity: '3', price: '18.0', customer: '' }));
    expect(line).toEqual({ kind: 'sale', sku: 'POST', quantity: 3, price: 1800n, customer: null });
  });

  it('reads a cancellation as units to take back', () => {
    const line = classify(row({ invoice: 'C1', quantity: '-4', customer: '17850.0' }));
    expect(line).toEqual({ kind: 'cancellation', sku: 'A', quantity: 4, price: 100n, customer: '17850' });
  });
});

describe('the orders of an invoice', () => {
  it('merges equal lines and gives a second price its own order', () => {
    const line = (sku: string, quantity: number, price: bigint): OrderLine => ({ sku, quantity, price });
    const orders = spreadOverOrders([line('A', 1, 5n), line('A', 2, 6n), line('A', 3, 5n), line('a', 4, 7n)]);
    expect(orders).toEqual([[line('A', 4, 5n), line('a', 4, 7n)], [line('A', 2, 6n)]]);
  });

  it('keeps within a thousand lines, and 100,000 of one article', () => {
    const lines = Array.from({ length: 1_001 }, (_, n) => ({ sku: `S${n}`, quantity: 60_000, price: 1n }));
    const orders = spreadOverOrders([...lines, { sku: 'S0', quantity: 60_000, price: 1n }]);
    expect(orders.map((order) => order.length)).toEqual([1_000, 2]);
  });

  it('loses nothing and never has two prices of one article in an order', () => {
    const line = fc.record({
      sku: fc.constantFrom('A', 'B', 'C'),
      quantity: fc.integer({ min: 1, max: 40_000 }),
      price: fc.constantFrom(1n, 2n, 3n),
    });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
        const orders = spreadOverOrders(lines);
        for (const order of orders) expect(new Set(order.map(({ sku }) => sku)).size).toBe(order.length);
        for (const { quantity } of orders.flat()) expect(quantity).toBeLessThanOrEqual(100_000);
        const sum = (all: OrderLine[]) => all.reduce((total, l) => total + l.price * BigInt(l.quantity), 0n);
        expect(sum(orders.flat())).toBe(sum(lines));
      }),
    );
  });
});

describe('the plan of the sample file', () => {
  const planned = async (limit: string | number): Promise<Plan> => planSales(untilDay(readRows(SAMPLE), limit));

  it('has the sums that were added up by hand', async () => {
    const plan = await planned(Infinity);
    expect(plan.file).toMatchObject({ lines: 31, invoices: 11, cancellations: 6, unknownCountries: 1 });
    expect(plan.sales).toEqual({ orders: 8, invoices: 6, fileLines: 17, lines: 16, units: 69, amount: 15519n });
    expect(plan.refunds).toEqual({ refunds: 4, wholeLines: 3, partLines: 1, lines: 5, units: 25, amount: 3825n });
    expect(plan.priceChanges).toBe(7);
  });

  it('accounts for every line', async () => {
    const { file, sales, refunds, left } = await planned(Infinity);
    const leftLines = [...left.values()].reduce((sum, { lines }) => sum + lines, 0);
    expect(sales.fileLines + refunds.wholeLines + refunds.partLines + leftLines).toBe(file.lines);
    expect([...left.keys()]).toHaveLength(11);
    expect(left.get('cancellationRest')).toEqual({ lines: 0, units: 7, amount: -1785n });
  });

  it('tells capitals apart, titles from the first description, and stocks what is sold and something over', async () => {
    const { products } = await planned(Infinity);
    expect(products.get('10001A')).toMatchObject({ title: 'BLUE ENAMEL MUG', price: 255n, sold: 16, restocked: 10 });
    expect(products.get('10001a')).toMatchObject({ title: 'BLUE ENAMEL MUG, CHIPPED', sold: 2, restocked: 0 });
    expect(products.get('10003')?.title).toBe('PAPER STAR LANTERN');
    for (const { stock, sold } of products.values()) expect(stock).toBeGreaterThan(sold);
  });

  it('takes units back from the latest earlier sale at that price, over several orders if need be', async () => {
    const { operations } = await planned(Infinity);
    const refunds = operations.filter((operation) => operation.type === 'refund');
    expect(refunds.map(({ id, lines }) => [id, lines.map(({ sku, quantity }) => `${quantity} ${sku}`)])).toEqual([
      ['C700005 of 700001', ['2 10001A']],
      ['C700010 of 700007', ['4 10001A']],
      ['C700010 of 700001', ['2 10001A', '15 10002']],
      ['C700011 of 700001', ['2 10001A']],
    ]);
  });

  it('sells to the customer by number and to strangers by invoice', async () => {
    const { operations } = await planned(Infinity);
    const sales = operations.filter((operation) => operation.type === 'sale');
    expect(sales.map(({ id, email, country }) => [id, email, country])).toEqual([
      ['700001', 'customer-20001@example.com', 'GB'],
      ['700002', 'invoice-700002@example.com', 'GB'],
      ['700002/2', 'invoice-700002@example.com', 'GB'],
      ['700002/3', 'invoice-700002@example.com', 'GB'],
      ['700007', 'customer-20001@example.com', 'GB'],
      ['700008', 'customer-20002@example.com', 'IE'],
      ['700009', 'customer-20003@example.com', 'JE'],
      ['700017', 'customer-20004@example.com', 'GB'],
    ]);
  });

  it('stops after a number of days or at a date', async () => {
    const [byNumber, byDate] = [await planned(1), await planned('2010-12-01')];
    expect(byNumber).toEqual(byDate);
    expect(byNumber.file).toMatchObject({ lines: 21, firstDay: '2010-12-01', lastDay: '2010-12-01' });
  });
});

describe('any file', () => {
  const sale = fc.record({
    invoice: fc.constantFrom('1', '2', '3', 'C4', 'C5', '6'),
    sku: fc.constantFrom('A', 'a', 'B'),
    quantity: fc.integer({ min: -9, max: 9 }).map(String),
    price: fc.constantFrom('1.0', '1.5', '0.0', '0.001'),
    customer: fc.constantFrom('7.0', '8.0', ''),
  });

  it('is planned so that no unit is refunded twice, before its sale, or at another price', async () => {
    const anyRows = fc.array(sale, { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(anyRows, async (values) => {
        const { operations, file, sales, refunds, left, products } = await planSales(values.map(row));
        const units = new Map<string, number>();
        for (const [index, operation] of operations.entries()) {
          const isSale = operation.type === 'sale';
          const order = isSale ? index : operation.sale;
          expect(order).toBeLessThanOrEqual(index);
          for (const { sku, quantity, price } of operation.lines) {
            const key = `${order} ${sku} ${price}`;
            units.set(key, (units.get(key) ?? 0) + (isSale ? quantity : -quantity));
            expect(units.get(key)).toBeGreaterThanOrEqual(0);
          }
        }
        const kept = [...products.values()].reduce((sum, { sold, restocked }) => sum + sold - restocked, 0);
        expect([...units.values()].reduce((sum, n) => sum + n, 0)).toBe(kept);
        expect(kept).toBe(sales.units - refunds.units);
        const leftLines = [...left.values()].reduce((sum, { lines }) => sum + lines, 0);
        expect(sales.fileLines + refunds.wholeLines + refunds.partLines + leftLines).toBe(file.lines);
      }),
    );
  });
});
