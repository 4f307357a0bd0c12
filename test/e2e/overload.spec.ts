import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { ServerProcess, temporaryFolder, type TemporaryFolder } from '../support/server-process.js';
import { RawSocket } from '../support/raw-socket.js';
import { eventually } from '../support/shop-fixture.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

interface Problem {
  code: string;
}

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

describe('too many requests under way', () => {
  const MOST = 12;
  let shop: TestApp;
  let locker: pg.Client;
  const sockets: RawSocket[] = [];

  beforeAll(async () => {
    shop = await startTestApp({ MAX_IN_FLIGHT: String(MOST), DATABASE_POOL_SIZE: '20', CATALOG_CACHE_MB: '0' });
    locker = new pg.Client({ connectionString: shop.databaseUrl });
    await locker.connect();
  });
  afterEach(async () => {
    await locker.query('rollback');
    for (const socket of sockets.splice(0)) socket.end();
  });
  afterAll(async () => {
    await locker.end();
    await shop.close();
  });

  const open = (count: number, text: string) =>
    Array.from({ length: count }, () => {
      const socket = new RawSocket(shop.base).send(text);
      sockets.push(socket);
      return socket;
    });
  const hold = () => locker.query('begin; lock table product in access exclusive mode');

  /** Takes all the places. The one who finds that out may have had one for a moment, so that another was refused: that one comes again. */
  const fill = async () => {
    let waiting = open(MOST, get('/v1/products'));
    await eventually(
      async () => {
        const { status } = await shop.guest.get('/v1/categories');
        if (status !== 503)
          waiting = waiting.flatMap((one) => (one.status === 503 ? open(1, get('/v1/products')) : [one]));
        return status;
      },
      (status) => status === 503,
    );
    return waiting;
  };

  it('are refused at once with 503 while the others wait, and are served again when these are done', async () => {
    await hold();
    const waiting = await fill();
    const begun = Date.now();
    const answer = await shop.guest.get<Problem>('/v1/categories');
    expect([answer.status, answer.json.code]).toEqual([503, 'server.overloaded']);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(answer.headers.get('x-request-id')).toBeTruthy();
    expect(Date.now() - begun).toBeLessThan(500);
    expect((await shop.guest.get('/health/live')).status).toBe(200);
    expect((await shop.guest.get('/metrics')).status).toBe(200);
    const ready = await shop.guest.get<Problem>('/health/ready');
    expect([ready.status, ready.json.code]).toEqual([503, 'server.overloaded']);
    await locker.query('rollback');
    await eventually(
      () => Promise.resolve(waiting.map(({ status }) => status)),
      (all) => all.every((one) => one === 200),
    );
    expect((await shop.guest.get('/v1/categories')).status).toBe(200);
    expect((await shop.guest.get('/health/ready')).status).toBe(200);
  });

  it('are counted no more when their clients go away', async () => {
    await hold();
    const gone = await fill();
    for (const socket of gone) socket.end();
    await eventually(
      () => shop.guest.get('/v1/categories'),
      ({ status }) => status === 200,
      3_000,
    );
  });

  it('are counted from when their bodies are there', async () => {
    const head = 'POST /v1/carts HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n';
    const slow = open(MOST * 3, head);
    await pause(300);
    expect((await shop.guest.get('/v1/products')).status).toBe(200);
    await hold();
    await fill();
    // They were let in before, and are refused now that they would begin to work.
    for (const socket of slow) socket.send('{}');
    await eventually(
      () => Promise.resolve(slow.map(({ status }) => status)),
      (all) => all.every((one) => one === 503),
    );
  });
});

describe('an event loop that comes round late', () => {
  let database: TestDatabase;
  let folder: TemporaryFolder;
  let server: ServerProcess;
  let base: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    folder = temporaryFolder();
    const env = {
      DATABASE_URL: database.url,
      NODE_ENV: 'test',
      RATE_LIMIT: 'off',
      MAX_EVENT_LOOP_DELAY_MS: '300',
      LOG_LEVEL: 'warn',
    };
    server = new ServerProcess({ dataDir: folder.dataDir, env });
    ({ base } = await server.ready());
  }, 90_000);
  afterAll(async () => {
    server.kill('SIGCONT');
    await server.stop();
    folder.remove();
    await database.drop();
  });

  it('refuses what has waited too long, tells readiness so, and recovers by itself', async () => {
    expect((await fetch(`${base}/v1/products`)).status).toBe(200);
    server.kill('SIGSTOP');
    const ask = (path: string) => Array.from({ length: 10 }, () => new RawSocket(base).send(get(path)));
    const [late, live, ready] = [ask('/v1/products'), ask('/health/live'), ask('/health/ready')];
    await pause(1_500);
    server.kill('SIGCONT');
    const statuses = (sockets: RawSocket[]) =>
      eventually(
        () => Promise.resolve(sockets.map(({ status }) => status)),
        (all) => all.every((one) => one > 0),
      );
    expect(new Set(await statuses(late))).toEqual(new Set([503]));
    expect(late[0]?.received).toContain('server.overloaded');
    expect(new Set(await statuses(live))).toEqual(new Set([200]));
    expect(await statuses(ready)).toContain(503);
    await eventually(
      () => fetch(`${base}/v1/products`),
      ({ status }) => status === 200,
      3_000,
    );
    expect((await fetch(`${base}/health/ready`)).status).toBe(200);
    for (const socket of [...late, ...live, ...ready]) socket.end();
  });
});
