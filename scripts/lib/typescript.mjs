/**
 * Lets a script of this folder import the TypeScript under src/ as it lies there, with no build before it: tools that make and
 * check migrations must work while the code does not compile.
 */
import { register } from 'node:module';

register('./typescript-hooks.mjs', import.meta.url);
