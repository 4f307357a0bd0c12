/** A shop as it runs in production, on a database of its own that goes with it, for tools that attack it from outside. */
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../scripts/lib/project.mjs';
import { call } from './client.mjs';

export const ADMIN = { email: 'owner@example.com', password: 'Vernal-Gusset-Pliant-41' };
export const CUSTOMER = { email: 'grace@example.com', password: 'Sallow-Tinder-Knock-77' };

const START_MS = 120_000;
const running = new Set();
process.once('exit', () => {
  for (const { child, folder } of running) {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
});

/**
 * @param {{ log: string, env?: Record<string, string>, accounts?: boolean }} options
 *   `log`: the file that the server's lines go to; limits are as in production unless `env` says otherwise
 */
export async function startShop({ log, env = {}, accounts = true }) {
  const folder = mkdtempSync(join(tmpdir(), 'backroom-security-'));
  // The database may run as another user, who has to pass through.
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, 'var'));
  const settings = {
    NODE_ENV: 'production',
    HOST: '127.0.0.1',
    PORT: '0',
    DATA_DIR: join(folder, 'var'),
    PAYMENT_PROVIDERS: 'test',
    SEED_DEMO: 'true',
    ADMIN_EMAIL: ADMIN.email,
    ADMIN_PASSWORD: ADMIN.password,
    ACCESS_TOKEN_SECONDS: '3600',
    LOG_LEVEL: 'info',
    LOG_PRETTY: 'false',
  };
  const inherited = Object.fromEntries(
    ['PATH', 'HOME', 'TMPDIR', 'USER'].flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
  );
  const child = spawn(process.execPath, ['scripts/start.mjs'], {
    cwd: ROOT,
    env: { ...inherited, ...settings, ...env },
    stdio: ['ignore', 'pipe', openSync(log, 'a')],
  });
  running.add({ child, folder });
  const base = await addressOf(child, openSync(log, 'a'));
  const shop = { base, pid: child.pid, stop: () => stop(child, folder) };
  return accounts ? { ...shop, ...(await makeAccounts(base)) } : shop;
}

async function addressOf(child, file) {
  let output = '';
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`The shop did not start in time:\n${output}`)), START_MS);
    child.stdout.setEncoding('utf8').on('data', (text) => {
      writeSync(file, text);
      if (output.length < 20_000) output += text;
      const address = /Backroom is ready at (https?:\S+)/.exec(output)?.[1];
      if (!address) return;
      clearTimeout(timer);
      resolve(address);
    });
    child.once('exit', (code) => reject(new Error(`The shop ended with code ${code}:\n${output}`)));
  });
}

/** Somebody of each kind, with something of everything that has an address. */
async function makeAccounts(base) {
  const admin = await signIn(base);
  const { json } = await call(base, 'POST', '/v1/auth/register', { body: { ...CUSTOMER, name: 'Grace Hopper' } });
  const { items } = (await call(base, 'GET', '/v1/products')).json;
  const product = (await call(base, 'GET', `/v1/products/${items[0].slug}`)).json;
  const cart = (
    await call(base, 'POST', '/v1/carts', { body: { items: [{ variantId: product.variants[0].id, quantity: 1 }] } })
  ).json;
  return { admin, customer: json.accessToken, customerId: json.user.id, product, cart };
}

/** Begins another session of the administrator, and gives its access token. */
export async function signIn(base) {
  return (await call(base, 'POST', '/v1/auth/login', { body: ADMIN })).json.accessToken;
}

async function stop(child, folder) {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
  for (const entry of running) if (entry.child === child) running.delete(entry);
  rmSync(folder, { recursive: true, force: true });
}
