import { performance } from 'node:perf_hooks';
import { compareLines, expectEqual, refundedOf } from './compare.mjs';
import { HttpClient } from './http.mjs';
import { dependencies, eachOf, runOrdered } from './schedule.mjs';
import { amountOf, Shop, slugOf } from './shop.mjs';

const MAX_PROBLEMS = 25;
/** Prices of one order that are set side by side. */
const PRICES_AT_ONCE = 4;
const REFUNDED = ['partially_refunded', 'refunded'];

/** So much went wrong that going on would only repeat it. */
class GivenUp extends Error {}

/**
 * What the shop has for a stock code. `price` is what the variant costs once `priced` has settled.
 * @typedef {{
 *   variantId: string,
 *   price: bigint | null,
 *   priced: Promise<unknown>,
 *   start: { onHand: number, reserved: number },
 * }} Article
 */

/**
 * What the shop answered for a sale that was carried out; `refunded` is the sum of its refunded lines at the prices
 * that the order holds.
 * @typedef {{ orderId: string, items: Map<string, import('./index.mjs').ItemAnswer>, refunded: bigint }} Placed
 */

/** Carries a plan out on a running shop and compares what the shop then says with what the file says. */
class Replay {
  #plan;
  #shop;
  #concurrency;
  #progress;
  /** @type {Map<string, Article>} */
  #articles = new Map();
  /** @type {Map<number, Placed>} */
  #placed = new Map();
  /** @type {Promise<string> | null} */
  #shippingMethod = null;
  /** @type {Omit<import('./index.mjs').Result, 'requests' | 'repeated'>} */
  result = {
    orders: 0,
    lines: 0,
    amount: 0n,
    refunds: 0,
    refundLines: 0,
    refundAmount: 0n,
    stock: { variants: 0, expected: 0, found: 0, wrong: 0 },
    reusedProducts: 0,
    priceChanges: 0,
    seconds: { products: 0, sales: 0, check: 0 },
    problems: [],
  };

  /**
   * @param {import('./index.mjs').Plan} plan
   * @param {Shop} shop
   * @param {number} concurrency
   * @param {import('./index.mjs').Progress} progress
   */
  constructor(plan, shop, concurrency, progress) {
    this.#plan = plan;
    this.#shop = shop;
    this.#concurrency = concurrency;
    this.#progress = progress;
  }

