/** `npm start`: builds when that is needed, and becomes the server: one process, to which all signals go. */
import module from 'node:module';
import { join } from 'node:path';
import { ensureBuilt } from './lib/built.mjs';
import { ROOT } from './lib/project.mjs';

await ensureBuilt();
// Newer versions of Node keep compiled code between starts; a start is mostly reading code.
module.enableCompileCache?.(join(ROOT, 'node_modules/.cache/compiled'));
await import('../dist/bundle/main.js');
