import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { newId } from '../../src/platform/ids/index.js';
import { Outbox } from '../../src/platform/outbox/index.js';
import { FanOut } from '../../src/webhooks/app/fan-out.service.js';
import { DeliverService } from '../../src/webhooks/app/deliver.service.js';
import { WebhookHousekeeping } from '../../src/webhooks/app/housekeeping.js';
import { SubscriptionsRepository } from '../../src/webhooks/data/subscriptions.repository.js';
import { newSecret } from '../../src/webhooks/domain/signature.js';
import { eventually } from '../support/shop-fixture.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';
import { startWebhooks, type DeliveryRow, type WebhooksApp } from '../support/webhooks-app.js';

const TOKEN = 'ot1_secret-of-the-guest-00000000000';

function refunded(type = 'orders.refunded') {
  const orderId = newId();
  const payload = {
    orderId,
    number: 'BR-7K3QX9',
    email: 'ada@customers.example',
    currency: 'GBP',
    accessToken: TOKEN,
    refundId: newId(),
    amount: 350,
  };
  return { type, subjectId: orderId, payload };
}

const isDelivered = ({ status }: DeliveryRow) => status === 'delivered';
const isFailed = ({ status }: DeliveryRow) => status === 'failed';
/** So many tries have been made, and the last is on record with what comes next. */
const tried =
  (times: number) =>
  ({ tries }: DeliveryRow) =>
    tries.length === times && tries.every(({ httpStatus, error }) => httpStatus !== null || error !== null);

const DAY = 86_400_000;

let shop: WebhooksApp;
let receivers: WebhookReceiver[];

beforeAll(async () => {
  shop = await startWebhooks();
  receivers = [];
});
afterAll(() => shop.close());
afterEach(async () => {
  await shop.db.prisma.webhookSubscription.deleteMany();
  for (const receiver of receivers.splice(0)) await receiver.stop();
  expect(shop.log.join('')).not.toMatch(/whsec_|ot1_secret|ada@customers/);
});

async function receiver(): Promise<WebhookReceiver> {
  const one = await new WebhookReceiver().start();
  receivers.push(one);
  return one;
}