  async run() {
    const { operations, products } = this.#plan;
    const { seconds } = this.result;
    try {
      await this.#shop.checkReady();
      seconds.products = await this.#phase('products', products.size, () =>
        eachOf(products.values(), this.#concurrency, (product) =>
          this.#guard(`product ${product.sku}`, () => this.#stockUp(product)),
        ),
      );
      seconds.sales = await this.#phase('orders and refunds', operations.length, () => this.#sell());
      seconds.check = await this.#phase('orders and stocks compared', this.#placed.size + this.#articles.size, () =>
        this.#compare(),
      );
    } catch (error) {
      this.result.problems.push(error instanceof Error ? error.message : String(error));
    }
  }

  /** @param {string} label @param {number} total @param {() => Promise<void>} work @returns {Promise<number>} seconds */
  async #phase(label, total, work) {
    const started = performance.now();
    this.#progress.begin(label, total);
    try {
      await work();
    } finally {
      this.#progress.end();
    }
    return (performance.now() - started) / 1_000;
  }

  /** One piece of work: its failure is noted and the rest goes on, until there are too many. @param {string} what @param {() => Promise<void>} work */
  async #guard(what, work) {
    try {
      await work();
    } catch (error) {
      const { problems } = this.result;
      problems.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
      if (problems.length === MAX_PROBLEMS) throw new GivenUp(`Given up after ${MAX_PROBLEMS} problems.`);
    }
    this.#progress.tick();
  }

  /** @param {import('./index.mjs').Product} product */
  async #stockUp(product) {
    const made = await this.#shop.createProduct(product);
    const answer = made ?? (await this.#shop.findProduct(product.sku));
    const variant = answer?.variants.find(({ sku }) => sku === product.sku);
    if (!variant) throw new Error(`its stock code or its address ${slugOf(product.sku)} is taken: use an empty shop`);
    const start = made ? { onHand: product.stock, reserved: 0 } : await this.#restock(variant.id, product.stock);
    if (made) expectEqual('available', product.stock, variant.available);
    else this.result.reusedProducts += 1;
    const price = amountOf(variant.price);
    if (made) expectEqual('price', product.price, price);
    this.#articles.set(product.sku, { variantId: variant.id, price, priced: Promise.resolve(), start });
  }

  /** Brings what an earlier replay left up to what this one needs. @param {string} variantId @param {number} needed */
  async #restock(variantId, needed) {
    const before = await this.#shop.stock(variantId);
    const delta = Math.max(0, needed - before.available);
    if (delta > 0) await this.#shop.addStock(variantId, delta);
    return { onHand: before.onHand + delta, reserved: before.reserved };
  }

  /** @param {string} sku @returns {Article} */
  #article(sku) {
    const article = this.#articles.get(sku);
    if (!article) throw new Error(`the product ${sku} could not be made`);
    return article;
  }

  #sell() {
    const { operations } = this.#plan;
    return runOrdered(dependencies(operations), this.#concurrency, async (index) => {
      const operation = operations[index];
      if (operation?.type === 'sale') {
        await this.#guard(`order ${operation.id}`, () => this.#order(index, operation));
      } else if (operation) {
        await this.#guard(`refund ${operation.id}`, () => this.#refund(operation));
      }
    });
  }

  /** @param {number} index @param {import('./index.mjs').Sale} sale */
  async #order(index, sale) {
    const { lines, email, name, country } = sale;
    await eachOf(lines, PRICES_AT_ONCE, ({ sku, price }) => this.#ensurePrice(this.#article(sku), sku, price));
    const wanted = lines.map(({ sku, quantity }) => ({ variantId: this.#article(sku).variantId, quantity }));
    const cart = await this.#shop.createCart(wanted);
    compareLines(lines, cart);
    this.#shippingMethod ??= this.#shop.shippingMethod(cart.id);
    const buyer = { email, name, country, shippingMethod: await this.#shippingMethod };
    const order = await this.#shop.placeOrder(cart.id, buyer);
    // Kept before it is compared: what was ordered counts for the stock, whatever else is wrong with it.
    this.#placed.set(index, { orderId: order.id, items: new Map(), refunded: 0n });
    expectEqual('status', 'paid', order.status);
    this.#placed.set(index, { orderId: order.id, items: compareLines(lines, order), refunded: 0n });
  }

  /**
   * The schedule lets nobody ask for another price meanwhile; orders at the same price wait for the same change.
   * @param {Article} article @param {string} sku @param {bigint} price
   */
  #ensurePrice(article, sku, price) {
    if (article.price === price) return article.priced;
    article.price = price;
    article.priced = this.#shop.setPrice(article.variantId, price).then(
      ({ variants }) => {
        this.result.priceChanges += 1;
        expectEqual(`price of ${sku}`, price, amountOf(variants.find((variant) => variant.sku === sku)?.price));
      },
      (error) => {
        article.price = null;
        throw error;
      },
    );
    return article.priced;
  }

  /** @param {import('./index.mjs').Refund} refund */
  async #refund({ sale, lines, amount }) {
    const placed = this.#placed.get(sale);
    if (!placed) throw new Error('its order was not placed');
    let sum = 0n;
    const items = lines.map(({ sku, quantity }) => {
      const item = placed.items.get(sku);
      if (!item) throw new Error(`its order has no ${sku}`);
      sum += amountOf(item.unitPrice) * BigInt(quantity);
      return { itemId: item.id, quantity };
    });
    await this.#shop.refund(placed.orderId, items);
    this.result.refunds += 1;
    this.result.refundLines += items.length;
    placed.refunded += sum;
    expectEqual('refunded lines', amount, sum);
  }

  async #compare() {
    await eachOf(this.#placed, this.#concurrency, ([index, placed]) =>
      this.#guard(`order ${this.#plan.operations[index]?.id} read again`, () => this.#compareOrder(index, placed)),
    );
    await eachOf(this.#articles, this.#concurrency, ([sku, article]) =>
      this.#guard(`stock of ${sku}`, () => this.#compareStock(sku, article)),
    );
  }

  /** What the shop has kept is counted, not what it said while selling. @param {number} index @param {Placed} placed */
  async #compareOrder(index, { orderId, refunded }) {
    const sale = this.#plan.operations[index];
    const order = await this.#shop.readOrder(orderId);
    this.result.orders += 1;
    this.result.lines += order.items.length;
    this.result.amount += amountOf(order.subtotal);
    const kept = refundedOf(order) ?? refunded;
    this.result.refundAmount += kept;
    compareLines(sale?.lines ?? [], order);
    expectEqual('refunded lines', refunded, kept);
    if (refunded === 0n) expectEqual('payment status', 'paid', order.paymentStatus);
    else if (!REFUNDED.includes(order.paymentStatus)) expectEqual('payment status', REFUNDED[0], order.paymentStatus);
  }

  /** @param {string} sku @param {Article} article */
  async #compareStock(sku, { variantId, start }) {
    const { stock } = this.result;
    const { onHand, reserved } = await this.#shop.stock(variantId);
    const { sold = 0, restocked = 0 } = this.#plan.products.get(sku) ?? {};
    const expected = start.onHand - sold + restocked;
    stock.variants += 1;
    stock.expected += expected;
    stock.found += onHand;
    if (onHand !== expected || reserved !== start.reserved) stock.wrong += 1;
    expectEqual('on hand', expected, onHand);
    expectEqual('reserved', start.reserved, reserved);
  }
}

/**
 * Carries the plan out. Rejects nothing that the shop does wrong: that stands in the result's problems.
 * @type {typeof import('./index.mjs').replay}
 */
export async function replay(plan, { base, email, password, concurrency, timeoutMs }, progress) {
  const http = new HttpClient({ base, timeoutMs, connections: concurrency * PRICES_AT_ONCE });
  const run = new Replay(plan, new Shop(http, { email, password }), concurrency, progress);
  try {
    await run.run();
  } finally {
    http.close();
  }
  return { ...run.result, requests: http.requests, repeated: http.repeated };
}
