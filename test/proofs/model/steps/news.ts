import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { agreeOnOrder, agreeOnStatus } from '../compare.js';
import { approve, at, fail, wrap, type Model } from '../model.js';
import { defineStep, place } from '../step.js';
import type { World } from '../world.js';
import { JOBS } from '../../../support/jobs.js';

const PATIENCE_MS = 10_000;

/** News of an order's payment or of one of its refunds. */
interface News {
  readonly order: number;
  readonly refund: boolean;
  readonly copies: number;
}

/** What the news may tell of; without refunds, of the payment. */
async function subjectOf(world: World, order: number, refund: boolean): Promise<{ kind: string; key: string }> {
  const table = refund ? 'refund' : 'payment_attempt';
  const find = (from: string) =>
    world.host.database.query<{ id: string }>(`select id from ${from} where order_id = $1 order by id limit 1`, [
      at(world.orders, order).id,
    ]);
  const key = (await find(table)).rows[0]?.id;
  if (key !== undefined) return { kind: refund ? 'refund' : 'charge', key };
  return { kind: 'charge', key: (await find('payment_attempt')).rows[0]?.id ?? '' };
}

/** Signed by the provider, as often as it pleases, and of whatever it pleases: the type is a hint that the shop must not trust. */
async function deliver(world: World, order: number, { refund, copies }: News, type: string): Promise<void> {
  const { sign } = world.host.provider;
  const id = `evt_${randomUUID()}`;
  const subject = await subjectOf(world, order, refund);
  world.name(subject.key, `$o${order}.${subject.kind}`);
  const news = { id, type, occurredAt: new Date().toISOString(), data: subject };
  const headers = sign?.(id, JSON.stringify(news)) ?? {};
  const request = { who: null, method: 'POST', path: '/v1/payments/test/webhooks', body: news, headers } as const;
  for (const answer of await Promise.all(Array.from({ length: copies }, () => world.send(request))))
    agreeOnStatus(answer, 200);
}

/** Waits until the shop has acted on all that it was told: later the same news may mean something else. */
async function heard(world: World): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const { rows } = await world.host.database.query(
      `select 1 from outbox_event where type = 'payments.news' and dispatched_at is null
       union all select 1 from ${JOBS} as job where task_identifier = 'orders:payments.news' limit 1`,
    );
    if (rows.length === 0) return;
    if (Date.now() > end) throw new Error(`The shop has not acted on the news within ${PATIENCE_MS} ms`);
    await new Promise((done) => setTimeout(done, 20));
  }
}

const TYPES = ['charge.captured', 'charge.declined', 'charge.voided', 'refund.succeeded'] as const;

const tellNews = defineStep<{ news: News[]; type: string }>({
  name: 'tellNews',
  weight: 5,
  parameters: {
    news: fc.array(
      fc.record({
        order: place(),
        refund: fc.constantFrom(false, false, true),
        copies: fc.integer({ min: 1, max: 3 }),
      }),
      { minLength: 1, maxLength: 3, size: 'max' },
    ),
    type: fc.constantFrom(...TYPES),
  },
  applies: (model) => model.settings.news && model.orders.length > 0,
  run: async (model, world, { news, type }) => {
    const told = news.map((one) => ({ ...one, order: wrap(one.order, model.orders.length) }));
    await Promise.all(told.map((one) => deliver(world, one.order, one, type)));
    await heard(world);
    for (const { order } of told) listen(model, order);
    for (const { order } of told) await compare(model, world, order);
  },
});

/** What the shop finds when it asks the provider: the truth, of which it may have heard nothing yet. */
function listen(model: Model, index: number): void {
  const order = at(model.orders, index);
  if (order.status !== 'pending_payment') return;
  if (order.unanswered === 'charged') approve(model, order);
  if (order.unanswered === 'declined') fail(model, order);
}

async function compare(model: Model, world: World, index: number): Promise<void> {
  const path = `/v1/orders/${at(world.orders, index).id}`;
  const answer = await world.send({ who: 'staff', method: 'GET', path });
  agreeOnOrder(world, `o${index}`, at(model.orders, index), answer.json);
}

export const newsSteps = [tellNews];
