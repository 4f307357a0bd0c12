/** What a run measures on: one PostgreSQL, the filled shop and the filled floor on it. */
import { drain } from './backlog.mjs';
import { makeCatalog } from './catalog.mjs';
import { openDatabase, vacuumFilled, withClient } from './database.mjs';
import { fillShop } from './fill-shop.mjs';
import { startFloor } from './floor/start.mjs';
import { ADMIN, startShop, temporaryDataDir } from './shop.mjs';
import { floorScenarios } from './targets/floor.mjs';
import { withMixed } from './targets/mixed.mjs';
import { shopScenarios } from './targets/shop.mjs';
import { withClientOf } from './turn.mjs';

const CATEGORIES = 50;
const CUSTOMERS = 50;
/** A tiny catalogue has fewer of both. */
const PRODUCTS_EACH = 20;
const MOST_FILLING_MS = 10 * 60_000;

export const WITHOUT_CACHE = { CATALOG_CACHE_MB: '0' };

/** Stop it whatever happens, also when `prepare` failed. */
export class Bed {
  /** @type {import('./database.mjs').BenchDatabase} */
  database;
  /** @type {import('./turn.mjs').Target} */
  floor;
  /** @type {import('./turn.mjs').Target | undefined} */
  shop;
  shopUrl = '';
  #floor;
  #server;
  #scenarios = {};
  #data = temporaryDataDir();

  /**
   * Fills both. The shop runs then, with SERVER_TIMING=on.
   * @param {{ products: number, databaseUrl?: string }} options
   * @returns {Promise<{ importSeconds: number }>}
   */
  async prepare({ products, databaseUrl }) {
    const most = Math.ceil(products / PRODUCTS_EACH);
    const size = { products, categories: Math.min(CATEGORIES, most), customers: Math.min(CUSTOMERS, most) };
    const catalog = makeCatalog(size);
    this.database = await openDatabase(databaseUrl);
    await this.#prepareFloor(catalog);
    this.shopUrl = await this.database.create('shop');
    await this.startShop({ SERVER_TIMING: 'on', ...WITHOUT_CACHE });
    const filled = await fillShop({ base: this.shop.base, admin: ADMIN, catalog });
    await drain(this.shopUrl, MOST_FILLING_MS);
    await withClient(this.shopUrl, vacuumFilled);
    // The ids that they send are the same for every server on this database.
    this.#scenarios = await withClientOf(this.shop, 1, async (client) =>
      withMixed(await shopScenarios(catalog, client)),
    );
    this.shop.scenarios = this.#scenarios;
    return filled;
  }

  /** A new process of the shop in place of the one that runs. @param {Record<string, string>} env */
  async startShop(env) {
    await this.stopShop();
    this.#server = await startShop({ databaseUrl: this.shopUrl, dataDir: this.#data.dataDir, env });
    const { base, pid } = this.#server;
    this.shop = { name: 'shop', base, pid, databaseUrl: this.shopUrl, hasBacklog: true, scenarios: this.#scenarios };
  }

  async stopShop() {
    await this.#server?.stop();
    this.#server = this.shop = undefined;
  }

  async stop() {
    await this.stopShop();
    await this.#floor?.stop();
    await this.database?.stop();
    this.#data.remove();
  }

  async #prepareFloor(catalog) {
    const databaseUrl = await this.database.create('floor');
    this.#floor = await startFloor({ databaseUrl, catalog });
    const { base, pid } = this.#floor;
    const scenarios = withMixed(floorScenarios(catalog));
    this.floor = { name: 'floor', base, pid, databaseUrl, hasBacklog: false, scenarios };
  }
}
