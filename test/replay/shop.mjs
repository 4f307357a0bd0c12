import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { UnexpectedAnswer } from './http.mjs';

/** Part of a token's life after which a new one is fetched. */
const TOKEN_LIFE_USED = 0.7;
const SETTLE_MS = 60_000;
const SETTLE_POLL_MS = 500;
const CURRENCY = 'GBP';

/** @param {bigint} amount minor units, checked to survive JSON */
function money(amount) {
  const number = Number(amount);
  if (!Number.isSafeInteger(number)) throw new RangeError(`${amount} is too large an amount to send`);
  return { amount: number, currency: CURRENCY };
}

/**
 * Minor units of an answer. Throws when it is no amount in pounds, for the file's prices are in pounds.
 * @param {unknown} value
 * @returns {bigint}
 */
export function amountOf(value) {
  const { amount, currency } = /** @type {{ amount?: unknown, currency?: unknown }} */ (value ?? {});
  if (!Number.isSafeInteger(amount) || currency !== CURRENCY) {
    throw new Error(`expected an amount in ${CURRENCY}, found ${JSON.stringify(value)}`);
  }
  return BigInt(/** @type {number} */ (amount));
}

/**
 * The address of a stock code's product: small letters as shops like them, and still different for `85123A` and `85123a`.
 * Only digits and capitals keep the short form, so what is longer cannot be met by another code's short form.
 * @type {typeof import('./index.mjs').slugOf}
 */
export function slugOf(sku) {
  const short = sku
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  if (/^[0-9A-Z]+$/.test(sku)) return `item-${short}`;
  return ['item', short, Buffer.from(sku, 'utf8').toString('hex')].filter((part) => part !== '').join('-');
}

/** @typedef {{ accessToken: string, refreshToken: string, expiresIn: number }} Tokens */
/** @typedef {import('./index.mjs').ProductAnswer} ProductAnswer */
/** @typedef {import('./index.mjs').StockAnswer} StockAnswer */
/** @typedef {import('./index.mjs').CartAnswer} CartAnswer */
/** @typedef {import('./index.mjs').OrderAnswer} OrderAnswer */

/** The calls of the shop's HTTP contract that the replay makes, each answered as promised or thrown as unexpected. */
export class Shop {
  #http;
  #signIn;
  #run = randomBytes(9).toString('base64url');
  #keys = 0;
  /** @type {{ access: string, refresh: string, freshUntil: number } | null} */
  #session = null;
  /** @type {Promise<string> | null} */
  #signingIn = null;

  /** @param {import('./http.mjs').HttpClient} http @param {{ email: string, password: string }} signIn */
  constructor(http, signIn) {
    this.#http = http;
    this.#signIn = signIn;
  }

