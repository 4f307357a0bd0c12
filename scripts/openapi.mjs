/**
 * `npm run openapi`        writes openapi.json from the built server.
 * `npm run openapi:check`  fails when it differs from what the code says, or breaks Redocly's or Spectral's recommended rules, or
 *                        those that .spectral.security.yaml makes of the OWASP API Security Top 10.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensureBuilt } from './lib/built.mjs';
import { ENVIRONMENT } from './lib/lint-environment.mjs';
import { ROOT, fail } from './lib/project.mjs';

const FILE = join(ROOT, 'openapi.json');

const [command] = process.argv.slice(2);
if (command === 'write') {
  const text = await render();
  writeFileSync(FILE, text);
  console.log(`Wrote openapi.json: ${operations(text)} operations`);
} else if (command === 'check') {
  const text = await render();
  if (!existsSync(FILE) || readFileSync(FILE, 'utf8') !== text)
    fail('openapi.json is not what the code says; run npm run openapi and look at the difference.');
  lint('redocly', ['lint', 'openapi.json', '--config', 'redocly.yaml', '--max-problems', '50']);
  for (const ruleset of ['.spectral.yaml', '.spectral.security.yaml'])
    lint('spectral', ['lint', 'openapi.json', '--ruleset', ruleset, '--fail-severity', 'hint']);
  console.log('openapi.json is what the code says, and passes all linters');
} else fail('Use: npm run openapi, or npm run openapi:check');

/** The document of the application as the sources are now; it needs no database to be described. */
async function render() {
  await ensureBuilt();
  const { describeApi } = await import('../dist/describe-api.js');
  return `${JSON.stringify(await describeApi(), null, 2)}\n`;
}

function operations(text) {
  return Object.values(JSON.parse(text).paths).reduce((sum, path) => sum + Object.keys(path).length, 0);
}

function lint(tool, args) {
  const { status } = spawnSync(join(ROOT, 'node_modules/.bin', tool), args, {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, ...ENVIRONMENT },
  });
  if (status !== 0) fail(`${tool} finds faults in openapi.json`);
}
