import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { markedRequests } from '../operations.mjs';
import { runTool, versionOf } from '../run-tool.mjs';
import { startShop } from '../target.mjs';

const AT_ONCE = 2;
const LINE = '======================================================';
/** What it writes beside a value that it first took for a hole, and then tried in vain to use as one. */
const TAKEN_BACK = /false positive or unexploitable/;
const IGNORED = '400,401,402,403,404,405,409,412,413,414,415,422,429,503';

/** Every value of every operation, in path, query, header and body, as an administrator, who reaches the most statements. */
export const sqlmap = {
  name: 'sqlmap',
  program: 'sqlmap',
  package: 'sqlmap',
  version: () => versionOf('sqlmap', ['--version'], /(\d+\.\d+[\w.]*)/),
  async run({ folder, ms }) {
    const shop = await startShop({
      log: join(folder, 'sqlmap-server.log'),
      env: { RATE_LIMIT: 'off', ACCESS_TOKEN_SECONDS: '3600' },
    });
    try {
      const requests = markedRequests(shop, { host: new URL(shop.base).host, token: shop.admin, mark: '*' });
      const deadline = Date.now() + ms;
      const parts = Array.from({ length: AT_ONCE }, (_, part) =>
        requests.filter((_request, index) => index % AT_ONCE === part),
      );
      const results = await Promise.all(
        parts.map((part, index) => attack(part, index, { folder, base: shop.base, ms: deadline - Date.now() })),
      );
      const tried = results.reduce((sum, { tried: one }) => sum + one, 0);
      const values = requests.reduce((sum, { text }) => sum + text.split('*').length - 1, 0);
      return {
        command: results[0].command,
        findings: [
          ...results.flatMap(({ findings }) => findings),
          ...(tried === 0 ? ['nothing was tried; see sqlmap-0.log'] : []),
        ],
        explained: results.flatMap(({ takenBack }) => takenBack),
        summary: `${requests.length} operations with ${values} values; ${tried} values tried in the time`,
      };
    } finally {
      await shop.stop();
    }
  },
};

async function attack(requests, part, { folder, base, ms }) {
  const own = join(folder, `sqlmap-${part}`);
  mkdirSync(own);
  const file = join(own, 'requests.log');
  // The form of a proxy's log, of which sqlmap takes one request after the other.
  const { host } = new URL(base);
  const entries = requests.map(
    ({ text }) => `${LINE}\n12:00:00 AM  http://${host}  [127.0.0.1]\n${LINE}\n${text}\n${LINE}\n\n`,
  );
  writeFileSync(file, entries.join('\n'));
  const results = join(own, 'results.csv');
  const options = [
    '--level=1',
    '--risk=1',
    '--technique=BEUS',
    '--dbms=PostgreSQL',
    '--ignore-code',
    IGNORED,
    '--skip-waf',
    '--ignore-stdin',
    '--timeout=10',
    '--retries=1',
  ];
  const args = [
    '-l',
    file,
    '--batch',
    '--disable-coloring',
    `--output-dir=${own}`,
    `--results-file=${results}`,
    ...options,
  ];
  const { output } = await runTool('sqlmap', args, { log: join(folder, `sqlmap-${part}.log`), ms });
  const rows = existsSync(results) ? readFileSync(results, 'utf8').trim().split('\n').slice(1).filter(Boolean) : [];
  const named = [...output.matchAll(/^.*(?:is vulnerable|appears to be '.*' injectable|might be injectable).*$/gm)].map(
    ([line]) => line,
  );
  return {
    command: `sqlmap -l requests.log --batch ${options.join(' ')}`,
    findings: [...rows.filter((row) => !TAKEN_BACK.test(row)), ...(rows.length === 0 ? named : [])],
    takenBack: rows.filter((row) => TAKEN_BACK.test(row)).map((row) => `${row} (its own second look takes it back)`),
    tried: (output.match(/does not seem to be injectable/g) ?? []).length + rows.length,
  };
}
