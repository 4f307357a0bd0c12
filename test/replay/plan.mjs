import { classify, LEFT_OUT, MAX_QUANTITY } from './classify.mjs';
import { countryCode } from './countries.mjs';
import { SalesLedger } from './ledger.mjs';

/** What one cart can hold. */
const MAX_LINES = 1_000;
/** Units that every product has beyond what the file sells, so that no product may end at zero by luck. */
const SPARE_UNITS = 7;
const HOME = 'GB';

/**
 * Spreads the lines of one invoice over as few orders as it takes: an order has one price for each stock code, so a
 * second price, a thousand-and-first line or an overfull line moves to the next order. Equal lines become one.
 * @type {typeof import('./index.mjs').spreadOverOrders}
 */
export function spreadOverOrders(lines) {
  /** @type {Map<string, import('./index.mjs').OrderLine>[]} */
  const orders = [];
  for (const { sku, quantity, price } of lines) {
    let order = orders.find((candidate) => {
      const held = candidate.get(sku);
      return held ? held.price === price && held.quantity + quantity <= MAX_QUANTITY : candidate.size < MAX_LINES;
    });
    if (!order) orders.push((order = new Map()));
    const held = order.get(sku);
    if (held) held.quantity += quantity;
    else order.set(sku, { sku, quantity, price });
  }
  return orders.map((order) => [...order.values()]);
}

/** @param {import('./index.mjs').OrderLine[]} lines */
function sumOf(lines) {
  return lines.reduce((sum, line) => sum + line.price * BigInt(line.quantity), 0n);
}

/** Collects the plan line by line; an invoice is turned into operations when the next one begins. */
class Planner {
  /** @type {import('./index.mjs').Plan} */
  plan = {
    file: { lines: 0, invoices: 0, cancellations: 0, firstDay: '', lastDay: '', unknownCountries: 0 },
    products: new Map(),
    operations: [],
    sales: { orders: 0, invoices: 0, fileLines: 0, lines: 0, units: 0, amount: 0n },
    refunds: { refunds: 0, wholeLines: 0, partLines: 0, lines: 0, units: 0, amount: 0n },
    left: new Map(),
    priceChanges: 0,
  };
  /** @type {Map<string, bigint>} */
  #prices = new Map();
  /** @type {Set<string>} */
  #seen = new Set();
  #ledger = new SalesLedger();
  /** @type {{ row: import('./index.mjs').Row, line: import('./index.mjs').ReadLine }[]} */
  #invoice = [];

  /** @param {import('./index.mjs').Row} row */
  add(row) {
    if (this.#invoice[0] && this.#invoice[0].row.invoice !== row.invoice) this.endInvoice();
    const { file } = this.plan;
    file.lines += 1;
    const day = row.at.slice(0, 10);
    if (file.firstDay === '' || day < file.firstDay) file.firstDay = day;
    if (day > file.lastDay) file.lastDay = day;
    this.#invoice.push({ row, line: classify(row) });
  }

  endInvoice() {
    const lines = this.#invoice;
    this.#invoice = [];
    if (!lines[0]) return;
    this.#countInvoice(lines[0].row.invoice);
    this.#planSales(lines);
    this.#planRefunds(lines);
    for (const { line } of lines) if (line.kind === 'left') this.#leave(line.why, 1, line.units, line.amount);
  }

  /** @param {string} invoice */
  #countInvoice(invoice) {
    if (this.#seen.has(invoice)) return;
    this.#seen.add(invoice);
    if (/^C/i.test(invoice)) this.plan.file.cancellations += 1;
    else this.plan.file.invoices += 1;
  }

  /** @param {{ row: import('./index.mjs').Row, line: import('./index.mjs').ReadLine }[]} invoice */
  #planSales(invoice) {
    const sold = [];
    for (const { row, line } of invoice) {
      if (line.kind !== 'sale') continue;
      sold.push(line);
      this.#meetProduct(row, line);
    }
    const first = invoice[0]?.row;
    const customer = sold[0]?.customer;
    if (!first || customer === undefined) return;
    const country = countryCode(first.country);
    if (country === null) this.plan.file.unknownCountries += 1;
    this.plan.sales.invoices += 1;
    this.plan.sales.fileLines += sold.length;
    for (const [n, lines] of spreadOverOrders(sold).entries()) {
      const id = n === 0 ? first.invoice : `${first.invoice}/${n + 1}`;
      const email = `${customer === null ? `invoice-${first.invoice}` : `customer-${customer}`}@example.com`;
      const name = customer === null ? `Invoice ${first.invoice}` : `Customer ${customer}`;
      this.#addSale({ type: 'sale', id, email, name, country: country ?? HOME, lines, amount: sumOf(lines) }, customer);
    }
  }

