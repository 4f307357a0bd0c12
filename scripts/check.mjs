/**
 * `npm run check`: everything that a change must pass before it is handed in, with a short summary; the long tests are left to
 * `npm test`. With `--report FILE` (as CI calls it, which runs all tests besides) it leaves out the unit tests and writes the
 * counts to FILE as JSON.
 */
import { writeFileSync } from 'node:fs';
import { ensureBuilt } from './lib/built.mjs';
import { CHECKS } from './lib/checks.mjs';
import { npmCli, runNode } from './lib/run.mjs';

const reportFlag = process.argv.indexOf('--report');
const report = reportFlag < 0 ? undefined : process.argv[reportFlag + 1];
const checks = report
  ? CHECKS
  : [...CHECKS, { name: 'unit tests', script: 'test', args: ['--selectProjects', 'unit'] }];

// The checks need the generated client and, for the document, the build: a failing build is told once, here.
await ensureBuilt();
let failed = 0;
for (const { name, script, args = [] } of checks) {
  const started = Date.now();
  const { code, output } = await runNode([npmCli(), 'run', '--silent', script, '--', ...args]);
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'}  ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  if (code === 0) continue;
  failed += 1;
  console.log(output.trim().replace(/^/gm, '        '));
}
if (report) writeFileSync(report, JSON.stringify({ passed: checks.length - failed, failed }));
console.log(failed === 0 ? 'All checks passed' : `${failed} of ${checks.length} checks failed`);
process.exit(failed === 0 ? 0 : 1);
