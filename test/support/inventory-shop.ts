import { NestFactory } from '@nestjs/core';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import type { OrderDemand, ReserveOutcome } from '../../src/inventory/app/order-stock.service.js';
import { AdjustStockService } from '../../src/inventory/app/adjust-stock.service.js';
import { LocationsService, type NewLocation } from '../../src/inventory/app/locations.service.js';
import { TransferStockService } from '../../src/inventory/app/transfer-stock.service.js';
import { StockRepository } from '../../src/inventory/data/stock.repository.js';
import type { Stock } from '../../src/inventory/domain/stock-book.js';
import { INVENTORY_AUDIT, InventoryFacade, InventoryModule } from '../../src/inventory/index.js';
import { loadConfig } from '../../src/platform/config/index.js';
import { Db, type Tx } from '../../src/platform/database/index.js';
import { createLogger } from '../../src/platform/observability/logger.js';
import { PlatformModule } from '../../src/platform/platform.module.js';
import { MAIN_LOCATION, makeVariant, type VariantOptions } from './shop-fixture.js';
import { STAFF_ACTOR } from './staff-actor.js';
import { createTestDatabase } from './test-database.js';

/** The inventory module on a database of its own, without the shop around it: orders are ids that the test makes up. */
export async function startInventoryShop(env: Record<string, string> = {}) {
  const database = await createTestDatabase();
  const dataDir = mkdtempSync(join(tmpdir(), 'backroom-inventory-'));
  const config = loadConfig({
    ...{ NODE_ENV: 'test', DATABASE_URL: database.url, DATA_DIR: dataDir, SEED_DEMO: 'false' },
    LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'silent',
    ...env,
  });
  const boot = { config, databaseUrl: database.url, logger: createLogger(config), embedded: false, work: false };
  const app = await NestFactory.createApplicationContext(
    { module: InventoryModule, imports: [PlatformModule.for(boot)] },
    { logger: false },
  );
  const db = app.get(Db);
  const inventory = app.get(InventoryFacade);
  const locations = app.get(LocationsService);
  const adjustments = app.get(AdjustStockService);
  const transfers = app.get(TransferStockService);
  const stock = app.get(StockRepository);

  const inTx = <T>(work: (tx: Tx) => Promise<T> | T): Promise<T> => db.transaction(work);
  const reserve = async (tx: Tx, orderId: string, lines: OrderDemand['lines']): Promise<ReserveOutcome> => {
    const [outcome] = await inventory.reserveAll(tx, [{ orderId, lines }]);
    if (!outcome) throw new Error('there is no outcome');
    return outcome;
  };
  const query = async <Row extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<Row[]> =>
    (await db.pool.query<Row>(sql, values)).rows;

  return {
    ...{ db, inventory, databaseUrl: database.url, inTx, query, reserve },

    locations: {
      list: () => locations.list(),
      change: (id: string, change: Partial<NewLocation>, expected: undefined) =>
        locations.change(STAFF_ACTOR, id, change, expected),
    },

    /** A variant with its stock in the main location. */
    variant: async (options: VariantOptions = {}): Promise<string> =>
      (await makeVariant({ databaseUrl: database.url }, options)).variantId,

    /** Another location; of a higher priority number than those that there are. */
    location: async (code: string): Promise<string> => {
      const answer = await locations.create(STAFF_ACTOR, { code, name: code }, undefined, (row) => row.id);
      return answer.body;
    },

    adjust: async (variantId: string, change: { delta: number } | { onHand: number }, locationId?: string) => {
      const details = { change, locationId, reason: 'Counted', actor: STAFF_ACTOR, expected: undefined };
      await adjustments.adjust(variantId, details, undefined, () => '');
    },

    transfer: async (variantId: string, fromLocationId: string, toLocationId: string, quantity: number) => {
      const details = {
        fromLocationId,
        toLocationId,
        quantity,
        reason: 'Moved',
        actor: STAFF_ACTOR,
        expected: undefined,
      };
      await transfers.transfer(variantId, details, undefined, () => '');
    },

    read: async (variantId: string): Promise<Stock> => {
      const found = await stock.findById(variantId);
      if (!found) throw new Error(`no stock of ${variantId}`);
      return found;
    },

    /** An order that holds the lines and has been paid; its id. */
    sell: async (lines: { variantId: string; quantity: number }[]): Promise<string> => {
      const orderId = randomUUID();
      await inTx(async (tx) => {
        const outcome = await reserve(tx, orderId, lines);
        if (!outcome.ok) throw new Error(`short: ${JSON.stringify(outcome.shortages)}`);
      });
      await inTx((tx) => inventory.consume(tx, orderId));
      return orderId;
    },

    /** `main 3-1`: on hand and reserved, in each location that has any. */
    levels: async (variantId: string): Promise<string[]> => {
      const rows = await query<{ level: string }>(
        `select p.code || ' ' || l.on_hand || '-' || l.reserved as level from stock_level l join location p on p.id = l.location_id
         where l.variant_id = $1 and (l.on_hand, l.reserved) <> (0, 0) order by p.priority, p.id`,
        [variantId],
      );
      return rows.map(({ level }) => level);
    },

    /** The ledger of a variant, oldest first, as `sale main -2`. */
    ledger: async (variantId: string): Promise<string[]> => {
      const rows = await query<{ row: string }>(
        `select concat_ws(' ', m.kind, p.code, m.delta) as row from stock_movement m join location p on p.id = m.location_id
         where m.variant_id = $1 order by m.id`,
        [variantId],
      );
      return rows.map(({ row }) => row);
    },

    /** The news of low stock so far, as `available at threshold`. */
    lowStock: async (): Promise<string[]> => {
      const rows = await query<{ news: string }>(
        `select concat_ws(' at ', payload->>'available', payload->>'threshold') as news from outbox_event
         where type = 'inventory.low_stock' order by id`,
      );
      return rows.map(({ news }) => news);
    },

    /** Breaches of what the module claims of its tables; none in a sound database. */
    breaches: async (): Promise<unknown[]> => {
      const found: unknown[] = [];
      for (const { name, sql } of INVENTORY_AUDIT) for (const row of await query(sql)) found.push({ name, ...row });
      return found;
    },

    close: async (): Promise<void> => {
      await app.close();
      await database.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
    main: MAIN_LOCATION,
  };
}

export type InventoryShop = Awaited<ReturnType<typeof startInventoryShop>>;