  /** @param {import('./index.mjs').Row} row @param {import('./index.mjs').SaleLine} line */
  #meetProduct(row, line) {
    const { products } = this.plan;
    const known = products.get(line.sku);
    const product = known ?? { sku: line.sku, title: '', price: line.price, sold: 0, restocked: 0, stock: SPARE_UNITS };
    if (product.title === '') product.title = row.description;
    product.sold += line.quantity;
    product.stock += line.quantity;
    if (!known) products.set(line.sku, product);
  }

  /** @param {import('./index.mjs').Sale} sale @param {string | null} customer */
  #addSale(sale, customer) {
    const { operations, sales } = this.plan;
    for (const { sku, price, quantity } of sale.lines) {
      if (customer !== null) this.#ledger.add(customer, sku, { operation: operations.length, price, quantity });
      if ((this.#prices.get(sku) ?? price) !== price) this.plan.priceChanges += 1;
      this.#prices.set(sku, price);
      sales.units += quantity;
    }
    sales.orders += 1;
    sales.lines += sale.lines.length;
    sales.amount += sale.amount;
    operations.push(sale);
  }

  /** @param {{ row: import('./index.mjs').Row, line: import('./index.mjs').ReadLine }[]} invoice */
  #planRefunds(invoice) {
    /** @type {Map<number, Map<string, import('./index.mjs').OrderLine>>} */
    const byOrder = new Map();
    for (const { line } of invoice) {
      if (line.kind !== 'cancellation') continue;
      const { sku, price } = line;
      const { parts, rest, why } = this.#ledger.take(line.customer, sku, line);
      this.#countCancellation(line, rest, why);
      for (const { operation, quantity } of parts) {
        const lines = byOrder.get(operation) ?? new Map();
        lines.set(sku, { sku, price, quantity: quantity + (lines.get(sku)?.quantity ?? 0) });
        byOrder.set(operation, lines);
      }
    }
    for (const [sale, lines] of byOrder) this.#addRefund(invoice[0]?.row.invoice ?? '', sale, [...lines.values()]);
  }

  /** @param {import('./index.mjs').CancellationLine} line @param {number} rest @param {import('./index.mjs').LeftKind} why */
  #countCancellation(line, rest, why) {
    const { refunds } = this.plan;
    const whole = rest === line.quantity;
    if (rest === 0) refunds.wholeLines += 1;
    else this.#leave(why, whole ? 1 : 0, rest, -line.price * BigInt(rest));
    if (rest > 0 && !whole) refunds.partLines += 1;
  }

  /** @param {string} invoice @param {number} sale @param {import('./index.mjs').OrderLine[]} lines */
  #addRefund(invoice, sale, lines) {
    const { operations, products, refunds } = this.plan;
    const amount = sumOf(lines);
    for (const { sku, quantity } of lines) {
      const product = products.get(sku);
      if (product) product.restocked += quantity;
      refunds.units += quantity;
    }
    refunds.refunds += 1;
    refunds.lines += lines.length;
    refunds.amount += amount;
    operations.push({ type: 'refund', id: `${invoice} of ${operations[sale]?.id}`, sale, lines, amount });
  }

  /** @param {import('./index.mjs').LeftKind} why @param {number} lines @param {number} units @param {bigint} amount */
  #leave(why, lines, units, amount) {
    const count = this.plan.left.get(why) ?? { lines: 0, units: 0, amount: 0n };
    this.plan.left.set(why, {
      lines: count.lines + lines,
      units: count.units + units,
      amount: count.amount + amount,
    });
  }
}

/**
 * Turns the lines of a sales file into products to make and orders and refunds to carry out, in the file's order.
 * Every line is accounted for: it is sold, refunded whole, refunded in part, or left out for a reason.
 * @type {typeof import('./index.mjs').planSales}
 */
export async function planSales(rows) {
  const planner = new Planner();
  for await (const row of rows) planner.add(row);
  planner.endInvoice();
  const { plan } = planner;
  for (const product of plan.products.values()) if (product.title === '') product.title = product.sku;
  plan.left = new Map(Object.keys(LEFT_OUT).flatMap((why) => entryOf(plan.left, why)));
  return plan;
}

/**
 * In the order in which the reasons are declared, whatever came first in the file.
 * @param {import('./index.mjs').Plan['left']} left @param {string} why
 * @returns {[import('./index.mjs').LeftKind, import('./index.mjs').LeftCount][]}
 */
function entryOf(left, why) {
  const kind = /** @type {import('./index.mjs').LeftKind} */ (why);
  const count = left.get(kind);
  return count ? [[kind, count]] : [];
}
