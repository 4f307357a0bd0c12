import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../src/platform/config/index.js';
import { Db } from '../../src/platform/database/index.js';
import { newId } from '../../src/platform/ids/index.js';
import { createLogger } from '../../src/platform/observability/logger.js';
import { Outbox, type NewEvent } from '../../src/platform/outbox/index.js';
import { PlatformModule } from '../../src/platform/platform.module.js';
import { newSecret } from '../../src/webhooks/domain/signature.js';
import { WebhooksModule } from '../../src/webhooks/index.js';
import { eventually } from './shop-fixture.js';
import { createTestDatabase } from './test-database.js';

type Prisma = Db['prisma'];
export type DeliveryRow = NonNullable<Awaited<ReturnType<typeof readDelivery>>>;

/** The platform with the webhooks, and nothing else, on a database of its own. */
export interface WebhooksApp {
  readonly app: INestApplicationContext;
  readonly db: Db;
  /** Everything that was logged, from the finest level up. */
  readonly log: readonly string[];
  /** A subscription as the database keeps it. */
  subscribe(url: string, eventTypes?: string[], more?: object): Promise<{ id: string; secret: string }>;
  /** Appends the event in a transaction of its own; answers its id. */
  happen(event: NewEvent): Promise<string>;
  /** The one delivery of the event, with its tries, once `until` holds for it. */
  delivery(eventId: string, until: (delivery: DeliveryRow) => boolean): Promise<DeliveryRow>;
  /** Makes every try that waits due now. */
  hurry(): Promise<void>;
  close(): Promise<void>;
}

export async function startWebhooks(env: Record<string, string> = {}): Promise<WebhooksApp> {
  const database = await createTestDatabase();
  const dataDir = mkdtempSync(join(tmpdir(), 'backroom-test-'));
  const config = loadConfig({
    NODE_ENV: 'test',
    DATABASE_URL: database.url,
    DATA_DIR: dataDir,
    LOG_LEVEL: 'trace',
    WEBHOOKS_ALLOW_PRIVATE: 'true',
    ...env,
  });
  const log: string[] = [];
  const logger = createLogger(config, { write: (line) => log.push(line) });
  const platform = PlatformModule.for({ config, databaseUrl: database.url, logger, embedded: false });
  const root = { module: class Root {}, imports: [platform, WebhooksModule] };
  const app = await NestFactory.createApplicationContext(root, { logger: false, abortOnError: false });
  const db = app.get(Db);
  return {
    app,
    db,
    log,
    subscribe: async (url, eventTypes = ['*'], more = {}) => {
      const at = new Date();
      const data = { id: newId(), url, eventTypes, description: '', secret: newSecret(), createdAt: at, updatedAt: at };
      return db.prisma.webhookSubscription.create({ data: { ...data, ...more } });
    },
    happen: (event) => db.transaction((tx) => app.get(Outbox).append(tx, event)),
    delivery: async (eventId, until) => {
      const row = await eventually(
        () => readDelivery(db.prisma, eventId),
        (found) => found !== null && until(found),
      );
      if (!row) throw new Error('There is no delivery');
      return row;
    },
    hurry: async () => {
      await db.prisma.$executeRaw`update webhook_subscription set paused_until = null`;
      await db.prisma.$executeRaw`update webhook_delivery set next_attempt_at = now() where status = 'queued'`;
      await db.prisma
        .$executeRaw`update graphile_worker_webhooks._private_jobs set run_at = now() where locked_at is null and run_at > now()`;
    },
    close: async () => {
      await app.close();
      await database.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** As it stands at one moment: the delivery and its tries are read by statements of their own. */
async function readDelivery(prisma: Prisma, eventId: string) {
  const read = (tx: Pick<Prisma, 'webhookDelivery'>) =>
    tx.webhookDelivery.findFirst({
      where: { eventId },
      include: { tries: { orderBy: { id: 'asc' } }, subscription: true },
    });
  return prisma.$transaction(read, { isolationLevel: 'RepeatableRead' });
}
