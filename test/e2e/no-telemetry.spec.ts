import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ROOT, ServerProcess, temporaryFolder, type TemporaryFolder } from '../support/server-process.js';

const GUARD = join(ROOT, 'test/support/network-guard.cjs');
const resolve = (module: string): string => createRequire(join(ROOT, 'package.json')).resolve(module);

let folder: TemporaryFolder;
let log: string;

beforeEach(() => {
  folder = temporaryFolder();
  log = join(folder.path, 'network.log');
});
afterEach(() => folder.remove());

const guarded = (): Record<string, string> => ({ NODE_OPTIONS: `--require=${GUARD}`, NETWORK_GUARD_LOG: log });
const attempts = (): string => (existsSync(log) ? readFileSync(log, 'utf8') : '');

/** Runs a program to its end, with the environment that our scripts give it; its children may write a little later. */
async function run(
  words: string[],
  env: Record<string, string> = {},
): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, words, { cwd: ROOT, env: { ...process.env, ...guarded(), ...env } });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const code = await new Promise<number | null>((done) => child.once('close', done));
  await new Promise((done) => setTimeout(done, 1_000));
  return { code, output };
}

describe('nothing calls out', () => {
  it('and the guard that says so sees what does', async () => {
    const calls = `
      const net = require('node:net');
      fetch('http://192.0.2.1/').catch(() => 0);
      require('node:https').get('https://example.invalid/').on('error', () => 0);
      net.connect(9, '192.0.2.2').on('error', () => 0);
      require('node:dns').promises.lookup('example.invalid').catch(() => 0);
      new (require('node:worker_threads').Worker)("require('node:net').connect(9, '192.0.2.3').on('error', () => 0)", { eval: true });
      const server = net.createServer().listen(0, '127.0.0.1', () => net.connect(server.address().port, '127.0.0.1', () => console.log('local') || process.exit()).unref());
    `;
    const { output } = await run(['-e', calls.replace('process.exit()', 'setTimeout(() => process.exit(), 500)')]);
    expect(output).toContain('local');
    for (const target of ['192.0.2.1:', 'example.invalid', '192.0.2.2:9', '192.0.2.3:9'])
      expect(attempts()).toContain(target);
  }, 30_000);

  it('of a server in production, from its start to its end', async () => {
    const env = {
      NODE_ENV: 'production',
      PAYMENT_PROVIDERS: 'test',
      SEED_DEMO: 'true',
      LOG_PRETTY: 'false',
      ...guarded(),
    };
    const server = new ServerProcess({ dataDir: folder.dataDir, env });
    const { base } = await server.ready();
    for (const path of [
      '/docs',
      '/docs-json',
      '/v1/products',
      '/media/demo/enamel-mug.svg',
      '/metrics',
      '/health/ready',
    ])
      expect((await fetch(base + path)).status).toBe(200);
    expect(await server.stop()).toEqual({ code: 0, signal: null });
    expect(attempts()).toBe('');
  }, 60_000);

  it('of the tools that the build and the checks run, as our scripts run them', async () => {
    const { ENVIRONMENT: prisma } = (await import(join(ROOT, 'scripts/prisma-generate.mjs'))) as {
      ENVIRONMENT: Record<string, string>;
    };
    const { ENVIRONMENT: linters } = (await import(join(ROOT, 'scripts/lib/lint-environment.mjs'))) as {
      ENVIRONMENT: Record<string, string>;
    };
    expect((await run([resolve('prisma/build/index.js'), 'validate'], prisma)).code).toBe(0);
    expect(
      (
        await run(
          [join(ROOT, 'node_modules/.bin/redocly'), 'lint', 'redocly.yaml', '--config', 'redocly.yaml'],
          linters,
        )
      ).output,
    ).not.toBe('');
    expect((await run([resolve('@nestjs/cli/bin/nest.js'), '--version'])).code).toBe(0);
    expect(attempts()).toBe('');
  }, 60_000);
});
