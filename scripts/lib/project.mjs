import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout's own folder. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Ends the script with one message and no stack. */
export function fail(message) {
  console.error(message);
  process.exit(1);
}
