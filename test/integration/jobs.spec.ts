import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { pino } from 'pino';
import type { Config } from '../../src/platform/config/index.js';
import { createPool, Db } from '../../src/platform/database/index.js';
import { FailPoints } from '../../src/platform/fail-points/index.js';
import { forgiveSecondRelease } from '../../src/platform/jobs/forgiving-pool.js';
import { Jobs } from '../../src/platform/jobs/index.js';
import { measuredLoad } from '../../src/platform/load/index.js';
import { Metrics } from '../../src/platform/observability/metrics.js';
import { Outbox, type StoredEvent } from '../../src/platform/outbox/index.js';
import { SystemClock } from '../../src/platform/time/index.js';
import { eventually } from '../support/shop-fixture.js';
import { createTestDatabase, onServer, type TestDatabase } from '../support/test-database.js';

const silent = pino({ level: 'silent' });
const unarmed = new FailPoints({ failPoint: undefined } as Config);

let database: TestDatabase;
let db: Db;
let started: { beforeApplicationShutdown(): Promise<void> }[];

beforeEach(async () => {
  database = await createTestDatabase();
  db = new Db(createPool(database.url, 5));
  started = [];
});

afterEach(async () => {
  for (const part of started.reverse()) await part.beforeApplicationShutdown();
  await db.onApplicationShutdown();
  await database.drop();
});

const jobsOf = (work: boolean, after?: Promise<void>) =>
  new Jobs({ databaseUrl: database.url, work, concurrency: 2, ...(after && { after }) }, silent, measuredLoad());

async function start<T extends { onApplicationBootstrap(): unknown; beforeApplicationShutdown(): Promise<void> }>(
  part: T,
): Promise<T> {
  await part.onApplicationBootstrap();
  started.push(part);
  return part;
}

async function query(sql: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql, values)).rows;
  } finally {
    await client.end();
  }
}

describe('a client of the workers', () => {
  it('may be given back twice, and is lent again once', async () => {
    const pool = forgiveSecondRelease(createPool(database.url, 1));
    try {
      const lend = () =>
        new Promise<() => void>((resolve, reject) => {
          pool.connect((error, _client, release) => (error ? reject(error) : resolve(release)));
        });
      const release = await lend();
      release();
      const releaseAgain = await lend();
      // The first borrower speaks up once more, and takes nothing from the second.
      expect(release).not.toThrow();
      expect([pool.totalCount, pool.idleCount]).toEqual([1, 0]);
      releaseAgain();
      expect((await pool.query<{ one: number }>('select 1 as one')).rows).toEqual([{ one: 1 }]);
    } finally {
      await pool.end();
    }
  });
});

