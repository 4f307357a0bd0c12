import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runAudit } from '../../src/audit.js';
import { loadConfig } from '../../src/platform/config/index.js';
import { BreakableLine, BREAKS, type Break } from '../proofs/faults/breakable-line.js';
import { ClockedClient } from '../proofs/faults/clocked-client.js';
import { ProviderElsewhere } from '../proofs/faults/provider-elsewhere.js';
import { auditCleanWithin } from '../proofs/support/audit.js';
import type { PlainCall } from '../proofs/support/patient-client.js';
import { ADMIN, ENVIRONMENT } from '../proofs/support/proof-shop.js';
import { seededRandom, type Random } from '../proofs/support/random.js';
import { sizeOf } from '../proofs/support/sizes.js';
import { ServerProcess, temporaryFolder, type TemporaryFolder } from '../support/server-process.js';
import {
  eventually,
  makeVariant,
  orderBody,
  type CartJson,
  type OrderJson,
  type Stock,
  withDatabase,
} from '../support/shop-fixture.js';
import { HURRY_JOBS, HURRY_RECOVERY, RUN_RECOVERY } from '../support/jobs.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

/**
 * The line to the database breaks at each statement of a call in turn, in each way that a line can. Whatever the driver makes of that,
 * the client hears 503 or the answer, never a fault of the server; sent again under its key, the call is done, and once.
 * Every `PROOF_STRIDE`th statement, beginning with another one each time; 1 for all of them.
 */
const STRIDE = sizeOf('PROOF_STRIDE', 5);
const STOCK = 2_000;
/** More statements than any call has: a call that breaks at every one of so many is none that ends. */
const MOST = 150;

let random: Random;
let folder: TemporaryFolder;
let database: TestDatabase;
let provider: ProviderElsewhere;
let line: BreakableLine;
let server: ServerProcess;
let client: ClockedClient;
let variantId: string;
let staff: Record<string, string>;
/** Sold so far. */
let units = 0;

beforeAll(async () => {
  random = seededRandom('lines');
  folder = temporaryFolder();
  database = await createTestDatabase();
  provider = await ProviderElsewhere.start();
  line = await BreakableLine.start(database.url);
  server = new ServerProcess({ dataDir: folder.dataDir, env: { ...configuration(), DATABASE_URL: line.url } });
  const { base } = await server.ready();
  client = new ClockedClient(() => base);
  ({ variantId } = await makeVariant({ databaseUrl: database.url }, { stock: STOCK }));
  const { accessToken } = await done<{ accessToken: string }>({ method: 'POST', path: '/v1/auth/login', body: ADMIN });
  staff = { authorization: `Bearer ${accessToken}` };
}, 60_000);
afterAll(async () => {
  client.close();
  await server.stop();
  await line.stop();
  await provider.stop();
  await database.drop();
  folder.remove();
}, 60_000);

const configuration = () => ({ ...ENVIRONMENT, ...provider.env, DATABASE_URL: database.url });

/** The answer of a call that must succeed, by a line that holds. */
async function done<T>(call: PlainCall): Promise<T> {
  const { status, text } = await client.untilFinal(call);
  expect([200, 201]).toContain(status);
  return JSON.parse(text) as T;
}

let keys = 0;
const keyed = (headers: Record<string, string> = {}) => ({ ...headers, 'idempotency-key': `line-${++keys}` });

async function order(): Promise<PlainCall> {
  const items = [{ variantId, quantity: 1 }];
  const cart = await done<CartJson>({ method: 'POST', path: '/v1/carts', body: { items } });
  return { method: 'POST', path: '/v1/orders', body: orderBody(cart.id), headers: keyed() };
}

/** A call on an order of its own. */
interface Breakable {
  readonly make: () => Promise<PlainCall>;
  /** What is true of that order in the end. */
  readonly ends: Partial<OrderJson>;
  /** Whether its goods stay sold. */
  readonly sold: boolean;
}

