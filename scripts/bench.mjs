/** `npm run bench`: how fast the built server is, beside a bare one on the same database; see docs/performance.md. */
import { ensureBuilt } from './lib/built.mjs';
import { main } from '../test/bench/cli.mjs';

// So that what was started goes, too.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130));
await ensureBuilt();
process.exit(await main(process.argv.slice(2), process.env));
