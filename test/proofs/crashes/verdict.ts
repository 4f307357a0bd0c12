import { setTimeout as sleep } from 'node:timers/promises';
import { withDatabase } from '../../support/shop-fixture.js';
import { auditCleanWithin } from '../support/audit.js';
import { noneOpen, openWork } from '../support/proof-shop.js';
import { repeat, type Purchase } from './buyers.js';
import { STOCK, type Storm } from './storm.js';
import { JOBS } from '../../support/jobs.js';

/** What was counted after a storm, when all had come to rest by itself. */
export interface Verdict {
  /** From the last answer until nothing was open, all mails were sent and the audit was clean. */
  readonly restedAfterMs: number;
  readonly auditCleanAfterMs: number;
  readonly orders: number;
  readonly paid: number;
  readonly paidExpected: number;
  /** Keys whose order is not there, or not as it must be. */
  readonly lost: readonly string[];
  /** Carts with more than one order that stands. */
  readonly doubled: number;
  /** Answers that were not what the token must bring. */
  readonly wrongAnswers: readonly string[];
  /** Keys that were answered otherwise when they came again. */
  readonly changedAnswers: readonly string[];
  readonly repeated: number;
  readonly chargesAtProvider: number;
  /** Charges whose order is not paid with that amount, and paid orders without their charge. */
  readonly chargesAstray: number;
  readonly stockOff: readonly string[];
  readonly mailsMissing: number;
  /** Orders that were confirmed under more than one Message-ID. */
  readonly mailsDoubled: number;
  /** Mails that came twice as one and the same message, which a killed process cannot rule out (see RFC 5321, 4.5.4 and 6.1). */
  readonly mailsRepeated: number;
}

const SETTLES = ['tok_approved', 'tok_timeout_charged'];
const REST_MS = 20_000;

/** Waits until nothing is left to do, and counts. Throws when it does not come to rest, or when the audit finds something for 30 s. */
export async function judge(storm: Storm): Promise<Verdict> {
  const started = Date.now();
  await storm.fleet.whole();
  await rest(storm);
  const auditCleanAfterMs = await auditCleanWithin(storm.databaseUrl, 30_000);
  const restedAfterMs = Date.now() - started;
  const paidExpected = storm.purchases.filter(({ token }) => SETTLES.includes(token)).length;
  return {
    restedAfterMs,
    auditCleanAfterMs,
    paidExpected,
    ...(await countOrders(storm)),
    wrongAnswers: storm.purchases.filter(isWrong).map(({ key, answer }) => `${key} ${answer.status} ${answer.text}`),
    ...(await repeatAll(storm)),
    ...(await countCharges(storm)),
    stockOff: await stockOff(storm),
    ...(await countMails(storm)),
  };
}

/** Nobody helps: the recovery job, the outbox and the mails come to an end by themselves. */
async function rest(storm: Storm): Promise<void> {
  let least = Infinity;
  let deadline = 0;
  for (;;) {
    const work = await openWork(storm);
    if (noneOpen(work)) return;
    const left = work.attempts + work.refunds + work.events + work.jobs;
    // As many as there were orders may wait: it need not be over in a fixed time, but it must go on.
    if (left < least) {
      least = left;
      deadline = Date.now() + REST_MS;
    }
    if (Date.now() > deadline)
      throw new Error(`For ${REST_MS} ms there has been ${JSON.stringify(work)}: ${await waitingJobs(storm)}`);
    await sleep(250);
  }
}

async function waitingJobs(storm: Storm): Promise<string> {
  const jobs = await query(
    storm,
    `select task_identifier, attempts, run_at, locked_by, locked_at, left(last_error, 300) as last_error, now() as now
     from ${JOBS} as job order by run_at limit 10`,
  );
  return JSON.stringify(jobs);
}

function isWrong({ token, answer, order }: Purchase): boolean {
  if (token === 'tok_declined') return answer.status !== 402;
  return order === undefined;
}

interface OrderRow {
  readonly id: string;
  readonly number: string;
  readonly status: string;
  readonly total: string;
  readonly cart_id: string;
}