const CALLS: Readonly<Record<string, Breakable>> = {
  'an order': { make: order, ends: { status: 'paid', paymentStatus: 'paid' }, sold: true },
  'a cancellation': {
    make: async () => onOrder('cancel', {}),
    ends: { status: 'cancelled', paymentStatus: 'refunded' },
    sold: false,
  },
  'a refund': {
    make: async () => onOrder('refunds', { amount: { amount: 1, currency: 'GBP' } }),
    ends: { status: 'paid', paymentStatus: 'partially_refunded' },
    sold: true,
  },
};

async function onOrder(what: string, body: object): Promise<PlainCall> {
  const { id } = await done<OrderJson>(await order());
  return { method: 'POST', path: `/v1/orders/${id}/${what}`, body, headers: keyed(staff) };
}

/** @returns the calls, one broken at each statement, the last through before the line broke */
async function breakEach(make: () => Promise<PlainCall>, how: Break): Promise<PlainCall[]> {
  const calls: PlainCall[] = [];
  for (let nth = random.between(1, STRIDE); nth <= MOST; nth += STRIDE) {
    const call = await make();
    calls.push(call);
    line.breakAt(nth, how);
    await client.once(call);
    if (!line.mend()) return calls;
    expect({ nth, faults: client.faults.splice(0), log: unexpected() }).toEqual({ nth, faults: [], log: [] });
  }
  throw new Error(`A call broke at each of ${MOST} statements`);
}

/** What the process logged because it had not expected it. */
function unexpected(): string[] {
  return server.output.split('\n').filter((entry) => entry.includes('unexpected error'));
}

describe.each(Object.entries(CALLS))('%s whose line to the database breaks', (_, { make, ends, sold }) => {
  it.each(BREAKS)(
    'at any statement (%s) is answered with 503 or done, and done once when sent again',
    async (how) => {
      const calls = await breakEach(make, how);
      expect(calls.length * STRIDE).toBeGreaterThan(10);
      const answers = await hurrying(() => Promise.all(calls.map((call) => client.untilFinal(call))));
      expect(answers.filter(({ status }) => status !== 200 && status !== 201)).toEqual([]);
      const ids = answers.map(({ text }) => (JSON.parse(text) as OrderJson).id);
      expect(new Set(ids).size).toBe(calls.length);
      await hurrying(() => Promise.all(ids.map((id) => becomes(id, ends))));
      if (sold) units += calls.length;
      expect(client.faults.splice(0)).toEqual([]);
      expect(client.met.noAnswer).toBe(0);
      expect(await soldUnits()).toBe(units);
      expect(await auditCleanWithin(database.url, 30_000)).toBeLessThan(30_000);
    },
    180_000,
  );
});

/**
 * Meanwhile, what would come about within a minute comes about at once: recovery, and the jobs that the broken line has made fail, which
 * wait longer after each time.
 */
async function hurrying<T>(work: () => Promise<T>): Promise<T> {
  let over = false;
  const hurry = async () => {
    while (!over) {
      await withDatabase({ databaseUrl: database.url }, (other) =>
        other.query(`${HURRY_JOBS}; ${HURRY_RECOVERY}; ${RUN_RECOVERY}`),
      );
      await new Promise((then) => setTimeout(then, 500));
    }
  };
  const hurried = hurry();
  try {
    return await work();
  } finally {
    over = true;
    await hurried;
  }
}

/** Waits until the order is so: a refund that nobody heard the end of is asked after when its time is over. */
async function becomes(id: string, ends: Partial<OrderJson>): Promise<void> {
  const read = () => done<OrderJson>({ method: 'GET', path: `/v1/orders/${id}`, headers: staff });
  const order = await eventually(read, (now) => now.paymentStatus === ends.paymentStatus, 30_000);
  expect(order).toMatchObject(ends);
}

async function soldUnits(): Promise<number> {
  const { onHand } = await done<Stock>({ method: 'GET', path: `/v1/inventory/${variantId}`, headers: staff });
  return STOCK - onHand;
}

it('the provider has charged each order once, and given back what the shop says', async () => {
  const findings = await runAudit({
    databaseUrl: database.url,
    providers: loadConfig({ ...configuration(), NODE_ENV: 'test' }),
  });
  expect(findings.filter(({ count }) => count > 0)).toEqual([]);
});
