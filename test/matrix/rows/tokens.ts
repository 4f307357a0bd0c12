import type { Rows } from '../row.js';

/** Keys of tokens and signing in through others. */
export const tokens: Rows = {
  getSigningKeys: { ask: () => ({}) },
};
