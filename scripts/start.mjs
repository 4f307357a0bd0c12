/** `npm start`: builds when that is needed, and becomes the server: one process, to which all signals go. */
import { ensureBuilt } from './lib/build.mjs';

await ensureBuilt();
await import('../dist/main.js');
