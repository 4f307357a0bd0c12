import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { document } from '../operations.mjs';
import { runTool, versionOf } from '../run-tool.mjs';
import { startShop } from '../target.mjs';
import { wordlist } from '../wordlist.mjs';

/** Served, and no part of the API. */
const PAGES = [
  '/docs',
  '/docs/',
  '/docs-json',
  '/docs-yaml',
  '/docs/init.js',
  '/docs/swagger-ui.css',
  '/docs/swagger-ui-bundle.js',
  '/docs/favicon-32x32.png',
];
const PLACES = [
  '/',
  '/v1/',
  '/v1/users/',
  '/v1/products/',
  '/v1/orders/',
  '/v1/auth/',
  '/docs/',
  '/media/',
  '/media/demo/',
  '/.well-known/',
];

/** Common names of files, panels and routes, under every folder that there is: whatever answers must be in openapi.json. */
export const ffuf = {
  name: 'ffuf',
  program: 'ffuf',
  package: 'ffuf',
  version: () => versionOf('ffuf', ['-V'], /version: (\d+\.\d+\.\d+)/),
  async run({ folder, ms }) {
    const shop = await startShop({
      log: join(folder, 'ffuf-server.log'),
      // A 503 tells nothing of what is there.
      env: { RATE_LIMIT: 'off', MAX_EVENT_LOOP_DELAY_MS: '60000' },
    });
    try {
      const words = wordlist();
      const list = join(folder, 'words.txt');
      writeFileSync(list, words.join('\n'));
      const findings = [];
      let tries = 0;
      const rounds = PLACES.flatMap((place) => ['GET', 'POST'].map((method) => ({ place, method })));
      const seconds = Math.ceil(ms / 1000 / rounds.length);
      for (const [index, { place, method }] of rounds.entries()) {
        const report = join(folder, `ffuf-${index}.json`);
        const args = [
          '-w',
          list,
          '-u',
          `${shop.base}${place}FUZZ`,
          '-X',
          method,
          '-H',
          `Authorization: Bearer ${shop.admin}`,
          '-mc',
          'all',
          '-fc',
          '404',
          '-t',
          '20',
          '-s',
          '-maxtime',
          String(seconds),
          '-o',
          report,
          '-of',
          'json',
        ];
        const begun = Date.now();
        await runTool('ffuf', args, { log: join(folder, 'ffuf.log'), ms });
        if (Date.now() - begun >= seconds * 1000) findings.push(`${method} ${place}: not all names in the time`);
        if (!existsSync(report)) findings.push(`no report of ${method} ${place}`);
        else
          for (const { url, status } of JSON.parse(readFileSync(report, 'utf8')).results)
            if (!isKnown(method, decodePath(url), status))
              findings.push(`${method} ${url} answers ${status}, and is not in openapi.json`);
        tries += words.length;
      }
      return {
        command: 'ffuf -w words.txt -u PLACE/FUZZ -X GET|POST -mc all -fc 404 -t 20',
        findings: [...new Set(findings)],
        explained: [],
        summary: `${words.length} names in ${PLACES.length} places, GET and POST: ${tries} requests`,
      };
    } finally {
      await shop.stop();
    }
  },
};

const decodePath = (url) => new URL(url).pathname;

/** Described, or a described address under another method, or one that cannot be read at all. */
function isKnown(method, path, status) {
  if (PAGES.includes(path) && (method === 'GET' || status === 405)) return true;
  if (status === 400 && !canBeDecoded(path)) return true;
  const matching = Object.entries(document.paths).filter(([known]) =>
    new RegExp(`^${known.replaceAll('.', '\\.').replaceAll(/\{[^}]+\}/g, '[^/]+')}$`).test(path),
  );
  return matching.some(([, item]) => item[method.toLowerCase()]) || (status === 405 && matching.length > 0);
}

function canBeDecoded(path) {
  try {
    return decodeURIComponent(path) !== '';
  } catch {
    return false;
  }
}
