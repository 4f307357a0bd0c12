import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findRunningEmbeddedPostgres } from '../../src/platform/database/embedded/index.js';
import { ApiClient, type Answer } from '../support/api-client.js';
import { ServerProcess, temporaryFolder, type TemporaryFolder } from '../support/server-process.js';
import {
  breaches,
  eventually,
  makeCart,
  makeVariant,
  orderBody,
  stockOf,
  withDatabase,
  type CartJson,
  type OrderJson,
} from '../support/shop-fixture.js';

const ORDERS = Number(process.env['CRASH_ORDERS'] ?? 40);
const ADMIN = { email: 'admin@example.com', password: 'correct horse battery admin' };

let folder: TemporaryFolder;
let server: ServerProcess;
let base: string;

beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(async () => {
  await server.stop();
  folder.remove();
});

async function start(): Promise<void> {
  server = new ServerProcess({
    dataDir: folder.dataDir,
    env: {
      ADMIN_EMAIL: ADMIN.email,
      ADMIN_PASSWORD: ADMIN.password,
      RATE_LIMIT: 'off',
      PAYMENT_TIMEOUT_MS: '1000',
      LOG_LEVEL: 'warn',
    },
  });
  ({ base } = await server.ready());
}

const database = async () => ({ databaseUrl: (await findRunningEmbeddedPostgres(folder.dataDir)) ?? '' });

/** Sends the order again and again with its key, as a careful client does, until it has an answer that is final. */
async function submit(
  cart: CartJson,
  token: string,
  key: string,
  giveUp: () => boolean,
): Promise<Answer<OrderJson> | undefined> {
  for (;;) {
    try {
      const answer = await new ApiClient(base).post<OrderJson>('/v1/orders', orderBody(cart.id, token), {
        headers: { 'idempotency-key': key },
      });
      const inProgress =
        answer.status === 409 && (answer.json as unknown as { code: string }).code === 'idempotency.in_progress';
      if (!inProgress && answer.status !== 503) return answer;
    } catch {
      // The server is away.
    }
    if (giveUp()) return undefined;
    await new Promise((done) => setTimeout(done, 100));
  }
}

it('kill -9 in the midst of orders: each key has one order, nothing is lost, and every paid order has its one mail', async () => {
  await start();
  const { variantId } = await makeVariant(await database(), { stock: 1000, price: 700 });
  const guest = new ApiClient(base);
  const carts = await Promise.all(Array.from({ length: ORDERS }, () => makeCart(guest, [{ variantId, quantity: 1 }])));
  const tokens = carts.map((_, index) =>
    index % 8 === 7 ? 'tok_timeout_charged' : index % 8 === 3 ? 'tok_declined' : 'tok_approved',
  );
  const answered = new Map<string, string>();
  let killed = false;
  const first = carts.map(async (cart, index) => {
    const answer = await submit(cart, tokens[index] ?? '', `key-${index}`, () => killed);
    if (answer) answered.set(cart.id, answer.text);
  });
  await new Promise((done) => setTimeout(done, 250));
  server.kill('SIGKILL');
  killed = true;
  await server.ended;
  await Promise.all(first);
  await start();

  const orders = new Set<string>();
  for (const [index, cart] of carts.entries()) {
    const deadline = Date.now() + 30_000;
    const again = await submit(cart, tokens[index] ?? '', `key-${index}`, () => Date.now() > deadline);
    expect(again?.status).toBe(tokens[index] === 'tok_declined' ? 402 : 201);
    // What a client was told before the crash still holds, but for the id of the request in a problem.
    const before = answered.get(cart.id);
    if (before && again?.status === 201) expect(again.text).toBe(before);
    if (again?.status === 201) orders.add(again.json.id);
  }
  const sold = tokens.filter((token) => token !== 'tok_declined').length;
  expect(orders.size).toBe(sold);

  const { databaseUrl } = await database();
  await eventually(
    () =>
      withDatabase(
        { databaseUrl },
        async (client) =>
          (await client.query(`select count(*)::int as n from "order" where status = 'paid'`)).rows as { n: number }[],
      ),
    ([row]) => row?.n === sold,
    30_000,
  );
  expect(await breaches({ databaseUrl })).toEqual([]);
  const { json } = await new ApiClient(base).post<{ accessToken: string }>('/v1/auth/login', ADMIN, { expect: 200 });
  expect(await stockOf(new ApiClient(base).as(json.accessToken), variantId)).toMatchObject({
    onHand: 1000 - sold,
    reserved: 0,
  });
  const charges = await withDatabase({ databaseUrl }, (client) =>
    client.query(`select count(*)::int as n from test_provider_charge where status = 'captured'`),
  );
  expect(charges.rows).toEqual([{ n: sold }]);
  const mails = () => readdirSync(join(folder.dataDir, 'mail')).filter((name) => name.endsWith('.eml'));
  await eventually(
    async () => mails().length,
    (n) => n >= sold,
    30_000,
  );
  expect(mails()).toHaveLength(sold);
  expect(
    new Set(
      mails().map((name) => /^Subject: (.*)$/m.exec(readFileSync(join(folder.dataDir, 'mail', name), 'utf8'))?.[1]),
    ).size,
  ).toBe(sold);
}, 180_000);
