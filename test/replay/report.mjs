import { LEFT_OUT } from './classify.mjs';
import { isExact } from './compare.mjs';
import { formatMinor } from './money.mjs';

const PROBLEMS_SHOWN = 20;
const NUMBERS = new Intl.NumberFormat('en-GB');

/** @param {number} value */
const count = (value) => NUMBERS.format(value);
/** @param {number} value @param {string} noun */
const many = (value, noun) => `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
/** @param {bigint} amount */
const pounds = (amount) => `GBP ${formatMinor(amount)}`;

/** Columns side by side, the first to the left and the others to the right. @param {string[][]} rows */
function table(rows) {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const cell = (/** @type {string} */ text, /** @type {number} */ column) =>
    column === 0 ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0);
  return rows.map((row) => `  ${row.map(cell).join('   ')}`);
}

/** @param {import('./index.mjs').Plan} plan */
function leftOut({ left }) {
  if (left.size === 0) return ['Left out: nothing'];
  const reasons = [...left].flatMap(([why, { lines, units, amount }]) => [
    `  ${many(lines, 'line')}, ${many(units, 'unit')}, ${pounds(amount)}`,
    `      ${LEFT_OUT[why]}`,
  ]);
  return ['Left out, with the sums that the file gives', ...reasons];
}

/**
 * What the file holds and what becomes of it, for a reader.
 * @type {typeof import('./index.mjs').renderPlan}
 */
export function renderPlan(plan) {
  const { file, sales, refunds, products, left } = plan;
  const leftLines = [...left.values()].reduce((sum, { lines }) => sum + lines, 0);
  const stranger = file.unknownCountries
    ? [`Invoices from a country without a code, sent to Great Britain: ${count(file.unknownCountries)}`]
    : [];
  return [
    `The file, ${file.firstDay} to ${file.lastDay}: ${many(file.lines, 'line')} of ${many(file.invoices, 'invoice')} and ${many(file.cancellations, 'cancellation')}`,
    ...table([
      ['sold', count(sales.fileLines), 'lines'],
      ['refunded whole', count(refunds.wholeLines), 'lines'],
      ['refunded in part', count(refunds.partLines), 'lines'],
      ['left out', count(leftLines), 'lines'],
    ]),
    '',
    `The plan: ${many(products.size, 'product')}, ${count(plan.priceChanges)} changes of price`,
    `  ${many(sales.orders, 'order')} from ${many(sales.invoices, 'invoice')}, ${many(sales.lines, 'line')} (equal ones merged), ${many(sales.units, 'unit')}, ${pounds(sales.amount)}`,
    `  ${many(refunds.refunds, 'refund')}, ${many(refunds.lines, 'line')}, ${many(refunds.units, 'unit')}, ${pounds(refunds.amount)}`,
    '',
    ...leftOut(plan),
    ...stranger,
  ].join('\n');
}

/** @param {import('./index.mjs').Result} result */
function timing({ seconds, orders, refunds, requests, repeated, reusedProducts, priceChanges }) {
  const whole = seconds.products + seconds.sales + seconds.check;
  const rate = seconds.sales > 0 ? (orders / seconds.sales).toFixed(1) : '0';
  return [
    `Time: ${whole.toFixed(1)} s (products ${seconds.products.toFixed(1)}, sales ${seconds.sales.toFixed(1)}, comparison ${seconds.check.toFixed(1)})`,
    `  ${rate} orders a second, with ${many(refunds, 'refund')} and ${count(priceChanges)} changes of price among them`,
    `  ${count(requests)} requests, of which repeated: ${count(repeated)}`,
    ...(reusedProducts ? [`  ${many(reusedProducts, 'product')} of an earlier replay used again`] : []),
  ];
}

/** @param {string[]} problems */
function troubles(problems) {
  if (problems.length === 0) return [];
  const more = problems.length - PROBLEMS_SHOWN;
  const shown = problems.slice(0, PROBLEMS_SHOWN).map((problem) => `  ${problem}`);
  return ['', `Problems: ${problems.length}`, ...shown, ...(more > 0 ? [`  and ${more} more`] : [])];
}

/**
 * The file and the shop side by side, what was left out, and the verdict.
 * @type {typeof import('./index.mjs').renderReport}
 */
export function renderReport(plan, result) {
  const { sales, refunds } = plan;
  const { stock } = result;
  return [
    renderPlan(plan),
    '',
    ...table([
      ['', 'by the file', 'by the shop'],
      ['orders', count(sales.orders), count(result.orders)],
      ['lines', count(sales.lines), count(result.lines)],
      ['sum of the lines', pounds(sales.amount), pounds(result.amount)],
      ['refunds', count(refunds.refunds), count(result.refunds)],
      ['refunded lines', count(refunds.lines), count(result.refundLines)],
      ['sum of the refunded lines', pounds(refunds.amount), pounds(result.refundAmount)],
      ['units in stock', count(stock.expected), count(stock.found)],
      ['stocks compared', count(plan.products.size), count(stock.variants)],
      ['stocks that differ', '0', count(stock.wrong)],
    ]),
    '',
    ...timing(result),
    ...troubles(result.problems),
    '',
    isExact(plan, result) ? 'Equal to the penny and to the unit.' : 'NOT EQUAL.',
  ].join('\n');
}
