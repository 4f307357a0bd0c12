import { afterEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { eventually, withDatabase } from '../support/shop-fixture.js';
import { leftBehind, ROOT, ServerProcess, temporaryFolder } from '../support/server-process.js';
import { createTestDatabase } from '../support/test-database.js';

const cleanups: (() => void | Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** `npm run keys:rotate -- ARGS`, but for npm. */
function command(args: string[], env: Record<string, string>) {
  const child = spawn(process.execPath, ['scripts/cli.mjs', 'keys-rotate', ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] ?? '', ...env },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  return new Promise<{ code: number | null; output: string }>((resolve) => {
    child.once('close', (code) => resolve({ code, output }));
  });
}

function newFolder() {
  const folder = temporaryFolder();
  cleanups.push(folder.remove);
  return folder;
}

async function call<T>(base: string, path: string, options: { token?: string; body?: object } = {}) {
  const response = await fetch(base + path, {
    method: options.body ? 'POST' : 'GET',
    headers: {
      ...(options.token ? { authorization: `Bearer ${options.token}` } : {}),
      ...(options.body ? { 'content-type': 'application/json' } : {}),
    },
    ...(options.body ? { body: JSON.stringify(options.body) } : {}),
  });
  return { status: response.status, json: (await response.json()) as T };
}

const keyIds = async (base: string) =>
  (await call<{ keys: { kid: string }[] }>(base, '/.well-known/jwks.json')).json.keys.map(({ kid }) => kid);

/** A token that names the key: a process that does not know it reads the keys at once, and not within half a minute only. */
async function tellOf(base: string, kid: string): Promise<void> {
  const header = Buffer.from(JSON.stringify({ alg: 'ES256', typ: 'at+jwt', kid })).toString('base64url');
  await call(base, '/v1/users/me', { token: `${header}.e30.AAAA` });
}
const kidOf = (token: string) =>
  (JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as { kid: string }).kid;

describe('npm run keys:rotate', () => {
  it('changes the key of two processes on one database, and signs nobody out', async () => {
    const database = await createTestDatabase();
    cleanups.push(database.drop);
    const env = {
      DATABASE_URL: database.url,
      ENCRYPTION_KEY: 'shared by the processes of this test',
      RATE_LIMIT: 'off',
    };
    const bases: string[] = [];
    for (let index = 0; index < 2; index++) {
      const server = new ServerProcess({ dataDir: newFolder().dataDir, via: 'node', env });
      cleanups.push(() => server.stop());
      bases.push((await server.ready()).base);
    }
    const [here = '', there = ''] = bases;
    const person = { email: 'kept@example.com', password: 'correct horse battery staple', name: 'Kept' };
    const first = (
      await call<{ accessToken: string; refreshToken: string }>(here, '/v1/auth/register', { body: person })
    ).json;
    const { code, output } = await command([], { ...env, DATA_DIR: newFolder().dataDir });
    expect([code, output]).toEqual([0, expect.stringMatching(/^New key: (\S+)$/m)]);
    const made = /New key: (\S+)/.exec(output)?.[1] ?? '';
    // As if two minutes had passed.
    await withDatabase({ databaseUrl: database.url }, (client) =>
      client.query('update signing_key set created_at = now(), signs_from = now() where id = $1', [made]),
    );
    for (const base of bases) {
      const known = await eventually(
        () => tellOf(base, made).then(() => keyIds(base)),
        (ids) => ids.includes(made),
        45_000,
      );
      expect(known).toEqual([kidOf(first.accessToken), made]);
    }
    const next = (
      await call<{ accessToken: string }>(there, '/v1/auth/refresh', { body: { refreshToken: first.refreshToken } })
    ).json;
    expect(kidOf(next.accessToken)).toBe(made);
    for (const base of bases)
      for (const token of [first.accessToken, next.accessToken])
        expect((await call(base, '/v1/users/me', { token })).status).toBe(200);
  }, 120_000);

  it('changes the key of an embedded shop that is running, and says what it cannot read', async () => {
    const folder = newFolder();
    const server = new ServerProcess({ dataDir: folder.dataDir, via: 'node' });
    cleanups.push(() => server.stop());
    const { base } = await server.ready();
    const [before] = await keyIds(base);
    expect(await command(['--nonsense'], { DATA_DIR: folder.dataDir })).toMatchObject({
      code: 2,
      output: expect.stringContaining('Use: npm run keys:rotate'),
    });
    const { code, output } = await command(['--at-once'], { DATA_DIR: folder.dataDir });
    expect([code, output]).toEqual([0, expect.stringContaining('New key: ')]);
    const after = await eventually(
      () => tellOf(base, /New key: (\S+)/.exec(output)?.[1] ?? '').then(() => keyIds(base)),
      (ids) => !ids.includes(before ?? ''),
      45_000,
    );
    expect(after).toHaveLength(1);
    await server.stop();
    expect(await leftBehind(folder.path)).toEqual([]);
  }, 120_000);
});
