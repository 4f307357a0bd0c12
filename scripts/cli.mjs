/** `npm run import -- FILE.csv`: imports a file of products, in Shopify's CSV format, into the shop's database. */
import { resolve } from 'node:path';
import { ensureBuilt } from './lib/build.mjs';
import { fail } from './lib/project.mjs';

const [command, file, ...rest] = process.argv.slice(2);
if (command !== 'import' || !file || rest.length > 0) fail('Use: npm run import -- FILE.csv');

await ensureBuilt();
const { importFile } = await import('../dist/import-file.js');
// npm changes into the project's folder; the person may have been in another one.
process.exitCode = await importFile(resolve(process.env.INIT_CWD ?? '.', file));
