import { newEmail, PASSWORD } from '../callers.js';
import type { Rows } from '../row.js';
import type { World } from '../world.js';

/** Of the form of a mailed token, and nobody's: what follows is the operation's own refusal. */
const NO_TOKEN = 'x'.repeat(43);

/** Mailed links, invitations, and where one is signed in. */
export const links: Rows = {
  // Of the accounts of the matrix only the administrator's address is not confirmed.
  requestEmailVerification: { ask: () => ({}), past: [202, 409] },
  confirmEmail: { ask: () => ({ body: { token: NO_TOKEN } }), past: [422] },
  changeOwnEmail: { ask: () => ({ body: { email: newEmail('next'), password: 'not this one' } }), past: [422] },
  requestPasswordReset: { ask: () => ({ body: { email: newEmail('forgetful') } }) },
  resetPassword: { ask: () => ({ body: { token: NO_TOKEN, password: PASSWORD } }), past: [422] },
  listInvitations: { ask: () => ({}) },
  inviteUser: { ask: () => ({ body: { email: newEmail('invited'), name: 'Invited', roles: ['customer'] } }) },
  resendInvitation: { ask: async (world) => ({ params: { userId: await invitation(world) } }) },
  withdrawInvitation: { ask: async (world) => ({ params: { userId: await invitation(world) } }) },
  acceptInvitation: { ask: () => ({ body: { token: NO_TOKEN, password: PASSWORD } }), past: [422] },
  listOwnSessions: { ask: () => ({}) },
  endOtherSessions: {
    ask: async (world) => ({ bearer: await world.signIn((await world.account('elsewhere')).email) }),
  },
  endOwnSession: {
    ask: async (world, { email, password }) => {
      const bearer = await world.signIn(email, password);
      return { params: { id: await sessionOf(world, bearer) }, bearer };
    },
    foreign: async (world, { email, password }) => ({
      params: { id: await sessionOf(world, await world.signIn(email, password)) },
    }),
  },
  listUserSessions: { ask: (world) => ({ params: { id: world.caller('owner').userId ?? '' } }) },
  endUserSessions: { ask: async (world) => ({ params: { id: (await world.account()).id } }) },
};

async function invitation({ admin }: World): Promise<string> {
  const body = { email: newEmail('invited'), name: 'Invited', roles: ['customer'] };
  return (await admin.post<{ userId: string }>('/v1/invitations', body, { expect: 201 })).json.userId;
}

/** The session that the bearer is of. */
async function sessionOf(world: World, bearer: string): Promise<string> {
  interface Page {
    readonly items: { readonly id: string; readonly current: boolean }[];
  }
  const { json } = await world.shop.guest.as(bearer).get<Page>('/v1/auth/sessions?limit=100', { expect: 200 });
  return json.items.find(({ current }) => current)?.id ?? '';
}
