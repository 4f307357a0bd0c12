import { expect } from '@jest/globals';
import { runAudit } from '../../../src/audit.js';
import type { Config } from '../../../src/platform/config/index.js';
import { eventually, withDatabase, type OrderJson } from '../../support/shop-fixture.js';
import type { PlainAnswer } from '../support/patient-client.js';
import { noneOpen, openWork } from '../support/proof-shop.js';
import { HURRY_JOBS } from '../../support/jobs.js';

/** What the provider holds of a charge, in minor units. */
export interface Charge {
  readonly key: string;
  readonly captured: bigint;
}

export interface Sold {
  readonly databaseUrl: string;
  /** To ask the providers with. */
  readonly config: Config;
  readonly variantId: string;
  /** Of that variant, at the beginning. */
  readonly stock: number;
  readonly answers: readonly PlainAnswer[];
  /** All that the provider has charged, whomever for. */
  readonly charges: () => Promise<readonly Charge[]>;
}

interface OrderRow {
  readonly id: string;
  readonly status: string;
  readonly total: string;
  /** The ids of its payment attempts: the provider's keys. */
  readonly keys: string[];
}

/**
 * Waits until the shop has done, by itself, all that is left to do, and holds what was sold against the answers, the charges, the stock
 * and the audit.
 * @returns how many orders were paid
 */
export async function expectNothingLost(sold: Sold, restMs = 30_000): Promise<number> {
  await eventually(() => openWork(sold), noneOpen, restMs);
  const rows = await ordersOf(sold);
  const charged = new Map((await sold.charges()).map(({ key, captured }) => [key, captured]));
  const wrong = rows.filter(({ status, total, keys }) => {
    const taken = keys.map((key) => charged.get(key) ?? 0n).filter((captured) => captured > 0n);
    return status === 'paid' ? taken.length !== 1 || taken[0] !== BigInt(total) : taken.length > 0;
  });
  expect(wrong).toEqual([]);
  expect(rows.filter(({ status }) => status !== 'paid' && status !== 'payment_failed')).toEqual([]);
  expectAnswered(sold, rows);
  const paid = rows.filter(({ status }) => status === 'paid').length;
  expect(await stockOf(sold)).toEqual([{ on_hand: sold.stock - paid, reserved: 0 }]);
  const findings = await runAudit({ databaseUrl: sold.databaseUrl, providers: sold.config });
  expect(findings.filter(({ count }) => count > 0)).toEqual([]);
  return paid;
}

/** Who was told of an order has it, everyone another one, and no order was paid of which nobody was told. */
function expectAnswered({ answers }: Sold, rows: readonly OrderRow[]): void {
  expect(answers.filter(({ status }) => status !== 201 && status !== 402)).toEqual([]);
  const told = answers.filter(({ status }) => status === 201).map(({ text }) => (JSON.parse(text) as OrderJson).id);
  expect(new Set(told).size).toBe(told.length);
  const known = new Set(rows.map(({ id }) => id));
  expect(told.filter((id) => !known.has(id))).toEqual([]);
  const heard = new Set(told);
  expect(rows.filter(({ id, status }) => status === 'paid' && !heard.has(id))).toEqual([]);
}

function ordersOf(sold: Sold): Promise<OrderRow[]> {
  return query<OrderRow>(
    sold,
    `select o.id::text, o.status::text, o.total::text, array(select p.id::text from payment_attempt p where p.order_id = o.id) as keys
     from "order" o where exists (select from order_line i where i.order_id = o.id and i.variant_id = $1)`,
  );
}

function stockOf(sold: Sold): Promise<object[]> {
  return query(sold, 'select on_hand, reserved from stock_item where variant_id = $1');
}

function query<Row extends object>(sold: Sold, text: string): Promise<Row[]> {
  return withDatabase(sold, async (client) => (await client.query(text, [sold.variantId])).rows as Row[]);
}

/** Lets what waits for its next try be tried now. */
export async function hurryJobs(target: { readonly databaseUrl: string }): Promise<void> {
  await withDatabase(target, (client) => client.query(HURRY_JOBS));
}
