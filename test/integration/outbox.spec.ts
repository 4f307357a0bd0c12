import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import type { Config } from '../../src/platform/config/index.js';
import { createPool, Db } from '../../src/platform/database/index.js';
import { FailPoints } from '../../src/platform/fail-points/index.js';
import { newId } from '../../src/platform/ids/index.js';
import { Jobs } from '../../src/platform/jobs/index.js';
import { measuredLoad } from '../../src/platform/load/index.js';
import { Metrics } from '../../src/platform/observability/metrics.js';
import { Outbox, type StoredEvent } from '../../src/platform/outbox/index.js';
import { markDispatched, readEvents, takeWaitingEvents } from '../../src/platform/outbox/outbox.sql.js';
import { SystemClock } from '../../src/platform/time/index.js';
import { eventually } from '../support/shop-fixture.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const silent = pino({ level: 'silent' });
const unarmed = new FailPoints({ failPoint: undefined } as Config);

let database: TestDatabase;
let db: Db;

beforeAll(async () => {
  database = await createTestDatabase();
  db = new Db(createPool(database.url, 5));
});
afterAll(async () => {
  await db.onApplicationShutdown();
  await database.drop();
});
beforeEach(() => db.prisma.outboxEvent.deleteMany());

const event = (payload: object, type = 'things.happened') => ({
  id: newId(),
  type,
  subjectId: 'one',
  payload,
  occurredAt: new Date('2026-01-05T14:03:59.123Z'),
});

async function jobNames(): Promise<string[]> {
  const rows = await db.pool.query<{ task_identifier: string }>('select task_identifier from graphile_worker.jobs');
  return rows.rows.map(({ task_identifier: name }) => name);
}

/** A shop whose outbox has these readers, until the work is done. */
async function running(subscribe: (outbox: Outbox) => void, work: (outbox: Outbox) => Promise<void>): Promise<void> {
  const jobs = new Jobs({ databaseUrl: database.url, work: true, concurrency: 2 }, silent, measuredLoad());
  const outbox = new Outbox(db, jobs, new SystemClock(), new Metrics(db), silent, unarmed);
  subscribe(outbox);
  await jobs.onApplicationBootstrap();
  outbox.onApplicationBootstrap();
  try {
    await work(outbox);
  } finally {
    await outbox.beforeApplicationShutdown();
    await jobs.beforeApplicationShutdown();
  }
}

const done = async (): Promise<boolean> =>
  (await db.prisma.outboxEvent.count({ where: { dispatchedAt: null } })) + (await jobNames()).length === 0;

describe('the statements of the outbox', () => {
  it('read what Prisma reads', async () => {
    const [first, second] = [event({ n: 1, text: 'ü "quoted" \\ 😀', list: [null, 2 ** 53 - 1] }), event({})];
    await db.prisma.outboxEvent.createMany({ data: [second, first] });
    const rows = await db.prisma.outboxEvent.findMany({ orderBy: { id: 'asc' }, omit: { dispatchedAt: true } });
    expect(await readEvents(db, [second.id, newId(), first.id])).toEqual(rows);
    expect(await db.transaction((tx) => takeWaitingEvents(tx, 5))).toEqual(rows);
    expect(await db.transaction((tx) => takeWaitingEvents(tx, 1))).toEqual(rows.slice(0, 1));
  });

  it('take nothing that was dispatched or that another process is about to dispatch', async () => {
    const [first, second, third] = [event({}), event({}), event({})];
    await db.prisma.outboxEvent.createMany({ data: [first, second, third] });
    const now = new Date('2026-01-06T00:00:00.001Z');
    await db.transaction((tx) => markDispatched(tx, [first.id], now));
    await db.transaction(async (tx) => {
      expect(await takeWaitingEvents(tx, 1)).toMatchObject([{ id: second.id }]);
      expect(await db.transaction((other) => takeWaitingEvents(other, 5))).toMatchObject([{ id: third.id }]);
    });
    expect(await db.prisma.outboxEvent.findUnique({ where: { id: first.id } })).toMatchObject({ dispatchedAt: now });
  });
});

describe('the relay', () => {
  it('makes no job of what a reader says is nothing to it, asks once for all its types, and spares no other reader', async () => {
    const seen: string[] = [];
    const asked: number[] = [];
    const sift = (events: readonly StoredEvent[]) => {
      asked.push(events.length);
      return events.filter(({ payload }) => (payload as { n: number }).n > 1);
    };
    const note = (reader: string) => async (one: StoredEvent) =>
      void seen.push(`${reader} ${(one.payload as { n: number }).n}`);
    await db.prisma.outboxEvent.createMany({ data: [event({ n: 1 }), event({ n: 2 }), event({ n: 3 }, 'others')] });
    await running(
      (outbox) => {
        outbox.subscribe('things.happened', 'picky', note('picky'), sift);
        outbox.subscribe('others', 'picky', note('picky'), sift);
        outbox.subscribe('things.happened', 'other', note('other'));
      },
      async () => void (await eventually(done, (is) => is)),
    );
    expect(asked).toEqual([3]);
    expect(seen.toSorted()).toEqual(['other 1', 'other 2', 'picky 2', 'picky 3']);
  });

  it('hands many events over in few jobs, each once, and keeps one that fails from none of the others', async () => {
    const handed: number[] = [];
    const sizes: number[] = [];
    let failures = 0;
    const read = async (events: readonly StoredEvent[]) => {
      sizes.push(events.length);
      const numbers = events.map(({ payload }) => (payload as { n: number }).n);
      if (numbers.includes(7) && failures++ < 2) throw new Error('not yet');
      handed.push(...numbers);
    };
    const all = Array.from({ length: 60 }, (_, n) => event({ n }));
    await db.prisma.outboxEvent.createMany({ data: all });
    await db.prisma.outboxEvent.create({ data: event({ erased: true, n: 60 }) });
    await running(
      (outbox) => outbox.subscribeInBatches('things.happened', 'many', read),
      async () => void (await eventually(done, (is) => is, 20_000)),
    );
    expect(handed.toSorted((a, b) => a - b)).toEqual(all.map((_, n) => n));
    expect(failures).toBe(3);
    expect(sizes.toSorted((a, b) => b - a).slice(0, 3)).toEqual([25, 25, 10]);
  }, 40_000);

  it('does what an earlier release has queued, whose jobs carry one event each', async () => {
    const one = event({ n: 1 });
    await db.prisma.outboxEvent.create({ data: { ...one, dispatchedAt: new Date() } });
    const seen: string[] = [];
    const read = async (events: readonly StoredEvent[]) => void seen.push(...events.map(({ id }) => id));
    await running(
      (outbox) => outbox.subscribeInBatches('things.happened', 'many', read),
      async () => {
        await db.pool.query(`select graphile_worker.add_job('many:things.happened', $1::json)`, [{ eventId: one.id }]);
        await eventually(done, (is) => is);
      },
    );
    expect(seen).toEqual([one.id]);
  });
});
