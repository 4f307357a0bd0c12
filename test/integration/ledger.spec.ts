import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LedgerFacade } from '../../src/payments/index.js';
import { newId, type PaymentId, type RefundId } from '../../src/platform/ids/index.js';
import { startPaymentsShop, type PaymentsShop } from '../support/payments-shop.js';

let shop: PaymentsShop;
let ledger: LedgerFacade;

beforeAll(async () => {
  shop = await startPaymentsShop();
  ledger = shop.app.get(LedgerFacade);
});

afterAll(() => shop.close());

const PARTS = { goods: 1_000n, shipping: 400n, tax: 280n };

interface Booking {
  readonly paymentId: PaymentId;
  readonly orderId: string;
  readonly provider: string;
  readonly currency: string;
  readonly occurredAt: Date;
}

function booking(): Booking {
  const occurredAt = shop.clock.now();
  return { paymentId: newId<PaymentId>(), orderId: newId(), provider: 'test', currency: 'GBP', occurredAt };
}

function capture(about: Booking, parts: typeof PARTS | null = PARTS, fee: bigint | null = null): Promise<void> {
  const known = fee === null ? null : { amount: fee, occurredAt: about.occurredAt };
  return shop.db.transaction((tx) => ledger.bookCapture(tx, { ...about, amount: 1_680n, parts, fee: known }));
}

function refund(about: Booking, amount: bigint, refundedBefore: bigint, refundId = newId<RefundId>()): Promise<void> {
  return shop.db.transaction((tx) => ledger.bookRefund(tx, { ...about, refundId, amount, refundedBefore }));
}

/** What the order's entries leave on each account. */
async function balances(orderId: string): Promise<Record<string, bigint>> {
  const rows = await shop.db.prisma.ledgerPosting.groupBy({
    by: ['account'],
    where: { entry: { orderId } },
    _sum: { amount: true },
    orderBy: { account: 'asc' },
  });
  return Object.fromEntries(rows.map(({ account, _sum }) => [account, _sum.amount ?? 0n]));
}

const entriesOf = (orderId: string) => shop.db.prisma.ledgerEntry.count({ where: { orderId } });

describe('the ledger', () => {
  it('books a capture by what it was paid for, its fee, and refunds in the same shares', async () => {
    const about = booking();
    await capture(about);
    // Known later: the same capture again, and its fee.
    await capture(about, PARTS, 45n);
    expect(await entriesOf(about.orderId)).toBe(2);
    expect(await balances(about.orderId)).toEqual({
      ...{ fees: 45n, 'provider:test': 1_635n, sales: -1_000n, shipping: -400n, tax: -280n },
    });
    await refund(about, 168n, 0n);
    expect(await balances(about.orderId)).toMatchObject({ sales: -900n, shipping: -360n, tax: -252n });
    await refund(about, 1n, 168n);
    await refund(about, 1_511n, 169n);
    expect(await balances(about.orderId)).toEqual({
      ...{ fees: 45n, 'provider:test': -45n, sales: 0n, shipping: 0n, tax: 0n },
    });
  });

  it('keeps money apart that was taken for an order that had been given up, until it is given back', async () => {
    const about = booking();
    await capture(about, null);
    expect(await balances(about.orderId)).toEqual({ 'provider:test': 1_680n, unapplied: -1_680n });
    await refund(about, 1_680n, 0n);
    expect(await balances(about.orderId)).toEqual({ 'provider:test': 0n, unapplied: 0n });
  });

  it('books each thing once, whoever books it again and at the same time', async () => {
    const about = booking();
    await Promise.all([capture(about), capture(about, PARTS, 45n), capture(about, PARTS, 45n)]);
    const refundId = newId<RefundId>();
    await Promise.all([refund(about, 10n, 0n, refundId), refund(about, 10n, 0n, refundId)]);
    await refund(about, 10n, 10n, refundId);
    expect(await entriesOf(about.orderId)).toBe(3);
    expect(await balances(about.orderId)).toMatchObject({ 'provider:test': 1_625n, fees: 45n });
  });

  it('books nothing of nothing', async () => {
    const about = booking();
    const none = { goods: 0n, shipping: 0n, tax: 0n };
    const nothing = { amount: 0n, occurredAt: about.occurredAt };
    await shop.db.transaction((tx) => ledger.bookCapture(tx, { ...about, amount: 0n, parts: none, fee: nothing }));
    expect(await entriesOf(about.orderId)).toBe(0);
  });

  it('refuses a refund of what was never booked, and of more than was', async () => {
    const about = booking();
    await expect(refund(about, 1n, 0n)).rejects.toThrow(/not in the books/);
    await capture(about);
    await expect(refund(about, 1n, 1_680n)).rejects.toThrow(RangeError);
  });

  it('is kept by the database: balanced, and never changed', async () => {
    const about = booking();
    await capture(about);
    const entry = await shop.db.prisma.ledgerEntry.findFirstOrThrow({ where: { orderId: about.orderId } });
    const broken = [
      `update ledger_posting set amount = amount + 1 where entry_id = '${entry.id}'`,
      `delete from ledger_posting where entry_id = '${entry.id}'`,
      `insert into ledger_posting (entry_id, account, amount) values ('${entry.id}', 'fees', 1)`,
      `insert into ledger_posting (entry_id, account, amount) values ('${entry.id}', 'fees', 0)`,
      `update ledger_entry set order_id = gen_random_uuid() where id = '${entry.id}'`,
      `truncate ledger_entry cascade`,
      `insert into ledger_entry (id, source, kind, order_id, provider, currency, occurred_at)
        values (gen_random_uuid(), 'nothing', 'capture', gen_random_uuid(), 'test', 'GBP', now())`,
    ];
    for (const sql of broken) await expect(shop.db.pool.query(sql)).rejects.toThrow(/append-only|balance|violates/);
    expect(await balances(about.orderId)).toMatchObject({ 'provider:test': 1_680n, sales: -1_000n });
  });
});
