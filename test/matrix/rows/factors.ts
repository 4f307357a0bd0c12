import type { Rows } from '../row.js';

/** How one's own account is signed in to. The password is the proof that some of them ask for. */
export const factors: Rows = {
  getOwnFactors: { ask: () => ({}) },
  beginTotp: { ask: (_, { password }) => ({ body: { password } }) },
  // Nobody here has a second factor: what is past the gate says so.
  confirmTotp: { ask: () => ({ body: { code: '123456' } }), past: [409, 422] },
  disableTotp: { ask: (_, { password }) => ({ body: { password } }), past: [409] },
  renewRecoveryCodes: { ask: (_, { password }) => ({ body: { password } }), past: [409] },
};
