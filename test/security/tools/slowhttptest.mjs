import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runTool, versionOf } from '../run-tool.mjs';
import { startShop } from '../target.mjs';

const SECONDS = 45;
const CONNECTIONS = 800;
/** While it goes on, everyone else is answered within this time. */
const PATIENCE_MS = 2_000;

const MODES = {
  'slow headers': ['-H', '-i', '5', '-x', '24', '-u', '/v1/products'],
  'slow body': [
    '-B',
    '-i',
    '5',
    '-s',
    '8192',
    '-x',
    '10',
    '-t',
    'POST',
    '-f',
    'application/json',
    '-u',
    '/v1/auth/login',
  ],
  'slow read': ['-X', '-n', '5', '-z', '32', '-w', '10', '-y', '20', '-k', '3', '-u', '/docs-json'],
};

/** Hundreds of connections that begin and never end, while others browse. */
export const slowhttptest = {
  name: 'slowhttptest',
  program: 'slowhttptest',
  package: 'slowhttptest',
  version: () => versionOf('slowhttptest', ['-h'], /version (\d+\.\d+\.\d+)/),
  async run({ folder }) {
    const shop = await startShop({ log: join(folder, 'slowhttptest-server.log'), env: { RATE_LIMIT: 'off' } });
    const findings = [];
    const summary = [];
    try {
      for (const [name, args] of Object.entries(MODES)) {
        const others = browse(shop.base);
        const mode = args.with(args.indexOf('-u') + 1, shop.base + args.at(-1));
        const words = ['-c', String(CONNECTIONS), '-r', '200', '-l', String(SECONDS), '-p', '3', ...mode];
        const { output } = await runTool('slowhttptest', words, {
          log: join(folder, `slowhttptest-${name.replace(' ', '-')}.log`),
          ms: (SECONDS + 20) * 1000,
        });
        const { answered, failed, slowestMs } = await others.end();
        summary.push(`${name}: ${answered} others served, the slowest in ${slowestMs} ms`);
        if (failed > 0)
          findings.push(`${name}: ${failed} of ${answered + failed} others were not served within ${PATIENCE_MS} ms`);
        if (/service available:\s+NO/.test(output.split('slow HTTP test status').at(-1) ?? ''))
          findings.push(`${name}: slowhttptest itself was not served`);
      }
    } finally {
      await shop.stop();
    }
    return {
      command: `slowhttptest -H|-B|-X -c ${CONNECTIONS} -r 200 -l ${SECONDS}`,
      findings,
      explained: [],
      summary: summary.join('; '),
    };
  },
};

function browse(base) {
  let answered = 0;
  let failed = 0;
  let slowestMs = 0;
  let over = false;
  const work = (async () => {
    while (!over) {
      const started = Date.now();
      const response = await fetch(`${base}/v1/products?limit=5`, {
        signal: globalThis.AbortSignal.timeout(PATIENCE_MS),
      }).catch(() => undefined);
      await response?.text().catch(() => undefined);
      if (response?.status === 200) answered += 1;
      else failed += 1;
      slowestMs = Math.max(slowestMs, Date.now() - started);
      await sleep(200);
    }
  })();
  return {
    end: async () => {
      over = true;
      await work;
      return { answered, failed, slowestMs };
    },
  };
}
