import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { markedRequests } from '../operations.mjs';
import { runTool, versionOf } from '../run-tool.mjs';
import { signIn, startShop } from '../target.mjs';

const AT_ONCE = 2;
/** It takes a field of this name for something that guards against forged requests, and passes it over unless it is named. */
const PASSED_OVER = /^([\w-]*token): .*\*/im;
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
      const requests = await markedRequests(shop, {
        host: new URL(shop.base).host,
        token: shop.admin,
        mark: '*',
        signIn: () => signIn(shop.base),
      });
      const deadline = Date.now() + ms;
      const attackPart = (part, name, only) =>
        attack(part, name, { folder, base: shop.base, ms: deadline - Date.now(), only });
      const results = await Promise.all(parted(requests).map((part, index) => attackPart(part, index)));
      const named = requests.filter(({ text }) => PASSED_OVER.test(text));
      for (const name of new Set(named.map(({ text }) => PASSED_OVER.exec(text)[1])))
        results.push(
          await attackPart(
            named.filter(({ text }) => text.includes(`${name}: `)),
            name,
            `${name} #1*`,
          ),
        );
      const tried = results.reduce((sum, { tried: one }) => sum + one, 0);
      const values = requests.reduce((sum, { text }) => sum + text.split('*').length - 1, 0);
      return {
        command: results[0].command,
        findings: [
          ...results.flatMap(({ findings }) => findings),
          ...(tried < values
            ? [`${values - tried} of ${values} values were not tried to the end; see sqlmap-*.log`]
            : []),
        ],
        explained: results.flatMap(({ takenBack }) => takenBack),
        summary: `${requests.length} operations with ${values} values, ${tried} of them tried to the end`,
      };
    } finally {
      await shop.stop();
    }
  },
};

/** It passes over a request whose address and body it has had, whatever the method: such requests go to different processes. */
function parted(requests) {
  const parts = Array.from({ length: AT_ONCE }, () => []);
  const target = ({ text }) => [text.split(' ')[1], text.split('\r\n\r\n')[1]].join('\n');
  for (const request of requests) {
    const [part] = parts
      .filter((one) => !one.some((other) => target(other) === target(request)))
      .sort((a, b) => a.length - b.length);
    if (!part) throw new Error(`More than ${AT_ONCE} methods of one address: sqlmap needs another process`);
    part.push(request);
  }
  return parts;
}

async function attack(requests, part, { folder, base, ms, only }) {
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
    ...(only ? ['-p', only] : []),
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
    tried: output.split(`${only ?? ''}' does not seem to be injectable`).length - 1 + rows.length,
  };
}
