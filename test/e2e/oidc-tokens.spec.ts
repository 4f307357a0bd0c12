import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { UntrueProvider, type Untruth } from '../support/untrue-provider.js';

const PAGE = 'https://shop.example.com/signed-in';
const CLIENT_ID = 'shop';

let shop: TestApp;
let provider: UntrueProvider;

beforeAll(async () => {
  provider = await UntrueProvider.start(CLIENT_ID);
  const client = { clientId: CLIENT_ID, clientSecret: 'a secret of this test that is long enough' };
  shop = await startTestApp({
    OIDC_PROVIDERS: JSON.stringify([
      { name: 'local', issuer: provider.issuer, ...client },
      { name: 'alias', issuer: provider.alias, ...client },
    ]),
    OIDC_REDIRECT_URIS: PAGE,
  });
});
afterAll(async () => {
  await shop.close();
  provider.stop();
});

const start = (name = 'local') =>
  shop.guest.post<{ url: string; token: string; code?: string }>(`/v1/auth/oidc/${name}/start`, { redirectUri: PAGE });

async function signIn(untruth: Untruth) {
  const { json } = await start();
  const callbackUrl = provider.sendBack(json.url, untruth);
  const answer = await shop.guest.post<{ code?: string }>('/v1/auth/oidc/local/callback', {
    token: json.token,
    callbackUrl,
  });
  return [answer.status, answer.json.code];
}

describe('an ID token', () => {
  it('that is as it should be signs in', async () => {
    expect(await signIn({})).toEqual([200, undefined]);
  });

  it.each<[string, Untruth]>([
    ['is for another client', { claims: { aud: 'another shop' } }],
    ['is for another client as well, and was asked for by that one', { claims: { aud: [CLIENT_ID, 'x'], azp: 'x' } }],
    ['is for nobody', { claims: { aud: undefined } }],
    ['is of another issuer', { claims: { iss: 'https://accounts.example.com' } }],
    ['answers another question', { claims: { nonce: 'another' } }],
    ['answers no question', { claims: { nonce: undefined } }],
    ['has run out', { claims: { exp: Math.floor(Date.now() / 1000) - 300 } }],
    ['names nobody', { claims: { sub: undefined } }],
    ['is signed with another key', { by: 'another key' }],
    ['is not signed', { by: 'nobody' }],
  ])('that %s is refused', async (_, untruth) => {
    expect(await signIn(untruth)).toEqual([401, 'auth.provider_refused']);
  });
});

it('a provider that calls itself by another name than the configured one is not asked', async () => {
  const { status, json } = await start('alias');
  expect([status, json.code]).toEqual([503, 'auth.provider_unavailable']);
});
