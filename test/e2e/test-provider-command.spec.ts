import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestHttpProvider } from '../../src/payments/providers/test-http-provider.js';
import { newId, type PaymentId } from '../../src/platform/ids/index.js';
import { ROOT } from '../support/server-process.js';

/** The simulated payment provider as a person starts it. */
const SECRET = 'a secret of sixteen';

let folder: string;
let running: ChildProcess[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'backroom-test-'));
  running = [];
});
afterEach(async () => {
  for (const child of running.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  rmSync(folder, { recursive: true, force: true });
});

function run(args: readonly string[]): { child: ChildProcess; said: () => string } {
  const child = spawn(process.execPath, ['scripts/cli.mjs', 'test-provider', '--', ...args], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], INIT_CWD: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text) => (output += text));
  return { child, said: () => output };
}

async function start(): Promise<{ child: ChildProcess; url: string }> {
  const { child, said } = run(['--port', '0', '--file', 'journal.jsonl', '--secret', SECRET]);
  for (;;) {
    const url = /listens on (\S+)/.exec(said())?.[1];
    if (url !== undefined) return { child, url };
    if (child.exitCode !== null) throw new Error(said());
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const providerAt = (url: string) => new TestHttpProvider(url, SECRET, () => new Date());

const charge = (url: string, key: PaymentId) =>
  providerAt(url).charge({
    key,
    amount: { amount: 1000n, currency: 'GBP' },
    token: 'tok_approved',
    capture: true,
    description: 'B-1',
    signal: AbortSignal.timeout(10_000),
  });

describe('npm run test-provider', () => {
  it('keeps every charge that it answered through kill -9, and makes none twice', async () => {
    const answered: PaymentId[] = [];
    const asked: PaymentId[] = [];
    for (let round = 0; round < 3; round++) {
      const { child, url } = await start();
      let alive = true;
      const customers = Array.from({ length: 8 }, async () => {
        while (alive) {
          const key = newId<PaymentId>();
          asked.push(key);
          if ((await charge(url, key)).outcome === 'captured') answered.push(key);
        }
      });
      await new Promise((resolve) => setTimeout(resolve, 400));
      child.kill('SIGKILL');
      await once(child, 'exit');
      alive = false;
      await Promise.all(customers);
    }
    const { child, url } = await start();
    const keys: string[] = [];
    for await (const { key } of providerAt(url).records(new Date(0), new Date(Date.now() + 60_000))) keys.push(key);
    expect(answered.length).toBeGreaterThan(10);
    expect(new Set(keys).size).toBe(keys.length);
    expect(answered.filter((key) => !keys.includes(key))).toEqual([]);
    expect(keys.filter((key) => !asked.includes(key as PaymentId))).toEqual([]);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  }, 60_000);

  it.each([
    [[]],
    [['--file', 'x']],
    [['--file', 'x', '--secret', 'short']],
    [['--file', 'x', '--secret', SECRET, '--port', '70000']],
    [['--file', 'x', '--secret', SECRET, '--webhook', 'shop']],
    [['--file', 'x', '--secret', SECRET, '--else', '1']],
  ])(
    'says how it is used: %j',
    async (args) => {
      const { child, said } = run(args);
      expect(await once(child, 'close')).toEqual([1, null]);
      expect(said()).toContain('Use: npm run test-provider');
    },
    60_000,
  );

  it('says why it cannot run', async () => {
    const { child, said } = run(['--port', '0', '--file', join('no', 'such', 'folder'), '--secret', SECRET]);
    expect(await once(child, 'close')).toEqual([1, null]);
    expect(said()).toContain('The test provider cannot run');
  }, 60_000);
});
