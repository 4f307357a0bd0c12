import type { Rows } from '../row.js';
import { accounts } from './accounts.js';
import { buying } from './buying.js';
import { factors } from './factors.js';
import { links } from './links.js';
import { privacy } from './privacy.js';
import { shop } from './shop.js';
import { tokens } from './tokens.js';

/** One row for each operation of the API: whoever adds a route adds one. */
export const rows: Rows = { ...accounts, ...buying, ...factors, ...links, ...privacy, ...shop, ...tokens };
