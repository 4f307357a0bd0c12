import { randomBytes } from 'node:crypto';
import { withDatabase } from '../../support/shop-fixture.js';
import { PASSWORD, type Caller } from '../callers.js';
import type { Rows } from '../row.js';
import type { World } from '../world.js';

const CREDENTIAL = { id: 'AAAA', rawId: 'AAAA', type: 'public-key', clientExtensionResults: {} };
const REGISTERED = { ...CREDENTIAL, response: { clientDataJSON: 'e30', attestationObject: 'oA' } };
const SHOWN = { ...CREDENTIAL, response: { clientDataJSON: 'e30', authenticatorData: 'AA', signature: 'AA' } };

/** A passkey of the holder's; its key is none, since nobody signs in with it. */
async function passkeyOf(world: World, { userId }: Caller): Promise<string> {
  const id = randomBytes(16).toString('base64url');
  await withDatabase(world.shop, (client) =>
    client.query(
      `insert into passkey (id, user_id, public_key, counter, transports, backed_up, name, created_at)
       values ($1, $2, '\\x00', 0, '{}', false, 'Phone', now())`,
      [id, userId],
    ),
  );
  return id;
}

/** How one's own account is signed in to. The password is the proof that some of them ask for. */
export const factors: Rows = {
  getOwnFactors: { ask: () => ({}) },
  beginTotp: { ask: (_, { password }) => ({ body: { password } }) },
  // Nobody here has a second factor: what is past the gate says so.
  confirmTotp: { ask: () => ({ body: { code: '123456' } }), past: [409, 422] },
  disableTotp: { ask: (_, { password }) => ({ body: { password } }), past: [409] },
  renewRecoveryCodes: { ask: (_, { password }) => ({ body: { password } }), past: [409] },
  listOwnPasskeys: { ask: () => ({}) },
  beginPasskey: { ask: (_, { password }) => ({ body: { password } }) },
  // No browser answers here: the challenge is not one that was asked.
  addPasskey: { ask: () => ({ body: { token: 'x'.repeat(43), name: 'Phone', response: REGISTERED } }), past: [422] },
  renamePasskey: {
    ask: async (world, holder) => ({ params: { id: await passkeyOf(world, holder) }, body: { name: 'Old phone' } }),
  },
  removePasskey: {
    ask: async (world, holder) => ({
      params: { id: await passkeyOf(world, holder) },
      body: { password: holder.password },
    }),
    foreign: async (world, owner) => ({ params: { id: await passkeyOf(world, owner) }, body: { password: PASSWORD } }),
  },
  beginPasskeySignIn: { ask: () => ({}) },
  signInWithPasskey: { ask: () => ({ body: { token: 'x'.repeat(43), response: SHOWN } }), past: [401] },
  resetUserFactors: { ask: async (world) => ({ params: { id: (await world.account()).id } }) },
};
