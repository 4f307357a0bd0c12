import { main } from '../test/replay/cli.mjs';

process.exitCode = await main(process.argv.slice(2), process.env);
