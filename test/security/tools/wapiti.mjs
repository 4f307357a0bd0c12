import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { operations, pathValue, sample } from '../operations.mjs';
import { runTool, versionOf } from '../run-tool.mjs';
import { startShop } from '../target.mjs';

/** All but those that want a server on the Internet to answer them, or to load lists from there. */
const MODULES = [
  'backup',
  'blindsql',
  'cookieflags',
  'crlf',
  'csp',
  'csrf',
  'exec',
  'file',
  'htaccess',
  'http_headers',
  'methods',
  'permanentxss',
  'redirect',
  'shellshock',
  'sql',
  'xss',
];

const EXPLAINED = [
  [
    /X-XSS-Protection is not set/,
    'it switched on a filter that browsers have taken out, since it made holes of its own',
  ],
  [
    /Strict-Transport-Security is not set/,
    'this shop was attacked over plain HTTP, where RFC 6797 forbids it; over HTTPS testssl.sh sees it',
  ],
];

/** Every address that is read, with all its parameters, and what the pages under /docs link to. */
export const wapiti = {
  name: 'wapiti',
  program: 'wapiti',
  package: 'wapiti',
  version: () => versionOf('wapiti', ['--version'], /Wapiti (\d+\.\d+\.\d+)/),
  async run({ folder, ms }) {
    const shop = await startShop({ log: join(folder, 'wapiti-server.log'), env: { RATE_LIMIT: 'off' } });
    try {
      const report = join(folder, 'wapiti.json');
      const starts = addresses(shop).flatMap((address) => ['-s', address]);
      const perModule = Math.max(10, Math.floor(ms / 1000 / 10));
      const options = [
        '--scope',
        'domain',
        '-m',
        MODULES.join(','),
        '-d',
        '2',
        '--max-scan-time',
        '30',
        '--max-attack-time',
        String(perModule),
        '-S',
        'normal',
        '--no-bugreport',
        '--flush-session',
      ];
      const args = [
        '-u',
        `${shop.base}/docs`,
        ...starts,
        '-H',
        `Authorization: Bearer ${shop.admin}`,
        ...options,
        '--store-session',
        join(folder, 'wapiti-session'),
        '-f',
        'json',
        '-o',
        report,
      ];
      const { timedOut } = await runTool('wapiti', args, { log: join(folder, 'wapiti.log'), ms });
      const { vulnerabilities = {}, anomalies = {} } = existsSync(report)
        ? JSON.parse(readFileSync(report, 'utf8'))
        : {};
      const named = Object.entries({ ...vulnerabilities, ...anomalies }).flatMap(([kind, found]) =>
        found.map(({ method, path, info, parameter }) => `${kind}: ${method} ${path} ${parameter ?? ''} ${info}`),
      );
      const why = (text) => EXPLAINED.find(([pattern]) => pattern.test(text))?.[1];
      return {
        command: `wapiti -u /docs -s … ${options.join(' ')}`,
        findings: existsSync(report) ? named.filter((text) => !why(text)) : ['there is no report; see wapiti.log'],
        explained: named.filter(why).map((text) => `${text} (${why(text)})`),
        summary: `${starts.length / 2} addresses and what they link to${timedOut ? ', not all of it in the time' : ''}`,
      };
    } finally {
      await shop.stop();
    }
  },
};

function addresses(shop) {
  return operations()
    .filter(({ method }) => method === 'get')
    .map(({ path, operation }) => {
      const filled = path.replaceAll(/\{(\w+)\}/g, (_, name) => encodeURIComponent(pathValue(path, name, shop)));
      const query = (operation.parameters ?? [])
        .filter((one) => one.in === 'query')
        .map(({ name, schema }) => `${name}=${encodeURIComponent(String(sample(schema ?? {})))}`);
      return `${shop.base}${filled}${query.length > 0 ? `?${query.join('&')}` : ''}`;
    });
}