describe('Jobs', () => {
  it('run what a committed transaction has queued, and nothing of one that was rolled back', async () => {
    const seen: unknown[] = [];
    const jobs = jobsOf(true);
    jobs.handle('note', async (payload) => void seen.push(payload));
    await start(jobs);
    await expect(
      db.transaction(async (tx) => {
        jobs.enqueue(tx, 'note', { n: 1 });
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    await db.transaction((tx) => jobs.enqueue(tx, 'note', { n: 2 }));
    await eventually(
      async () => seen.length,
      (n) => n > 0,
    );
    expect(seen).toEqual([{ n: 2 }]);
  });

  it('are tried again when they fail', async () => {
    let tries = 0;
    const jobs = jobsOf(true);
    jobs.handle('fail_once', async () => {
      if (++tries === 1) throw new Error('not yet');
    });
    await start(jobs);
    await db.transaction((tx) => jobs.enqueue(tx, 'fail_once', {}));
    await eventually(
      async () => tries,
      (n) => n === 2,
    );
  });

  it('begin when what they wait for has come, also where the database is away for a moment then', async () => {
    const seen: unknown[] = [];
    let begin = (): void => undefined;
    const jobs = jobsOf(true, new Promise((resolve) => (begin = resolve)));
    jobs.handle('note', async (payload) => void seen.push(payload));
    await start(jobs);
    await db.transaction((tx) => jobs.enqueue(tx, 'note', { n: 1 }));
    await new Promise((done) => setTimeout(done, 1500));
    expect(seen).toEqual([]);
    const [{ name } = {}] = await query('select current_database() as name');
    const allow = (allowed: boolean) => onServer(`alter database ${String(name)} allow_connections ${String(allowed)}`);
    await allow(false);
    begin();
    await new Promise((done) => setTimeout(done, 500));
    expect(seen).toEqual([]);
    await allow(true);
    await eventually(
      async () => seen.length,
      (n) => n === 1,
    );
  });

  it('end with the process where what they wait for never comes', async () => {
    const jobs = jobsOf(true, new Promise(() => undefined));
    jobs.handle('note', async () => undefined);
    await jobs.onApplicationBootstrap();
    await expect(jobs.beforeApplicationShutdown()).resolves.toBeUndefined();
  });

  it('of a process that died are taken over at once, and of one that lives are left alone', async () => {
    await start(jobsOf(false));
    await db.transaction((tx) => jobsOf(false).enqueue(tx, 'orphan', { whose: 'dead' }));
    await db.transaction((tx) => jobsOf(false).enqueue(tx, 'orphan', { whose: 'living' }));
    const living = new pg.Client({ connectionString: database.url });
    await living.connect();
    await living.query(`select pg_advisory_lock(hashtextextended('worker-living', 0))`);
    for (const whose of ['dead', 'living'])
      await query(
        `update graphile_worker._private_jobs set locked_by = $1, locked_at = now(), attempts = 1 where payload->>'whose' = $2`,
        [`worker-${whose}`, whose],
      );
    const seen: unknown[] = [];
    const jobs = jobsOf(true);
    jobs.handle('orphan', async (payload) => void seen.push(payload));
    await start(jobs);
    await eventually(
      async () => seen.length,
      (n) => n === 1,
    );
    expect(seen).toEqual([{ whose: 'dead' }]);
    await new Promise((done) => setTimeout(done, 1500));
    expect(seen).toHaveLength(1);
    await living.end();
  });
});

describe('Jobs that take longer than the sweeps for dead processes', () => {
  it('are left to the living process that runs them', async () => {
    let running = 0;
    const seen: string[] = [];
    for (const name of ['a', 'b']) {
      const jobs = jobsOf(true);
      jobs.handle('slow', async () => {
        seen.push(name);
        running += 1;
        await new Promise((done) => setTimeout(done, 14_000));
        running -= 1;
      });
      await start(jobs);
    }
    await db.transaction((tx) => jobsOf(false).enqueue(tx, 'slow', {}));
    await eventually(
      async () => running,
      (n) => n === 1,
    );
    await eventually(
      async () => running,
      (n) => n === 0,
      20_000,
    );
    expect(seen).toHaveLength(1);
  }, 40_000);

  it('go on after the database has cut every connection', async () => {
    const seen: number[] = [];
    const jobs = jobsOf(true);
    jobs.handle('count', async (payload) => {
      seen.push((payload as { n: number }).n);
      // So that some jobs end while there is no connection to say so.
      await new Promise((done) => setTimeout(done, 30));
    });
    await start(jobs);
    for (let round = 0; round < 5; round++) {
      const enqueue = () =>
        db.transaction(async (tx) => {
          for (let n = 0; n < 20; n++) jobs.enqueue(tx, 'count', { n: round * 20 + n });
        });
      // The pool may still hand out a connection that was cut a moment ago.
      await enqueue().catch(enqueue);
      await new Promise((done) => setTimeout(done, 40));
      await query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`,
      );
    }
    const waiting = () => query('select count(*)::int as n from graphile_worker.jobs');
    await eventually(waiting, ([row]) => row?.['n'] === 0, 30_000);
    expect(new Set(seen).size).toBe(100);
  }, 60_000);
});

describe('Outbox', () => {
  it('hands each event of a committed transaction to each subscriber, once, from several processes', async () => {
    const seen: string[] = [];
    for (const process of ['a', 'b']) {
      const jobs = jobsOf(true);
      const outbox = new Outbox(db, jobs, new SystemClock(), new Metrics(db), silent, unarmed);
      const note = (reader: string) => async (event: StoredEvent) =>
        void seen.push(`${reader} ${event.subjectId} by ${process}`);
      outbox.subscribe('things.happened', 'first', note('first'));
      outbox.subscribe('things.happened', 'second', note('second'));
      await start(jobs);
      await start(outbox);
    }
    const writer = new Outbox(db, jobsOf(false), new SystemClock(), new Metrics(db), silent, unarmed);
    for (let n = 0; n < 20; n++)
      await db
        .transaction(async (tx) => {
          writer.append(tx, { type: 'things.happened', subjectId: String(n), payload: { n } });
          if (n % 5 === 4) throw new Error('rolled back');
        })
        .catch(() => undefined);
    await eventually(
      async () => seen.length,
      (n) => n >= 32,
    );
    await new Promise((done) => setTimeout(done, 500));
    expect(seen).toHaveLength(32);
    expect(new Set(seen.map((line) => line.split(' by ')[0])).size).toBe(32);
    expect(await query('select count(*)::int as n from outbox_event where dispatched_at is null')).toEqual([{ n: 0 }]);
  });
});
