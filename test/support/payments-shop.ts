import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import {
  PaymentsFacade,
  PaymentsModule,
  type AnswerSource,
  type ChargeAnswer,
  type PaymentAttempt,
  type SettledAttempt,
} from '../../src/payments/index.js';
import type { ChargeQuestion } from '../../src/payments/domain/payment-provider.js';
import { TEST_ADAPTER, type TestAdapter } from '../../src/payments/providers/test-adapter.js';
import { loadConfig } from '../../src/platform/config/index.js';
import { Db } from '../../src/platform/database/index.js';
import { createAdapter } from '../../src/platform/http/server.js';
import { newId, type PaymentId } from '../../src/platform/ids/index.js';
import { createLogger, NestLog } from '../../src/platform/observability/logger.js';
import { PlatformModule } from '../../src/platform/platform.module.js';
import { Clock } from '../../src/platform/time/index.js';
import { createTestDatabase } from './test-database.js';

/** A clock that stands still until it is moved. */
export class TestClock extends Clock {
  private time = Date.parse('2026-01-05T10:00:00Z');

  now(): Date {
    return new Date(this.time);
  }
  advance(ms: number): void {
    this.time += ms;
  }
}

/** How long a provider may take, unless a test wants to see it take longer: no crowd on a slow machine reaches it. */
export const TIMEOUT_MS = 8_000;

/** The payments module on a database of its own, without the shop around it: the part of orders is played by the test. */
export interface PaymentsShop {
  readonly app: NestFastifyApplication;
  readonly base: string;
  readonly payments: PaymentsFacade;
  /** The simulated provider itself, as its other customers see it. */
  readonly provider: TestAdapter;
  readonly db: Db;
  readonly clock: TestClock;
  /** What was logged so far. */
  readonly log: () => string;
  /** Writes an order of 10.00 and answers its id. */
  order(): Promise<string>;
  /** An order with an attempt on record that nobody has asked the provider about. */
  start(amount?: bigint): Promise<{ orderId: string; paymentId: PaymentId }>;
  /** Asks the provider for the attempt's money. */
  charge(paymentId: PaymentId, token: string, amount?: bigint): Promise<ChargeAnswer>;
  /** Records an answer, in a transaction of its own. */
  settle(paymentId: PaymentId, answer: ChargeAnswer, source: AnswerSource): Promise<SettledAttempt>;
  /** Start, charge and settle. */
  pay(token: string, amount?: bigint): Promise<PaymentAttempt>;
  read(paymentId: PaymentId): Promise<PaymentAttempt>;
  close(): Promise<void>;
}

/** An attempt as a provider is asked about it. */
export function questionOf(key: PaymentId, signal = new AbortController().signal): ChargeQuestion {
  return {
    key,
    reference: null,
    amount: { amount: 1000n, currency: 'GBP' },
    capture: true,
    description: 'B-1',
    createdAt: new Date('2026-01-05T10:00:00Z'),
    signal,
  };
}

export async function startPaymentsShop(env: Record<string, string> = {}): Promise<PaymentsShop> {
  const database = await createTestDatabase();
  const dataDir = mkdtempSync(join(tmpdir(), 'backroom-test-'));
  const config = loadConfig({
    NODE_ENV: 'test',
    DATABASE_URL: database.url,
    DATA_DIR: dataDir,
    LOG_LEVEL: 'info',
    PAYMENT_TIMEOUT_MS: String(TIMEOUT_MS),
    ...env,
  });
  const lines: string[] = [];
  const logger = createLogger(
    config,
    new Writable({
      write: (chunk, _, done) => {
        lines.push(String(chunk));
        done();
      },
    }),
  );
  const clock = new TestClock();
  const boot = { config, databaseUrl: database.url, logger, embedded: false, work: false };
  const module = await Test.createTestingModule({ imports: [PlatformModule.for(boot), PaymentsModule] })
    .overrideProvider(Clock)
    .useValue(clock)
    .setLogger(new NestLog(logger))
    .compile();
  const app = module.createNestApplication<NestFastifyApplication>(createAdapter(config), { rawBody: true });
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as { port: number };
  const payments = app.get(PaymentsFacade);
  const db = app.get(Db);
  const shop: PaymentsShop = {
    app,
    base: `http://127.0.0.1:${port}`,
    payments,
    provider: app.get<TestAdapter>(TEST_ADAPTER),
    db,
    clock,
    log: () => lines.join(''),
    order: () => insertOrder(db, clock.now()),
    start: async (amount = 1000n) => {
      const orderId = await shop.order();
      const { id } = await db.transaction((tx) =>
        payments.start(tx, { orderId, provider: 'test', amount, currency: 'GBP', description: 'B-1' }),
      );
      return { orderId, paymentId: id };
    },
    charge: (paymentId, token, amount = 1000n) =>
      payments.charge({ paymentId, provider: 'test', amount, currency: 'GBP', token, orderNumber: 'B-1' }),
    settle: (paymentId, answer, source) => db.transaction((tx) => payments.settle(tx, { paymentId, answer, source })),
    pay: async (token, amount = 1000n) => {
      const { paymentId } = await shop.start(amount);
      const answer = await shop.charge(paymentId, token, amount);
      return (await shop.settle(paymentId, answer, 'charge')).attempt;
    },
    read: async (paymentId) => {
      const { orderId } = await db.prisma.paymentAttempt.findUniqueOrThrow({ where: { id: paymentId } });
      const attempt = (await payments.findByOrder(db.prisma, orderId)).find(({ id }) => id === paymentId);
      if (!attempt) throw new Error('the attempt is gone');
      return attempt;
    },
    close: async () => {
      await app.close();
      await database.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
  return shop;
}

async function insertOrder(db: Db, now: Date): Promise<string> {
  const id = newId();
  await db.prisma.order.create({
    data: {
      id,
      number: id.slice(-12),
      cartId: id,
      status: 'pending_payment',
      paymentStatus: 'pending',
      fulfilmentStatus: 'unfulfilled',
      email: 'grace@example.com',
      currency: 'GBP',
      shippingAddress: {},
      billingAddress: {},
      shippingMethod: 'standard',
      shippingName: 'Standard',
      subtotal: 1000n,
      discountTotal: 0n,
      shippingTotal: 0n,
      taxTotal: 0n,
      includedTax: 0n,
      total: 1000n,
      placedAt: now,
      updatedAt: now,
    },
  });
  return id;
}