  /**
   * @param {number[]} expected statuses
   * @param {string} method
   * @param {string} path
   * @param {{ body?: unknown, headers?: Record<string, string>, attempts?: number }} [options]
   * @returns {Promise<import('./index.mjs').Answer>}
   */
  async #ask(expected, method, path, options) {
    const answer = await this.#http.ask(method, path, options);
    if (!expected.includes(answer.status)) throw new UnexpectedAnswer(`${method} ${path}`, answer);
    return answer;
  }

  /**
   * As staff: with a token, and once more with a new one if that is refused.
   * @param {number[]} expected
   * @param {string} method
   * @param {string} path
   * @param {{ body?: unknown, headers?: Record<string, string> }} [options]
   * @returns {Promise<import('./index.mjs').Answer>}
   */
  async #askAsStaff(expected, method, path, { body, headers } = {}) {
    const authorization = `Bearer ${await this.#token()}`;
    const first = { body, headers: { ...headers, authorization } };
    const answer = await this.#ask([...expected, 401], method, path, first);
    if (answer.status !== 401) return answer;
    if (authorization === `Bearer ${this.#session?.access}`) this.#session = null;
    const second = { body, headers: { ...headers, authorization: `Bearer ${await this.#token()}` } };
    return this.#ask(expected, method, path, second);
  }

  /** One fetch at a time, whoever needs the token. @returns {Promise<string>} */
  #token() {
    if (this.#session && performance.now() < this.#session.freshUntil) return Promise.resolve(this.#session.access);
    this.#signingIn ??= this.#open().finally(() => (this.#signingIn = null));
    return this.#signingIn;
  }

  async #open() {
    let answer = null;
    if (this.#session) {
      const body = { refreshToken: this.#session.refresh };
      answer = await this.#ask([200, 401], 'POST', '/v1/auth/refresh', { body });
    }
    if (answer?.status !== 200) answer = await this.#ask([200], 'POST', '/v1/auth/login', { body: this.#signIn });
    const { accessToken, refreshToken, expiresIn } = /** @type {Tokens} */ (answer.body);
    const freshUntil = performance.now() + expiresIn * 1_000 * TOKEN_LIFE_USED;
    this.#session = { access: accessToken, refresh: refreshToken, freshUntil };
    return accessToken;
  }

  /** A key that no other run and no other request uses. */
  #key() {
    this.#keys += 1;
    return { 'idempotency-key': `"replay-${this.#run}-${this.#keys}"` };
  }

  /** Throws unless the server says it is ready and takes the sign-in. */
  async checkReady() {
    await this.#ask([200], 'GET', '/health/ready', { attempts: 1 });
    await this.#token();
  }

  /**
   * @param {import('./index.mjs').Product} product
   * @returns {Promise<ProductAnswer | null>} the whole product, or null when its slug or stock code is taken
   */
  async createProduct({ sku, title, price, stock }) {
    const body = { title, slug: slugOf(sku), variants: [{ sku, price: money(price), stock }] };
    const answer = await this.#askAsStaff([201, 409], 'POST', '/v1/products', { body, headers: this.#key() });
    return answer.status === 201 ? /** @type {ProductAnswer} */ (answer.body) : null;
  }

  /**
   * The product that an earlier replay made for this stock code.
   * @param {string} sku
   * @returns {Promise<ProductAnswer | null>}
   */
  async findProduct(sku) {
    const answer = await this.#askAsStaff([200, 404], 'GET', `/v1/products/${slugOf(sku)}`);
    return answer.status === 200 ? /** @type {ProductAnswer} */ (answer.body) : null;
  }

  /** @param {string} variantId @param {bigint} price @returns {Promise<ProductAnswer>} */
  async setPrice(variantId, price) {
    const body = { price: money(price) };
    const answer = await this.#askAsStaff([200], 'PATCH', `/v1/variants/${variantId}`, { body });
    return /** @type {ProductAnswer} */ (answer.body);
  }

  /** @param {string} variantId @returns {Promise<StockAnswer>} */
  async stock(variantId) {
    const answer = await this.#askAsStaff([200], 'GET', `/v1/inventory/${variantId}`);
    return /** @type {StockAnswer} */ (answer.body);
  }

  /** @param {string} variantId @param {number} delta */
  async addStock(variantId, delta) {
    const options = { body: { delta, reason: 'Stock for a replay' }, headers: this.#key() };
    await this.#askAsStaff([200, 201], 'POST', `/v1/inventory/${variantId}/adjustments`, options);
  }

  /** @param {{ variantId: string, quantity: number }[]} items @returns {Promise<CartAnswer>} */
  async createCart(items) {
    const answer = await this.#ask([201], 'POST', '/v1/carts', { body: { items } });
    return /** @type {CartAnswer} */ (answer.body);
  }

  /** The code of a way to ship that the shop offers for a cart: the first it names. @param {string} cartId */
  async shippingMethod(cartId) {
    const answer = await this.#ask([200], 'GET', `/v1/shipping-methods?cartId=${encodeURIComponent(cartId)}`);
    const { items } = /** @type {{ items: { code: string }[] }} */ (answer.body);
    if (!items[0]) throw new UnexpectedAnswer('GET /v1/shipping-methods', answer);
    return items[0].code;
  }

  /**
   * Orders a guest's cart and pays for it. An order whose payment is not settled at once is waited for.
   * @param {string} cartId
   * @param {{ email: string, name: string, country: string, shippingMethod: string }} buyer
   * @returns {Promise<OrderAnswer>}
   */
  async placeOrder(cartId, { email, name, country, shippingMethod }) {
    const shippingAddress = { name, line1: '1 Example Street', city: 'Exampleton', postalCode: 'EX1 1EX', country };
    const payment = { provider: 'test', token: 'tok_approved' };
    const options = { body: { cartId, email, shippingAddress, shippingMethod, payment }, headers: this.#key() };
    const answer = await this.#ask([201], 'POST', '/v1/orders', options);
    let order = /** @type {OrderAnswer} */ (answer.body);
    const deadline = performance.now() + SETTLE_MS;
    while (order.status === 'pending_payment' && performance.now() < deadline) {
      await sleep(SETTLE_POLL_MS);
      order = await this.readOrder(order.id);
    }
    return order;
  }

  /** @param {string} id @returns {Promise<OrderAnswer>} */
  async readOrder(id) {
    const answer = await this.#askAsStaff([200], 'GET', `/v1/orders/${id}`);
    return /** @type {OrderAnswer} */ (answer.body);
  }

  /** Refunds lines of an order and puts them back on the shelf. @param {string} orderId @param {{ itemId: string, quantity: number }[]} lines */
  async refund(orderId, lines) {
    const options = { body: { items: lines.map((line) => ({ ...line, restock: true })) }, headers: this.#key() };
    await this.#askAsStaff([200, 201], 'POST', `/v1/orders/${orderId}/refunds`, options);
  }
}
