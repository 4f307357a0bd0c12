import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { withDatabase } from '../../support/shop-fixture.js';
import type { PlainAnswer } from '../support/patient-client.js';
import { expectedLate, expectedOf, type Facts } from './expected.js';
import { orderIn } from './requests.js';
import type { Outcome, Run, Told } from './run.js';
import { nameOf } from './scenarios.js';

/** What is wrong with a request's end: each as a sentence with what was found. */
export type Faults = readonly string[];

/** A cancelled order's money is given back half a minute after a process died of cancelling it. */
const TO_HEAL_MS = 60_000;

/** Waits until every request has come to the end that it must, but not for ever, and tells of those that have not. */
export async function judgePoints(run: Run): Promise<ReadonlyMap<Outcome, Faults>> {
  const deadline = Date.now() + TO_HEAL_MS;
  let found: Map<string, FoundFacts>;
  do {
    found = await findFacts(run);
    if (run.outcomes.every(({ told }) => told.every((one) => isAsExpected(one, found)))) break;
    await sleep(250);
  } while (Date.now() < deadline);
  const verdict = new Map<Outcome, Faults>();
  for (const outcome of run.outcomes) {
    const faults: string[] = [];
    for (const one of outcome.told)
      faults.push(...(await faultsOf(run, one, found)).map((fault) => `${nameOf(one.request.deed)}: ${fault}`));
    verdict.set(outcome, faults);
  }
  return verdict;
}

interface FoundFacts extends Facts {
  /** Every order of the variant. */
  readonly all: readonly { readonly id: string; readonly number: string; readonly status: string }[];
}

function isAsExpected(told: Told, found: ReadonlyMap<string, FoundFacts>): boolean {
  const facts = found.get(told.request.variantId);
  const { deed } = told.request;
  const allowed = isLate(told) ? expectedLate(deed) : [expectedOf(deed).facts];
  return facts !== undefined && allowed.some((one) => isDeepStrictEqual(factsOf(facts), one));
}

/** "The payment provider has not answered", and not because the token wants it so. */
function isLate({ request: { deed }, final }: Told): boolean {
  if (deed.kind !== 'place' || deed.token.startsWith('tok_timeout')) return false;
  const order = orderIn(final);
  return order?.status === 'pending_payment' && order.nextAction === null;
}

async function faultsOf(run: Run, told: Told, found: ReadonlyMap<string, FoundFacts>): Promise<string[]> {
  const { request, before, final } = told;
  const expected = expectedOf(request.deed);
  const facts = found.get(request.variantId);
  const faults: string[] = [];
  if (!facts || !isAsExpected(told, found))
    faults.push(`expected ${JSON.stringify(expected.facts)}, found ${JSON.stringify(facts)}`);
  if (final.status !== expected.status && !isLate(told))
    faults.push(`answered ${show(final)}, expected ${expected.status}`);
  if (before && !sameAnswer(before, final)) faults.push(`was told ${show(before)}, then ${show(final)}`);
  const again = await run.shop.client.untilFinal(request.call);
  if (!sameAnswer(final, again)) faults.push(`the key stood for ${show(final)}, then for ${show(again)}`);
  for (const answer of [before, final]) {
    const order = answer && orderIn(answer);
    if (!order) continue;
    const headers = { authorization: `Bearer ${run.adminToken}` };
    const read = await run.shop.client.untilFinal({ method: 'GET', path: `/v1/orders/${order.id}`, headers });
    const there = orderIn(read);
    if (there?.number !== order.number) faults.push(`the order of ${show(answer)} is ${show(read)}`);
    const standing = facts?.all.filter(({ status }) => status !== 'payment_failed') ?? [];
    if (standing.some(({ id }) => id !== order.id))
      faults.push(`${show(answer)}, but the order that stands is another`);
  }
  return faults;
}

/** Word for word, but for the id that each request has in a problem. */
function sameAnswer(one: PlainAnswer, other: PlainAnswer): boolean {
  if (one.status !== other.status) return false;
  if (one.status < 300) return one.text === other.text;
  const codeOf = ({ text }: PlainAnswer) => (JSON.parse(text) as { code?: string }).code;
  return codeOf(one) === codeOf(other);
}

function show({ status, text }: PlainAnswer): string {
  return `${status} ${text.slice(0, 400)}`;
}

function factsOf({ orders, onHand, reserved, charges, refunds, confirmations }: FoundFacts): Facts {
  return { orders, onHand, reserved, charges, refunds, confirmations };
}

interface Row extends Omit<FoundFacts, 'orders' | 'confirmations'> {
  readonly variantId: string;
}

/** By variant. A variant is one request's, so that whatever is made for it twice is seen. */
async function findFacts({ shop }: Run): Promise<Map<string, FoundFacts>> {
  const rows = await withDatabase(shop, async (client) => (await client.query<Row>(FACTS)).rows);
  const mails = shop.confirmations();
  return new Map(
    rows.map(({ variantId, ...row }) => {
      const orders = row.all.map(({ status }) => status).filter((status) => status !== 'payment_failed');
      const confirmations = row.all.reduce((sum, { number }) => sum + (mails.get(number) ?? 0), 0);
      return [variantId, { ...row, orders, confirmations }];
    }),
  );
}

/** The provider's own records, by the keys that it was given; a refund counts where the provider says so. */
const FACTS = `
  with ordered as (select distinct o.id, o.number, o.status::text, l.variant_id from "order" o join order_line l on l.order_id = o.id)
  select s.variant_id::text as "variantId", s.on_hand as "onHand", s.reserved,
    coalesce((select json_agg(json_build_object('id', o.id, 'number', o.number, 'status', o.status))
              from ordered o where o.variant_id = s.variant_id), '[]') as "all",
    (select count(*)::int from ordered o join payment_attempt p on p.order_id = o.id
       join test_provider_charge c on c.key = p.id::text and c.status = 'captured'
     where o.variant_id = s.variant_id) as charges,
    (select count(*)::int from ordered o join payment_attempt p on p.order_id = o.id
       join test_provider_refund r on r.charge_key = p.id::text where o.variant_id = s.variant_id) as refunds
  from stock_item s`;
