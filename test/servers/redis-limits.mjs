/**
 * The limits on Debian's `redis-server`: the tests of limits once more with REDIS_URL, and then Redis killed and started again under two
 * running processes. `npm run test:servers -- redis` runs this alone.
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { runNode } from '../../scripts/lib/run.mjs';
import { end, freePort, startShop, until } from './shop.mjs';

const SPECS = 'test/e2e/general-limits';
const READS = 60;

/** Whether all of it went well; says what is missing where it cannot be tried. */
export async function tryRedis() {
  const version = spawnSync('redis-server', ['--version'], { encoding: 'utf8' });
  if (version.status !== 0) {
    console.log('redis-server is not installed: apt-get install -y redis-server');
    return false;
  }
  console.log(version.stdout.trim());
  const folder = mkdtempSync(join(tmpdir(), 'backroom-redis-'));
  chmodSync(folder, 0o755);
  const port = await freePort();
  const redis = await startRedis(folder, port);
  let running = redis;
  try {
    const url = `redis://127.0.0.1:${port}/0`;
    const specs = await runSpecs(url);
    console.log(`redis: ${specs ? 'the tests of limits passed' : 'the tests of limits failed'}`);
    running = await killAndRestart({ url, folder, port, redis, data: join(folder, 'shop') });
    console.log('redis: killed and started again, the shop stayed open and its limits came back');
    return specs;
  } catch (error) {
    console.log(`redis: ${error.stack}`);
    return false;
  } finally {
    await end(running);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function runSpecs(url) {
  const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const words = [...flags, jest, '--selectProjects=e2e', `--testPathPatterns=${SPECS}`];
  const { code } = await runNode(words, { env: { TEST_REDIS_URL: url }, show: true });
  return code === 0;
}

/** Two processes of one shop; Redis goes away with SIGKILL and comes back empty. */
async function killAndRestart({ url, folder, port, redis, data }) {
  const secret = randomBytes(32).toString('hex');
  const env = {
    REDIS_URL: url,
    LIMIT_PER_MINUTE: String(READS),
    // A busy machine is no reason to shed what is to be counted.
    MAX_EVENT_LOOP_DELAY_MS: '60000',
    TRUSTED_PROXIES: '1',
    NODE_ENV: 'test',
    ENCRYPTION_KEY: secret,
    ORDER_TOKEN_SECRET: secret,
  };
  for (const path of [data, join(folder, 'second')]) mkdirSync(path);
  const first = await startShop(data, env);
  let second;
  let next = redis;
  try {
    second = await startShop(join(folder, 'second'), { ...env, DATABASE_URL: databaseOf(first) });
    const both = [first.base, second.base];
    const read = async (base, address) =>
      (await fetch(`${base}/v1/products`, { headers: { 'x-forwarded-for': address } })).status;
    const signIn = async (base, email = 'nobody@example.com', address = '192.0.2.1') =>
      (
        await fetch(`${base}/v1/auth/login`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
          body: JSON.stringify({ email, password: 'wrong password' }),
        })
      ).status;
    const many = async (base, address, count) => {
      const statuses = [];
      for (let time = 0; time < count; time++) statuses.push(await read(base, address));
      return statuses.filter((status) => status === 200).length;
    };

    // A window may end in between: then it is tried once more, from elsewhere.
    const often = async (network, attempt) => {
      for (const host of [1, 2, 3]) if (await attempt(`${network}.${host}`)) return true;
      return false;
    };
    const limited = (base, network) =>
      often(network, async (address) => (await many(base, address, READS + 5)) === READS);
    const shared = (one, other, network) =>
      often(network, async (address) => {
        await many(one, address, READS + 5);
        await pause(800);
        await many(other, address, 3);
        await pause(800);
        return (await read(other, address)) === 429;
      });

    assert.ok(await limited(first.base, '198.18.0'), 'a process counts');
    assert.ok(await shared(first.base, second.base, '198.18.1'), 'the other process knows');
    for (const base of both) assert.equal(await signIn(base), 401);
    const guessed = async (email) => {
      const guess = (_, time) => signIn(both[time % 2], email, `192.0.2.${100 + time}`);
      const answers = await Promise.all(Array.from({ length: 24 }, guess));
      const [wrong, slowed] = [401, 429].map((status) => answers.filter((one) => one === status).length);
      console.log(`redis: 24 guesses at once: ${answers.join(' ')}`);
      return wrong === 10 && slowed === 14;
    };
    assert.ok(
      await often('guess', (name) => guessed(`${name}@example.com`)),
      'of many guesses at once ten are let through, the others slowed down',
    );

    await end(redis);
    for (const base of both) {
      assert.ok(await limited(base, base === first.base ? '198.18.2' : '198.18.3'), 'each counts by itself');
      assert.equal(await read(base, '192.0.2.12'), 200, 'the shop stays open');
      assert.equal(await signIn(base), 503, 'sign-in is closed');
    }
    await pause(1_500);
    for (const shop of [first, second])
      assert.equal(shop.output.split('limits cannot be counted with other processes').length - 1, 1, 'told once');

    next = await startRedis(folder, port);
    await until(async () => (await signIn(first.base)) === 401 && (await signIn(second.base)) === 401);
    await pause(1_000);
    assert.ok(await shared(second.base, first.base, '198.18.4'), 'they count together again');
    return next;
  } catch (error) {
    if (next !== redis) await end(next);
    throw error;
  } finally {
    await second?.stop();
    await first.stop();
  }
}

/** The embedded database of a shop that runs, for a second process on it. */
function databaseOf({ output }) {
  const pgdata = /its data is in ([^\s"]+)/.exec(output)?.[1] ?? '';
  const { app } = JSON.parse(readFileSync(join(pgdata, 'backroom-credentials.json'), 'utf8'));
  const databasePort = readFileSync(join(pgdata, 'postmaster.pid'), 'utf8').split('\n')[3];
  return `postgresql://backroom:${app}@127.0.0.1:${databasePort}/backroom`;
}

async function startRedis(folder, port) {
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no'];
  const child = spawn('redis-server', options, { stdio: 'ignore' });
  await until(() => spawnSync('redis-cli', ['-p', String(port), 'ping'], { encoding: 'utf8' }).stdout.includes('PONG'));
  return child;
}
