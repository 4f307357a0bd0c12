import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { NotificationsModule } from '../../src/notifications/index.js';
import { loadConfig } from '../../src/platform/config/index.js';
import { Db } from '../../src/platform/database/index.js';
import { createLogger } from '../../src/platform/observability/logger.js';
import { Outbox, type NewEvent } from '../../src/platform/outbox/index.js';
import { PlatformModule } from '../../src/platform/platform.module.js';
import { createTestDatabase } from './test-database.js';

export type Delivery = NonNullable<Awaited<ReturnType<Db['prisma']['mailDelivery']['findFirst']>>>;

/** The platform with the notifications, and nothing else, on a database of its own. */
export interface NotificationsApp {
  readonly app: INestApplicationContext;
  readonly db: Db;
  readonly dataDir: string;
  /** Everything that was logged, from the finest level up. */
  readonly log: readonly string[];
  /** Appends the event in a transaction of its own; answers its id. */
  happen(event: NewEvent): Promise<string>;
  /** The delivery of the event once `until` holds for it. */
  delivery(eventId: string, until: (delivery: Delivery) => boolean): Promise<Delivery>;
  close(): Promise<void>;
}

export async function startNotifications(env: Record<string, string> = {}): Promise<NotificationsApp> {
  const database = await createTestDatabase();
  const dataDir = mkdtempSync(join(tmpdir(), 'backroom-test-'));
  const config = loadConfig({
    NODE_ENV: 'test',
    DATABASE_URL: database.url,
    DATA_DIR: dataDir,
    LOG_LEVEL: 'trace',
    MAIL_FROM: 'Tea & Cups <orders@tea.example>',
    SHOP_NAME: 'Tea & Cups',
    STOREFRONT_URL: 'https://tea.example/',
    ...env,
  });
  const log: string[] = [];
  const logger = createLogger(config, { write: (line) => log.push(line) });
  const platform = PlatformModule.for({ config, databaseUrl: database.url, logger, embedded: false });
  const clean = async () => {
    await database.drop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  let app: INestApplicationContext;
  try {
    const root = { module: class Root {}, imports: [platform, NotificationsModule] };
    app = await NestFactory.createApplicationContext(root, { logger: false, abortOnError: false });
  } catch (error) {
    await clean();
    throw error;
  }
  const db = app.get(Db);
  return {
    app,
    db,
    dataDir,
    log,
    happen: (event) => db.transaction((tx) => app.get(Outbox).append(tx, event)),
    delivery: (eventId, until) => waitForDelivery(db, eventId, until),
    close: async () => {
      await app.close();
      await clean();
    },
  };
}

async function waitForDelivery(db: Db, eventId: string, until: (delivery: Delivery) => boolean): Promise<Delivery> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const delivery = await db.prisma.mailDelivery.findFirst({ where: { eventId } });
    if (delivery && until(delivery)) return delivery;
    if (Date.now() > deadline) {
      const { status, attempts, lastError } = delivery ?? {};
      throw new Error(`The delivery did not come so far: ${JSON.stringify({ status, attempts, lastError })}`);
    }
    await sleep(25);
  }
}
