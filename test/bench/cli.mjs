import { appendFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { toMarkdown } from './report/markdown.mjs';
import { sizesTable } from './report/sizes.mjs';
import { runBench, SCENARIOS } from './run.mjs';

const USAGE = `Usage: npm run bench [-- OPTIONS]

Measures the built server beside a bare Fastify and pg server that does the same work, on one PostgreSQL, turn by turn.
That is the PostgreSQL that comes with the shop, or BENCH_DATABASE_URL, whose role must be allowed to make databases.

  --products N[,M]     products in 50 categories (10000); of several sizes one after the other, and how they compare
  --scenarios A,B      some of ${SCENARIOS.join(', ')} (all)
  --connections N      connections, and workers of the closed loop (32)
  --seconds N          one turn, also parts of a second (4)
  --turns N            turns of each target in each scenario (3)
  --soak MINUTES       the mixture alone, for so long, and the shop's memory over it
  --json FILE          adds the run to the file as one line of JSON
  --markdown FILE      writes its figures as Markdown

Ends with 0 when every answer was the right one, 1 when not, 2 when it could not begin.`;

/** The command line is wrong. */
class UsageError extends Error {}

function wholeNumber(values, name, standard, most) {
  const text = values[name] ?? String(standard);
  if (!/^\d+$/.test(text) || Number(text) < 1 || Number(text) > most)
    throw new UsageError(`--${name} must be a whole number from 1 to ${most}, not "${text}".`);
  return Number(text);
}

function sizes(text) {
  return text.split(',').map((products) => wholeNumber({ products }, 'products', 0, 1_000_000));
}

function duration(text) {
  if (!/^\d+(\.\d+)?$/.test(text) || !(Number(text) >= 0.1 && Number(text) <= 600))
    throw new UsageError(`--seconds must be a number from 0.1 to 600, not "${text}".`);
  return Number(text);
}

function readOptions(args, env) {
  const names = ['products', 'scenarios', 'connections', 'seconds', 'turns', 'soak', 'json', 'markdown'];
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' }]));
  let values;
  try {
    ({ values } = parseArgs({ args, options: { ...options, help: { type: 'boolean' } } }));
  } catch (error) {
    throw new UsageError(error.message);
  }
  const scenarios = values.scenarios?.split(',') ?? SCENARIOS;
  const unknown = scenarios.filter((name) => !SCENARIOS.includes(name));
  if (unknown.length > 0) throw new UsageError(`There is no scenario ${unknown.join(', ')}.`);
  // npm changes into the project's folder; the person may have been in another one.
  const path = (name) => values[name] && resolve(env.INIT_CWD ?? '.', values[name]);
  return {
    help: values.help ?? false,
    sizes: sizes(values.products ?? '10000'),
    json: path('json'),
    markdown: path('markdown'),
    run: {
      scenarios,
      connections: wholeNumber(values, 'connections', 32, 1_000),
      seconds: duration(values.seconds ?? '4'),
      turns: wholeNumber(values, 'turns', 3, 100),
      ...(values.soak !== undefined && { soakMinutes: wholeNumber(values, 'soak', 30, 1_440) }),
      ...(env.BENCH_DATABASE_URL && { databaseUrl: env.BENCH_DATABASE_URL }),
    },
  };
}

/**
 * The whole command. Never throws; says what is wrong on standard error.
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>} 0 all right, 1 wrong answers, 2 not begun or not finished
 */
export async function main(args, env) {
  try {
    const { help, sizes: bySize, json, markdown, run: options } = readOptions(args, env);
    if (help) {
      console.log(USAGE);
      return 0;
    }
    const runs = [];
    for (const products of bySize) {
      const run = await runBench({ ...options, products }, (line) => console.log(line));
      runs.push(run);
      if (json) appendFileSync(json, `${JSON.stringify(run)}\n`);
    }
    const compared = runs.length > 1 && !options.soakMinutes ? sizesTable(runs) : '';
    if (compared) console.log(compared);
    if (markdown)
      writeFileSync(markdown, [...runs.map(toMarkdown), compared && `${compared}\n`].filter(Boolean).join('\n'));
    const errors = runs.reduce((sum, run) => sum + countErrors(run), 0);
    console.log(errors === 0 ? 'Every answer was the right one' : `${errors} answers were not the right one`);
    return errors === 0 ? 0 : 1;
  } catch (error) {
    console.error(error instanceof UsageError ? `${error.message}\n\n${USAGE}` : error);
    return 2;
  }
}

/** @param {Awaited<ReturnType<typeof runBench>>} run */
function countErrors({ scenarios = [], withoutCache = [], signIns, soak }) {
  const results = [...scenarios, ...withoutCache].flatMap(({ results: found }) => Object.values(found));
  const all = [...results, ...(signIns ? [signIns] : []), ...(soak?.samples ?? [])];
  return all.reduce((sum, { errors }) => sum + errors, 0);
}
