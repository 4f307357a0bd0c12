import { expect } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { ApiClient } from '../../support/api-client.js';
import { ServerProcess, temporaryFolder, type TemporaryFolder } from '../../support/server-process.js';
import {
  eventually,
  makeCart,
  withDatabase,
  type CartJson,
  type OrderJson,
  type Stock,
} from '../../support/shop-fixture.js';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.js';
import { auditBreaches } from './audit.js';
import type { Random } from './random.js';
import { AnswerLog, RecordingClient } from './recording-client.js';
import { JOBS } from '../../support/jobs.js';

export const ADMIN = { email: 'admin@example.com', password: 'correct horse battery admin' };

/** What every process of a proof runs with, unless a proof says otherwise. */
export const ENVIRONMENT: Readonly<Record<string, string>> = {
  ADMIN_EMAIL: ADMIN.email,
  ADMIN_PASSWORD: ADMIN.password,
  RATE_LIMIT: 'off',
  PAYMENT_TIMEOUT_MS: '500',
  LOG_LEVEL: 'warn',
};

/** A customer with a session of their own. */
export interface ProofCustomer {
  readonly id: string;
  readonly refreshToken: string;
  /** Signed in, at some process. */
  readonly at: () => ApiClient;
}

export interface ProofShopOptions {
  readonly processes: number;
  readonly random: Random;
  readonly env?: Record<string, string>;
  /** The longest pause, in milliseconds, before one of several racing calls begins. */
  readonly spreadMs?: number;
}

let named = 0;

/** Several processes of the built server on one database, at its default isolation: what a proof throws its calls at. */
export class ProofShop {
  readonly log = new AnswerLog();
  private adminToken = '';

  private constructor(
    readonly databaseUrl: string,
    readonly random: Random,
    private readonly servers: readonly ServerProcess[],
    private readonly bases: readonly string[],
    private readonly spreadMs: number,
    private readonly clean: () => Promise<void>,
  ) {}

  /** On a database of its own. */
  static async start({ processes, random, env = {}, spreadMs = 15 }: ProofShopOptions): Promise<ProofShop> {
    const folder = temporaryFolder();
    const database = await createTestDatabase();
    const servers = Array.from(
      { length: processes },
      () => new ServerProcess({ dataDir: folder.dataDir, env: { ...ENVIRONMENT, ...env, DATABASE_URL: database.url } }),
    );
    const clean = () => cleanUp(servers, database, folder);
    try {
      const bases = (await Promise.all(servers.map((server) => server.ready()))).map(({ base }) => base);
      const shop = new ProofShop(database.url, random, servers, bases, spreadMs, clean);
      const { json } = await shop.guest().post<{ accessToken: string }>('/v1/auth/login', ADMIN, { expect: 200 });
      shop.adminToken = json.accessToken;
      return shop;
    } catch (error) {
      await clean();
      throw error;
    }
  }

  /** Nobody in particular, at some process. */
  guest(): ApiClient {
    return new RecordingClient(this.random.pick(this.bases), this.log);
  }

  /** The administrator, at some process. */
  admin(): ApiClient {
    return this.guest().as(this.adminToken);
  }

  async newCustomer(): Promise<ProofCustomer> {
    const { json } = await this.guest().post<{ accessToken: string; refreshToken: string; user: { id: string } }>(
      '/v1/auth/register',
      { email: `customer-${++named}-${Date.now()}@example.com`, password: 'correct horse battery', name: 'Ada' },
      { expect: 201 },
    );
    const { accessToken, refreshToken, user } = json;
    return { id: user.id, refreshToken, at: () => this.guest().as(accessToken) };
  }

  /** A product with one variant, made as staff make it. Answers the variant's id. */
  async newVariant({ stock, price = 1000 }: { stock: number; price?: number }): Promise<string> {
    const sku = `PROOF-${++named}-${Date.now()}`;
    const variants = [{ sku, price: { amount: price, currency: 'GBP' }, stock }];
    const { json } = await this.admin().post<{ variants: { id: string }[] }>(
      '/v1/products',
      { title: `Proof ${named}`, variants },
      { expect: 201 },
    );
    return json.variants[0]?.id ?? '';
  }

