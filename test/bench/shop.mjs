/** The shop as it runs in production: one process, built, with what production asks for. */
import { spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { chmodSync, closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import http from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT } from '../../scripts/lib/project.mjs';
import { temporaryFolder } from './temporary-folder.mjs';

export const ADMIN = { email: 'owner@example.com', password: 'Vellum-Harbour-Tinsel-36' };
const START_MS = 300_000;
const POLL_MS = 5;

const secret = () => randomBytes(32).toString('base64url');
/** The same for all servers of a run, as for all processes of a shop. */
const SECRETS = {
  AUTH_PRIVATE_KEY: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
    type: 'pkcs8',
    format: 'pem',
  }),
  ORDER_TOKEN_SECRET: secret(),
  ENCRYPTION_KEY: secret(),
};

/** A data folder that goes with this process. */
export function temporaryDataDir() {
  const { path, remove } = temporaryFolder('shop');
  const dataDir = join(path, 'var');
  mkdirSync(dataDir);
  chmodSync(dataDir, 0o711);
  return { dataDir, remove };
}

/**
 * Starts the built server and waits for the first 200 of `/health/ready`. Its log is written, and goes nowhere.
 * @param {{ databaseUrl?: string, dataDir: string, env?: Record<string, string> }} options without `databaseUrl`: on its embedded PostgreSQL
 */
export async function startShop({ databaseUrl, dataDir, env = {} }) {
  const port = await freePort();
  const began = performance.now();
  const errors = join(dataDir, 'errors.log');
  const child = launch(errors, {
    NODE_ENV: 'production',
    HOST: '127.0.0.1',
    PORT: String(port),
    DATA_DIR: dataDir,
    PAYMENT_PROVIDERS: 'test',
    RATE_LIMIT: 'off',
    SEED_DEMO: 'false',
    ADMIN_EMAIL: ADMIN.email,
    ADMIN_PASSWORD: ADMIN.password,
    ...SECRETS,
    ...(databaseUrl && { DATABASE_URL: databaseUrl }),
    ...env,
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  void ended.then(() => process.off('exit', kill));
  const base = `http://127.0.0.1:${port}`;
  while (!(await isReady(port))) {
    if (child.exitCode !== null || performance.now() - began > START_MS) {
      child.kill('SIGKILL');
      throw new Error(`The shop did not start:\n${readFileSync(errors, 'utf8')}`);
    }
    await sleep(POLL_MS);
  }
  const readyMs = performance.now() - began;
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  return { base, pid: child.pid, readyMs, stop };
}

function launch(errors, settings) {
  const output = openSync('/dev/null', 'w');
  const complaints = openSync(errors, 'a');
  try {
    const inherited = Object.fromEntries(
      ['PATH', 'HOME', 'TMPDIR', 'USER'].flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
    );
    return spawn(process.execPath, ['scripts/start.mjs'], {
      cwd: ROOT,
      env: { ...inherited, ...settings },
      stdio: ['ignore', output, complaints],
    });
  } finally {
    closeSync(output);
    closeSync(complaints);
  }
}

function isReady(port) {
  return new Promise((resolve) => {
    const request = http.get(
      { host: '127.0.0.1', port, path: '/health/ready', agent: false, timeout: 2_000 },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode === 200);
      },
    );
    request.once('timeout', () => request.destroy());
    request.once('error', () => resolve(false));
  });
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