describe('a delivery', () => {
  it('is a signed message of the event, that the official library verifies', async () => {
    const endpoint = await receiver();
    const { secret } = await shop.subscribe(endpoint.url('/in?key=1'));
    const event = refunded();
    const eventId = await shop.happen(event);
    const row = await shop.delivery(eventId, isDelivered);
    expect(row).toMatchObject({ attempts: 1, nextAttemptAt: null, failure: null, eventType: 'orders.refunded' });
    expect(row.tries).toMatchObject([{ httpStatus: 204, error: null }]);
    expect(endpoint.received).toHaveLength(1);
    const [{ method, url, headers, body }] = endpoint.received as [(typeof endpoint.received)[0]];
    expect([method, url, headers['content-type'], headers['webhook-id']]).toEqual([
      'POST',
      '/in?key=1',
      'application/json',
      eventId,
    ]);
    expect(body).toBe(row.payload);
    const verified = new Webhook(secret).verify(body, headers as Record<string, string>);
    expect(verified).toEqual({
      type: 'orders.refunded',
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      data: {
        orderId: event.subjectId,
        number: 'BR-7K3QX9',
        currency: 'GBP',
        refundId: event.payload.refundId,
        amount: { amount: 350, currency: 'GBP' },
      },
    });
  });

  it('goes once to each subscription of its type that is active, however often the event is handed over', async () => {
    const [all, some, others, off] = [await receiver(), await receiver(), await receiver(), await receiver()];
    await shop.subscribe(all.url());
    await shop.subscribe(some.url(), ['orders.paid', 'orders.refunded']);
    await shop.subscribe(others.url(), ['orders.cancelled']);
    await shop.subscribe(off.url(), ['*'], { disabledAt: new Date(), disabledReason: 'Not now' });
    const eventId = await shop.happen(refunded());
    const stored = await shop.db.prisma.outboxEvent.findUniqueOrThrow({ where: { id: eventId } });
    const fanOut = shop.app.get(FanOut);
    await Promise.all(Array.from({ length: 8 }, async () => fanOut.handOut(stored)));
    await eventually(
      async () => all.received.length + some.received.length,
      (count) => count === 2,
    );
    await fanOut.handOut(stored);
    await sleep(1500);
    expect([all, some, others, off].map(({ received }) => received.length)).toEqual([1, 1, 0, 0]);
    expect(await shop.db.prisma.webhookDelivery.count({ where: { eventId } })).toBe(2);
  });

  it('makes a job of an event only where an active subscription wants its type', async () => {
    const endpoint = await receiver();
    const wanted = async () => (await shop.app.get(SubscriptionsRepository).findWantedTypes(shop.db)).toSorted();
    expect(await wanted()).toEqual([]);
    await shop.subscribe(endpoint.url(), ['orders.cancelled', 'orders.paid']);
    await shop.subscribe(endpoint.url(), ['orders.paid']);
    await shop.subscribe(endpoint.url(), ['*'], { disabledAt: new Date(), disabledReason: 'Not now' });
    const active = await shop.db.prisma.webhookSubscription.findMany({ where: { disabledAt: null } });
    expect(await wanted()).toEqual([...new Set(active.flatMap(({ eventTypes }) => eventTypes))].toSorted());
    // Numbers of jobs tell of those that ran in a moment, too.
    const jobs = async () =>
      (await shop.db.pool.query<{ n: number }>(`select last_value::int as n from graphile_worker.jobs_id_seq1`)).rows[0]
        ?.n;
    const before = await jobs();
    const eventId = await shop.happen(refunded());
    const event = () => shop.db.prisma.outboxEvent.findUniqueOrThrow({ where: { id: eventId } });
    await eventually(event, ({ dispatchedAt }) => dispatchedAt !== null);
    expect(await jobs()).toBe(before);
    await shop.subscribe(endpoint.url(), ['*']);
    const heard = await shop.happen(refunded());
    await shop.delivery(heard, isDelivered);
    expect(await jobs()).not.toBe(before);
    expect(await shop.db.prisma.webhookDelivery.count({ where: { eventId } })).toBe(0);
  });

  it('is owed for nothing that was rolled back, and for no type that is internal', async () => {
    const endpoint = await receiver();
    await shop.subscribe(endpoint.url());
    const outbox = shop.app.get(Outbox);
    const undone = shop.db.transaction(async (tx) => {
      outbox.append(tx, refunded());
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    await shop.happen(refunded('payments.news'));
    await sleep(1200);
    expect(endpoint.received).toHaveLength(0);
    expect(await shop.db.prisma.webhookDelivery.count()).toBe(0);
  });

  it('is made again when the process died between the answer and its record, under the same id', async () => {
    const endpoint = await receiver();
    const { id } = await shop.subscribe(endpoint.url());
    const eventId = await shop.happen(refunded());
    const row = await shop.delivery(eventId, isDelivered);
    // As the database stands when the process dies there: the try has begun, and nothing of its end is known.
    await shop.db.prisma.webhookDelivery.update({
      where: { id: row.id },
      data: { status: 'queued', settledAt: null, nextAttemptAt: row.createdAt },
    });
    await shop.app.get(DeliverService).deliver(row.id);
    const again = await shop.delivery(eventId, isDelivered);
    expect(again.attempts).toBe(2);
    expect(again.subscriptionId).toBe(id);
    expect(endpoint.received.map(({ headers }) => headers['webhook-id'])).toEqual([eventId, eventId]);
    expect(new Set(endpoint.received.map(({ body }) => body)).size).toBe(1);
    await shop.app.get(DeliverService).deliver(row.id);
    expect(endpoint.received).toHaveLength(2);
  });

  it('is signed with both secrets while a change of the secret lasts, and with the new one alone afterwards', async () => {
    const endpoint = await receiver();
    const previousSecret = newSecret();
    const previousUntil = new Date(Date.now() + 60_000);
    const { id, secret } = await shop.subscribe(endpoint.url(), ['*'], { previousSecret, previousUntil });
    await shop.delivery(await shop.happen(refunded()), isDelivered);
    await shop.db.prisma.webhookSubscription.update({ where: { id }, data: { previousUntil: new Date() } });
    await shop.delivery(await shop.happen(refunded()), isDelivered);
    const verify = (nth: number, known: string) => {
      const { body, headers } = endpoint.received[nth] ?? { body: '', headers: {} };
      return () => new Webhook(known).verify(body, headers as Record<string, string>);
    };
    expect(verify(0, secret)).not.toThrow();
    expect(verify(0, previousSecret)).not.toThrow();
    expect(verify(1, secret)).not.toThrow();
    expect(verify(1, previousSecret)).toThrow('No matching signature');
  });
});

describe('a delivery that is not taken', () => {
  it('is tried again after an error, a reset and silence, with pauses that grow, under one id', async () => {
    const endpoint = await receiver();
    endpoint.answer = (response, nth) => {
      if (nth === 1) response.writeHead(500).end('x'.repeat(100_000));
      else if (nth === 2) response.socket?.resetAndDestroy();
      else if (nth === 3) response.writeHead(404).end();
      else response.writeHead(200).end('thank you');
    };
    await shop.subscribe(endpoint.url());
    const eventId = await shop.happen(refunded());
    const pauses: number[] = [];
    for (let n = 1; n <= 3; n++) {
      const row = await shop.delivery(eventId, tried(n));
      expect([row.status, row.subscription.failures]).toEqual(['queued', n]);
      pauses.push((row.nextAttemptAt?.getTime() ?? 0) - (row.tries.at(-1)?.at.getTime() ?? 0));
      const [job] = await shop.db.prisma.$queryRaw<{ at: Date }[]>`
        select run_at as at from graphile_worker_webhooks.jobs where key = ${`webhook:${row.id}`}`;
      expect(job?.at.getTime()).toBe(row.nextAttemptAt?.getTime());
      await shop.hurry();
    }
    const [first = 0, second = 0, third = 0] = pauses;
    expect(first).toBeGreaterThan(4_000);
    expect(second).toBeGreaterThan(first * 2);
    expect(third).toBeGreaterThan(second * 2);
    const row = await shop.delivery(eventId, isDelivered);
    expect(row.tries.map(({ httpStatus, error }) => httpStatus ?? error)).toEqual([500, 'ECONNRESET', 404, 200]);
    expect(row.subscription).toMatchObject({ failures: 0, failingSince: null, pausedUntil: null });
    expect(new Set(endpoint.received.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([eventId]));
  });

  it('waits ten seconds for an answer and no longer', async () => {
    const endpoint = await receiver();
    endpoint.answer = () => undefined;
    await shop.subscribe(endpoint.url());
    const row = await shop.delivery(await shop.happen(refunded()), tried(1));
    expect(row.tries).toMatchObject([{ httpStatus: null, error: 'timeout' }]);
    expect(row.tries[0]?.durationMs).toBeGreaterThan(9_500);
    expect(row.tries[0]?.durationMs).toBeLessThan(12_000);
  });

  it('follows no redirect', async () => {
    const [endpoint, elsewhere] = [await receiver(), await receiver()];
    endpoint.status(307, { location: elsewhere.url() });
    await shop.subscribe(endpoint.url());
    const row = await shop.delivery(await shop.happen(refunded()), tried(1));
    expect([row.status, row.tries[0]?.httpStatus]).toEqual(['queued', 307]);
    await sleep(300);
    expect(elsewhere.received).toHaveLength(0);
  });

  it('is given up after the last try', async () => {
    const endpoint = await receiver();
    endpoint.status(503);
    await shop.subscribe(endpoint.url());
    const eventId = await shop.happen(refunded());
    const { id } = await shop.delivery(eventId, tried(1));
    await shop.db.prisma.webhookDelivery.update({ where: { id }, data: { attempts: 11 } });
    await shop.hurry();
    const row = await shop.delivery(eventId, isFailed);
    expect(row).toMatchObject({ attempts: 12, failure: 'tries_exhausted', nextAttemptAt: null });
    expect(row.settledAt).toBeInstanceOf(Date);
    expect(row.subscription.disabledAt).toBeNull();
  });

  it('ends a subscription with 410, and gives up what else it is owed', async () => {
    const endpoint = await receiver();
    endpoint.answer = (response, nth) => void response.writeHead(nth === 1 ? 500 : 410).end();
    await shop.subscribe(endpoint.url());
    const waiting = await shop.happen(refunded());
    await shop.delivery(waiting, tried(1));
    const gone = await shop.delivery(await shop.happen(refunded()), isFailed);
    expect(gone.failure).toBe('endpoint_gone');
    expect(gone.subscription.disabledReason).toContain('410');
    expect((await shop.delivery(waiting, isFailed)).failure).toBe('subscription_disabled');
    await shop.happen(refunded());
    await shop.hurry();
    await sleep(1500);
    expect(endpoint.received).toHaveLength(2);
  });

  it('ends a subscription that has taken nothing for five days', async () => {
    const endpoint = await receiver();
    endpoint.status(500);
    const failing = (days: number) => ({ failures: 30, failingSince: new Date(Date.now() - days * DAY) });
    const { id } = await shop.subscribe(endpoint.url(), ['*'], failing(4.9));
    const still = await shop.delivery(await shop.happen(refunded()), tried(1));
    expect(still.subscription.disabledAt).toBeNull();
    await shop.db.prisma.webhookSubscription.update({ where: { id }, data: { ...failing(5.1), pausedUntil: null } });
    const row = await shop.delivery(await shop.happen(refunded()), isFailed);
    expect(row.failure).toBe('subscription_disabled');
    expect(row.subscription).toMatchObject({ disabledReason: expect.stringContaining('5 days'), version: 2 });
  });

  it('puts off all others to an endpoint that fails again and again, and sends them once it answers', async () => {
    const endpoint = await receiver();
    endpoint.status(500);
    await shop.subscribe(endpoint.url());
    const events = [];
    for (let n = 0; n < 6; n++) events.push(await shop.happen(refunded()));
    await eventually(
      async () =>
        shop.db.prisma.webhookDelivery.count({ where: { nextAttemptAt: { gt: new Date(Date.now() + 1000) } } }),
      (count) => count === 6,
    );
    expect(endpoint.received).toHaveLength(3);
    endpoint.status(200);
    await shop.hurry();
    for (const event of events) await shop.delivery(event, isDelivered);
    expect(endpoint.received).toHaveLength(9);
  });

  it('delays no other subscription, and no other kind of job', async () => {
    const silent = await Promise.all(Array.from({ length: 3 }, receiver));
    for (const endpoint of silent) {
      endpoint.answer = () => undefined;
      await shop.subscribe(endpoint.url());
    }
    const endpoint = await receiver();
    await shop.subscribe(endpoint.url());
    for (let n = 0; n < 5; n++) await shop.happen(refunded());
    const began = Date.now();
    await eventually(
      async () => endpoint.received.length,
      (count) => count === 5,
      8_000,
    );
    expect(Date.now() - began).toBeLessThan(8_000);
    expect(silent.map(({ received }) => received.length)).toEqual([1, 1, 1]);
  });

  it('is queued again when its job was lost', async () => {
    const endpoint = await receiver();
    endpoint.status(500);
    await shop.subscribe(endpoint.url());
    const eventId = await shop.happen(refunded());
    const { id } = await shop.delivery(eventId, tried(1));
    endpoint.status(200);
    await shop.db.prisma.$executeRaw`select graphile_worker_webhooks.remove_job(${`webhook:${id}`})::text`;
    const keeper = shop.app.get(WebhookHousekeeping);
    expect(await keeper.requeueOverdue()).toBe(0);
    await shop.db.prisma.webhookDelivery.update({ where: { id }, data: { nextAttemptAt: new Date(Date.now() - DAY) } });
    expect(await keeper.requeueOverdue()).toBe(1);
    await shop.delivery(eventId, isDelivered);
  });
});
