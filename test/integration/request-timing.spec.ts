import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type pg from 'pg';
import { createPool } from '../../src/platform/database/index.js';
import { inRequest, RequestTiming, timeQueries } from '../../src/platform/observability/request-timing.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

let database: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  // One connection, for which requests wait and which others hand on to them.
  pool = createPool(database.url, 1);
  timeQueries(pool);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** Runs the work as a request of its own. */
async function request(work: () => Promise<unknown>): Promise<RequestTiming> {
  const timing = new RequestTiming();
  await new Promise<void>((resolve, reject) => inRequest(timing, () => void work().then(() => resolve(), reject)));
  return timing;
}

const times = (count: number) => async () => {
  for (let n = 0; n < count; n++) await pool.query('select 1');
};

it('counts for each request its own statements while they wait for one connection', async () => {
  const counts = [1, 2, 3, 4, 5, 6];
  const outside = times(10)();
  const timings = await Promise.all(counts.map((count) => request(times(count))));
  await outside;
  expect(timings.map(({ queries }) => queries)).toEqual(counts);
});

it('counts on a connection that was taken out of the pool, refused statements too', async () => {
  const { queries } = await request(async () => {
    const client = await pool.connect();
    await client.query('begin');
    await expect(client.query('select nonsense')).rejects.toThrow(/nonsense/);
    await client.query('rollback');
    client.release();
  });
  expect(queries).toBe(3);
});

it('counts time once in which several statements are under way', async () => {
  const timing = await request(async () => {
    const client = await pool.connect();
    await Promise.all([1, 2, 3].map(() => client.query('select pg_sleep(0.1)')));
    client.release();
  });
  expect(timing.databaseMs).toBeGreaterThanOrEqual(290);
  expect(timing.databaseMs).toBeLessThanOrEqual(timing.totalMs);
});

it('hands errors on', async () => {
  await expect(request(() => pool.query('select nonsense'))).rejects.toThrow(/nonsense/);
});