  /** A guest's cart with so many units of each. */
  cartOf(...items: readonly (readonly [variantId: string, quantity: number])[]): Promise<CartJson> {
    return makeCart(
      this.guest(),
      items.map(([variantId, quantity]) => ({ variantId, quantity })),
    );
  }

  async stock(variantId: string): Promise<Stock> {
    return (await this.admin().get<Stock>(`/v1/inventory/${variantId}`, { expect: 200 })).json;
  }

  async order(id: string): Promise<OrderJson> {
    return (await this.admin().get<OrderJson>(`/v1/orders/${id}`, { expect: 200 })).json;
  }

  /** Starts them all within a moment of each other, in any order; answers in the order in which they are given. */
  race<A, B extends unknown[]>(
    first: () => Promise<A>,
    ...others: { [K in keyof B]: () => Promise<B[K]> }
  ): Promise<[A, ...B]> {
    const calls = [first, ...(others as (() => Promise<unknown>)[])];
    return this.crowd(calls.length, (index) => calls[index]?.() ?? Promise.resolve()) as Promise<[A, ...B]>;
  }

  /** `times` racing calls of one kind. */
  crowd<T>(times: number, call: (index: number) => Promise<T>): Promise<T[]> {
    return Promise.all(
      Array.from({ length: times }, async (_, index) => {
        await sleep(this.random.between(0, this.spreadMs));
        return call(index);
      }),
    );
  }

  /** A racing call for each. */
  each<T, R>(list: readonly T[], call: (one: T) => Promise<R>): Promise<R[]> {
    return this.crowd(list.length, (index) => call(list[index] as T));
  }

  /** What no route shows. */
  async sql<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return withDatabase(this, async (client) => (await client.query<Row>(text, [...values])).rows);
  }

  /** Waits until no payment is open, no refund pending, no event unread and no job due. */
  async settled(timeoutMs = 30_000): Promise<void> {
    await eventually(() => openWork(this), noneOpen, timeoutMs);
  }

  /** No answer was a fault of the server, and the database keeps every rule. */
  async expectSound(): Promise<void> {
    expect(this.log.takeFaults()).toEqual([]);
    expect(await auditBreaches(this.databaseUrl)).toEqual([]);
  }

  /** What the processes wrote to their logs. */
  get output(): string {
    return this.servers.map(({ output }) => output).join('\n');
  }

  stop(): Promise<void> {
    return this.clean();
  }
}

export interface OpenWork {
  readonly attempts: number;
  readonly refunds: number;
  readonly events: number;
  readonly jobs: number;
}

/** What a shop has still to do by itself. Jobs that wait for a later time do not count, but for those that are tried again. */
export async function openWork(target: { readonly databaseUrl: string }): Promise<OpenWork> {
  const rows = await withDatabase(target, async (client) => {
    const { rows: found } = await client.query<OpenWork>(`
      select
        (select count(*)::int from payment_attempt where status in ('pending', 'requires_action')) as attempts,
        (select count(*)::int from refund where status = 'pending') as refunds,
        (select count(*)::int from outbox_event where dispatched_at is null) as events,
        (select count(*)::int from ${JOBS} as job
          where (run_at <= now() or attempts > 0) and attempts < max_attempts) as jobs`);
    return found;
  });
  return rows[0] ?? { attempts: 0, refunds: 0, events: 0, jobs: 0 };
}

export function noneOpen({ attempts, refunds, events, jobs }: OpenWork): boolean {
  return attempts + refunds + events + jobs === 0;
}

async function cleanUp(
  servers: readonly ServerProcess[],
  database: TestDatabase,
  folder: TemporaryFolder,
): Promise<void> {
  await Promise.all(servers.map((server) => server.stop()));
  await database.drop();
  folder.remove();
}