async function countOrders(storm: Storm): Promise<Pick<Verdict, 'orders' | 'paid' | 'lost' | 'doubled'>> {
  const rows = await query<OrderRow>(storm, `select id::text, number, status::text, total::text, cart_id from "order"`);
  const byId = new Map(rows.map((row) => [row.id, row]));
  const standing = rows.filter(({ status }) => status === 'paid');
  const lost = storm.purchases.flatMap(({ key, order, token, answer }) => {
    if (!order) return [];
    const row = byId.get(order.id);
    const status = SETTLES.includes(token) ? 'paid' : 'payment_failed';
    if (row?.status === status && row.number === order.number && Number(row.total) === order.total.amount) return [];
    return [`${key} (${token}) is ${JSON.stringify(row)}, answered ${answer.status} ${answer.text}`];
  });
  return {
    orders: rows.length,
    paid: standing.length,
    lost,
    doubled: standing.length - new Set(standing.map((row) => row.cart_id)).size,
  };
}

/** Every key once more: what a client was told still holds, word for word. */
async function repeatAll(storm: Storm): Promise<Pick<Verdict, 'changedAnswers' | 'repeated'>> {
  const changedAnswers: string[] = [];
  const waiting = storm.options.random.shuffled(storm.purchases).slice(0, 1_000);
  const repeated = waiting.length;
  const again = async () => {
    for (let one = waiting.pop(); one; one = waiting.pop()) {
      const { status, text } = await storm.client.untilFinal(repeat(one));
      const same = status === one.answer.status && (status !== 201 || text === one.answer.text);
      if (!same) changedAnswers.push(`${one.key}: ${one.answer.status} became ${status}`);
    }
  };
  await Promise.all(Array.from({ length: 8 }, again));
  return { changedAnswers, repeated };
}

async function countCharges(storm: Storm): Promise<Pick<Verdict, 'chargesAtProvider' | 'chargesAstray'>> {
  const [counted] = await query<{ charges: number; astray: number }>(
    storm,
    `select (select count(*)::int from test_provider_charge where status = 'captured') as charges,
       (select count(*)::int from (select * from test_provider_charge where status = 'captured') c
          full join (select p.id::text as key, o.total from "order" o
                     join payment_attempt p on p.order_id = o.id and p.status = 'captured' where o.status = 'paid') o
            on o.key = c.key
        where c.key is null or o.key is null or c.amount <> o.total) as astray`,
  );
  return { chargesAtProvider: counted?.charges ?? 0, chargesAstray: counted?.astray ?? 0 };
}

async function stockOff(storm: Storm): Promise<string[]> {
  const sold = new Map<string, number>();
  for (const { order, token } of storm.purchases)
    for (const { variantId, quantity } of order && SETTLES.includes(token) ? order.items : [])
      sold.set(variantId, (sold.get(variantId) ?? 0) + quantity);
  const rows = await query<{ variant_id: string; on_hand: number; reserved: number }>(
    storm,
    'select variant_id::text, on_hand, reserved from stock_item',
  );
  return rows
    .filter((row) => row.on_hand !== STOCK - (sold.get(row.variant_id) ?? 0) || row.reserved !== 0)
    .map((row) => JSON.stringify(row));
}

async function countMails(storm: Storm): Promise<Pick<Verdict, 'mailsMissing' | 'mailsDoubled' | 'mailsRepeated'>> {
  const confirmed = storm.mails.confirmations();
  const rows = await query<{ number: string }>(storm, `select number from "order" where status = 'paid'`);
  const ids = rows.map(({ number }) => confirmed.get(number) ?? []);
  const astray = confirmed.size - ids.filter(({ length }) => length > 0).length;
  return {
    mailsMissing: ids.filter(({ length }) => length === 0).length,
    mailsDoubled: ids.filter((list) => new Set(list).size > 1).length + astray,
    mailsRepeated: ids.reduce((sum, list) => sum + list.length - new Set(list).size, 0),
  };
}

function query<Row extends object>(storm: Storm, text: string): Promise<Row[]> {
  return withDatabase(storm, async (client) => (await client.query(text)).rows as Row[]);
}
