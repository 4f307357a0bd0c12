/** Shops for the tests against other servers. */
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { ROOT } from '../../scripts/lib/project.mjs';

/** The built shop on an embedded database of its own, listening on a free port. */
export async function startShop(dataDir, env) {
  const plain = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_OPTIONS)/.test(name)));
  const child = spawn(process.execPath, ['scripts/start.mjs'], {
    cwd: ROOT,
    env: { ...plain, PORT: '0', SEED_DEMO: 'false', DATA_DIR: dataDir, LOG_LEVEL: 'info', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const shop = { output: '', base: '', dataDir, stop: () => end(child, 'SIGTERM') };
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => (shop.output += text));
  try {
    await until(() => {
      if (child.exitCode !== null) throw new Error(`the shop ended: ${shop.output}`);
      shop.base = /Backroom is ready at (http:\S+)/.exec(shop.output)?.[1] ?? '';
      return shop.base !== '';
    }, 180_000);
  } catch (error) {
    await shop.stop();
    throw error;
  }
  return shop;
}

export function end(child, signal = 'SIGKILL') {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  const ended = new Promise((done) => child.once('exit', done));
  child.kill(signal);
  return ended;
}

export async function until(check, ms = 15_000) {
  const deadline = Date.now() + ms;
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error('it did not come about in time');
    await pause(100);
  }
}

export function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
