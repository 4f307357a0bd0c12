/**
 * `npm run security`             attacks the built server with each of the outside tools that is installed, and says how to install the rest.
 * `npm run security -- NAME …`   with these alone.
 *
 * Each tool gets a shop of its own, as in production, on a throwaway database and a free local port. Reports go to a temporary folder
 * outside the repository, whose name is printed. SECURITY_MINUTES (5) bounds each tool. Exit code 1 where something was found that
 * nothing explains. What the last run found is in docs/security/tools.md.
 */
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt } from './lib/built.mjs';
import { fail } from './lib/project.mjs';
import { has } from '../test/security/run-tool.mjs';
import { ffuf } from '../test/security/tools/ffuf.mjs';
import { hydra } from '../test/security/tools/hydra.mjs';
import { slowhttptest } from '../test/security/tools/slowhttptest.mjs';
import { spectral } from '../test/security/tools/spectral.mjs';
import { sqlmap } from '../test/security/tools/sqlmap.mjs';
import { testssl } from '../test/security/tools/testssl.mjs';
import { wapiti } from '../test/security/tools/wapiti.mjs';

const TOOLS = [spectral, testssl, hydra, ffuf, slowhttptest, wapiti, sqlmap];

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !TOOLS.some((tool) => tool.name === name));
if (unknown.length > 0) fail(`Use one of: ${TOOLS.map(({ name }) => name).join(', ')}`);
const chosen = TOOLS.filter(({ name }) => asked.length === 0 || asked.includes(name));
const present = chosen.filter(({ program }) => has(program));
const missing = chosen.filter((tool) => !present.includes(tool) && tool.package);
const minutes = Number(process.env.SECURITY_MINUTES ?? '5');
if (!(minutes > 0 && minutes <= 600)) fail('SECURITY_MINUTES must be a number of minutes up to 600');
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1));

await ensureBuilt();
const reports = mkdtempSync(join(tmpdir(), 'backroom-reports-'));
console.log(`Reports: ${reports}`);
let found = 0;
for (const tool of present) {
  const started = Date.now();
  const { command, findings: named, explained, summary } = await tool.run({ folder: reports, ms: minutes * 60_000 });
  const findings = [...named, ...brokenAnswers(join(reports, `${tool.name}-server.log`))];
  found += findings.length;
  const took = `${Math.round((Date.now() - started) / 1000)} s`;
  console.log(
    `\n${findings.length === 0 ? 'ok    ' : 'FOUND '} ${tool.name} ${tool.version()} (${took}): ${summary}\n        ${command}`,
  );
  for (const line of findings) console.log(`        ! ${line}`);
  for (const line of explained) console.log(`        - ${line}`);
}
if (missing.length > 0)
  console.log(
    `\nNot installed: ${missing.map(({ name }) => name).join(', ')}. On Debian:\napt-get install ${missing.map((tool) => tool.package).join(' ')}`,
  );
console.log(found === 0 ? '\nNothing was found that is not explained' : `\n${found} findings that nothing explains`);
process.exit(found === 0 ? 0 : 1);

/** Whatever a tool sends, the server has an answer of its own for it: what its log calls broken is a finding. */
function brokenAnswers(log) {
  if (!existsSync(log)) return [];
  const lines = readFileSync(log, 'utf8').split('\n');
  const broken = lines.filter((line) => /"status":5(?!03)\d\d|"msg":"unexpected error"/.test(line));
  return broken.slice(0, 20).map((line) => `the server's log: ${line.slice(0, 400)}`);
}
