/**
 * `npm run prove:races`, `prove:crashes`, `prove:faults`, `prove:model`: one of the proofs of docs/reliability.md alone, at the size that
 * the PROOF_ variables ask for (the gate runs them all at a small one). More arguments go to jest.
 */
import { createRequire } from 'node:module';
import { ensureBuilt } from './lib/built.mjs';
import { fail } from './lib/project.mjs';
import { runNode } from './lib/run.mjs';

const [name, ...rest] = process.argv.slice(2);
if (!/^(races|crashes|faults|model)$/.test(name ?? '')) fail('Use: npm run prove:races, :crashes, :faults or :model');
await ensureBuilt();
const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
const what = ['--selectProjects=e2e', `--testPathPatterns=e2e/proof-${name}`, '--silent=false'];
const { code } = await runNode([...flags, jest, ...what, ...rest], { show: true });
process.exit(code);
