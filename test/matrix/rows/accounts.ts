import type { ApiClient } from '../../support/api-client.js';
import { ADDRESS } from '../../support/shop-fixture.js';
import type { Rows } from '../row.js';
import { newEmail, PASSWORD, type Caller } from '../callers.js';
import type { World } from '../world.js';

/** Signing in, one's own account, and the accounts and roles that staff look after. */
export const accounts: Rows = {
  login: {
    ask: (world, holder) => {
      const { email, password } = holder.userId === undefined ? world.caller('owner') : holder;
      return { body: { email, password } };
    },
  },
  register: { ask: () => ({ body: { email: newEmail('new'), password: PASSWORD, name: 'New' } }) },
  refreshTokens: { ask: async (world) => ({ body: { refreshToken: (await world.session()).refreshToken } }) },
  // Without a first step there is no token to show: the answer is the operation's own 401, not the gate's.
  signInWithSecondFactor: { ask: () => ({ body: { token: 'x'.repeat(43), code: '123456' } }), past: [401] },
  // Nobody has no session to end: the answer is the operation's own 401, not the gate's.
  logout: {
    ask: async (world, { userId, email, password }) =>
      userId === undefined ? {} : { bearer: await world.signIn(email, password) },
    past: [204, 401],
  },
  changeOwnPassword: {
    ask: () => ({ body: { currentPassword: 'not this one', newPassword: 'seventeen purple elephants' } }),
    past: [422],
  },
  getOwnUser: { ask: () => ({}) },
  changeOwnUser: { ask: (_, { name }) => ({ body: { name } }) },
  listOwnAddresses: { ask: () => ({}) },
  addOwnAddress: { ask: () => ({ body: ADDRESS }) },
  changeOwnAddress: {
    ask: async (_, { client }) => ({ params: { id: await addressOf(client) }, body: { city: 'York' } }),
  },
  deleteOwnAddress: { ask: async (_, { client }) => ({ params: { id: await addressOf(client) } }) },
  listApiKeys: { ask: () => ({}) },
  createApiKey: {
    ask: (_, { password }) => ({ body: { name: 'Till', permissions: ['orders:read'], password } }),
    // 403 as `auth.beyond_own_permissions`: a customer has nothing to hand to a key.
    past: [201, 403],
  },
  getApiKey: { ask: async (world, holder) => ({ params: { id: await keyOf(world, holder) } }) },
  renameApiKey: {
    ask: async (world, holder) => ({ params: { id: await keyOf(world, holder) }, body: { name: 'Till' } }),
  },
  rotateApiKey: {
    ask: async (world, holder) => ({
      params: { id: await keyOf(world, holder) },
      body: { password: holder.password },
    }),
  },
  revokeApiKey: { ask: async (world, holder) => ({ params: { id: await keyOf(world, holder) } }) },
  listUsers: { ask: () => ({}) },
  getUser: { ask: (world) => ({ params: { id: world.caller('owner').userId ?? '' } }) },
  changeUser: {
    ask: async (world) => ({ params: { id: (await world.account()).id }, body: { disabled: true } }),
  },
  listAuditEntries: { ask: () => ({}) },
  exportAuditLog: { ask: () => ({}) },
  listPermissions: { ask: () => ({}) },
  listRoles: { ask: () => ({}) },
  createRole: { ask: () => ({ body: { name: `n-${Math.random().toString(36).slice(2)}`, permissions: [] } }) },
  changeRole: { ask: async (world) => ({ params: { name: await world.role([]) }, body: { permissions: [] } }) },
  deleteRole: { ask: async (world) => ({ params: { name: await world.role([]) } }) },
};

async function addressOf(client: ApiClient): Promise<string> {
  return (await client.post<{ id: string }>('/v1/users/me/addresses', ADDRESS, { expect: 201 })).json.id;
}

/** Straight into the table: customers cannot make keys, and should not reach others' either. */
function keyOf(world: World, holder: Caller): Promise<string> {
  return world.insertKey(holder.userId ?? '', ['orders:read']);
}
