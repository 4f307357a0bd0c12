/**
 * `npm test`: every test, on the build of these very sources and on an embedded PostgreSQL. Arguments go to jest, as in
 * `npm test -- --selectProjects unit src/pricing`.
 */
import { createRequire } from 'node:module';
import { ensureBuilt } from './lib/built.mjs';
import { runNode } from './lib/run.mjs';

await ensureBuilt();
const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
// Not through NODE_OPTIONS, which the servers that tests start would inherit; jest hands its own flags on to its workers.
const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
const { code } = await runNode([...flags, jest, ...process.argv.slice(2)], { show: true });
process.exit(code);
