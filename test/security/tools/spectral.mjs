import { join } from 'node:path';
import { ROOT } from '../../../scripts/lib/project.mjs';
import { runTool, versionOf } from '../run-tool.mjs';

const PROGRAM = join(ROOT, 'node_modules/.bin/spectral');

/** openapi.json against the OWASP API Security Top 10; the exceptions and why are in .spectral.security.yaml. */
export const spectral = {
  name: 'spectral',
  program: PROGRAM,
  version: () => versionOf(PROGRAM, ['--version'], /(\d+\.\d+\.\d+)/),
  async run({ folder, ms }) {
    const args = ['lint', 'openapi.json', '--ruleset', '.spectral.security.yaml', '--fail-severity', 'hint'];
    const { code, output } = await runTool(PROGRAM, args, { log: join(folder, 'spectral.log'), ms, cwd: ROOT });
    return {
      command: `spectral ${args.join(' ')}`,
      findings: code === 0 ? [] : output.split('\n').filter((line) => /error|warning|information|hint/.test(line)),
      explained: [],
      summary: 'every operation of openapi.json',
    };
  },
};
