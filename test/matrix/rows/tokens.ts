import type { Rows } from '../row.js';

const PAGE = 'https://shop.example.com/signed-in';
const BACK = { token: 'x'.repeat(43), callbackUrl: `${PAGE}?code=x&state=x` };

/** Keys of tokens and signing in through others. */
export const tokens: Rows = {
  getSigningKeys: { ask: () => ({}) },
  listIdentityProviders: { ask: () => ({}) },
  // The matrix' shop has no provider: what is past the gate is not there.
  beginProviderSignIn: { ask: () => ({ params: { provider: 'none' }, body: { redirectUri: PAGE } }), past: [404] },
  completeProviderSignIn: { ask: () => ({ params: { provider: 'none' }, body: BACK }), past: [404] },
  beginProviderLink: { ask: () => ({ params: { provider: 'none' }, body: { redirectUri: PAGE } }), past: [404] },
  completeProviderLink: { ask: () => ({ params: { provider: 'none' }, body: BACK }), past: [404] },
  listOwnIdentities: { ask: () => ({}) },
  unlinkProvider: {
    ask: (_, { password }) => ({ params: { provider: 'none' }, body: password === '' ? {} : { password } }),
    past: [404],
  },
};
