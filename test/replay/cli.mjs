import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { isExact, planSales, readRows, renderPlan, renderReport, replay, untilDay } from './index.mjs';
import { LineProgress } from './progress.mjs';

const USAGE = `Usage: npm run replay -- FILE.csv[.gz] [options]

Sells a file of real sales in a running shop, over HTTP alone, and compares the shop's sums and stocks with the file's.
The file's columns: InvoiceNo, StockCode, Description, Quantity, InvoiceDate, UnitPrice, CustomerID, Country.

  --base URL          where the shop answers (REPLAY_BASE; http://127.0.0.1:3000)
  --email ADDRESS     the administrator's sign-in (REPLAY_EMAIL, or ADMIN_EMAIL)
  --password TEXT     (REPLAY_PASSWORD, or ADMIN_PASSWORD)
  --concurrency N     orders under way at once, 1 to 64 (4)
  --limit-day DAY     only up to this day: a date, or how many of the file's days
  --timeout SECONDS   for one answer (60)
  --plan              only say what would be done; needs no shop

The shop should run with RATE_LIMIT=off. Ends with 0 when everything is equal, 1 when not, 2 when it could not begin.`;

/** The command line is wrong. */
class UsageError extends Error {}

/** @param {string} name @param {string} text @param {number} most @returns {number} */
function wholeNumber(name, text, most) {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < 1 || number > most) {
    throw new UsageError(`--${name} must be a whole number from 1 to ${most}, not "${text}".`);
  }
  return number;
}

/** @param {string | undefined} text @returns {string | number} */
function dayLimit(text) {
  if (text === undefined) return Infinity;
  return /^\d{4}-\d{2}-\d{2}$/.test(text) ? text : wholeNumber('limit-day', text, 10_000);
}

/** @param {string} text */
function webAddress(text) {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new UsageError(`--base must be an http or https address, not "${text}".`);
  }
  return text;
}

/** @param {string[]} args @param {NodeJS.ProcessEnv} env */
function readOptions(args, env) {
  const string = /** @type {const} */ ({ type: 'string' });
  const boolean = /** @type {const} */ ({ type: 'boolean' });
  const options = {
    base: string,
    email: string,
    password: string,
    concurrency: string,
    'limit-day': string,
    timeout: string,
    plan: boolean,
    help: boolean,
  };
  let parsed;
  try {
    parsed = parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  const { values, positionals } = parsed;
  return {
    help: values.help ?? false,
    planOnly: values.plan ?? false,
    files: positionals,
    limit: dayLimit(values['limit-day']),
    base: webAddress(values.base ?? env.REPLAY_BASE ?? 'http://127.0.0.1:3000'),
    email: values.email ?? env.REPLAY_EMAIL ?? env.ADMIN_EMAIL ?? '',
    password: values.password ?? env.REPLAY_PASSWORD ?? env.ADMIN_PASSWORD ?? '',
    concurrency: wholeNumber('concurrency', values.concurrency ?? '4', 64),
    timeoutMs: wholeNumber('timeout', values.timeout ?? '60', 3_600) * 1_000,
  };
}

/** @param {ReturnType<typeof readOptions>} options @returns {Promise<number>} the exit code */
async function run(options) {
  const [file, ...more] = options.files;
  if (file === undefined || more.length > 0) throw new UsageError('Name one file of sales.');
  if (!options.planOnly && (options.email === '' || options.password === '')) {
    throw new UsageError("The administrator's sign-in is missing: --email and --password.");
  }
  const started = performance.now();
  const plan = await planSales(untilDay(readRows(file), options.limit));
  if (plan.operations.length === 0) throw new UsageError(`${file} holds no sale.`);
  console.log(`Read and planned ${plan.file.lines} lines in ${((performance.now() - started) / 1_000).toFixed(1)} s`);
  if (options.planOnly) {
    console.log(renderPlan(plan));
    return 0;
  }
  const result = await replay(plan, options, new LineProgress(process.stdout));
  console.log(`\n${renderReport(plan, result)}`);
  return isExact(plan, result) ? 0 : 1;
}

/**
 * The whole command. Never throws; says what is wrong on standard error.
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>} 0 all equal, 1 something not, 2 not begun
 */
export async function main(args, env) {
  try {
    const options = readOptions(args, env);
    if (!options.help) return await run(options);
    console.log(USAGE);
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    if (error instanceof UsageError) console.error(`\n${USAGE}`);
    return 2;
  }
}
