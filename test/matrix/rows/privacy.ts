import { newEmail } from '../callers.js';
import type { Rows } from '../row.js';

/** What is held on persons: given out and erased. */
export const privacy: Rows = {
  exportOwnData: { ask: () => ({}) },
  eraseOwnAccount: { ask: () => ({ body: { password: 'not this one' } }), past: [422] },
  exportUserData: { ask: (world) => ({ params: { id: world.caller('owner').userId ?? '' } }) },
  eraseUser: { ask: async (world) => ({ params: { id: (await world.account()).id } }) },
  exportGuestData: { ask: () => ({ body: { email: newEmail('guest') } }) },
  eraseGuest: { ask: () => ({ body: { email: newEmail('guest') } }) },
};
