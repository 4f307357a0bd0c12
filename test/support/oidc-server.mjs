/**
 * A real OpenID Connect provider (oidc-provider) as a process of its own, on a free port of 127.0.0.1, with one client and whatever accounts
 * it is told of. Whoever comes is signed in as the account that was named last, without being asked.
 * Messages: { account: { sub, email, email_verified, name } }, { redirectUris: [...] }. It says { port } once it listens.
 */
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const [clientId, clientSecret, ...redirectUris] = process.argv.slice(2);
const accounts = new Map();
let present;

const server = createServer((request, response) => void handle(request, response));
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address();

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: clientId,
      client_secret: clientSecret,
      redirect_uris: redirectUris,
      response_types: ['code'],
      grant_types: ['authorization_code'],
      token_endpoint_auth_method: 'client_secret_basic',
    },
  ],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
  pkce: { methods: ['S256'], required: () => true },
  features: { devInteractions: { enabled: false } },
  cookies: { keys: ['a key of a test'] },
  interactions: { url: (_, { uid }) => `/interaction/${uid}` },
  findAccount: (_, id) => ({ accountId: id, claims: () => accounts.get(id) ?? { sub: id } }),
});
const callback = provider.callback();

async function handle(request, response) {
  if (!request.url.startsWith('/interaction/')) return callback(request, response);
  const details = await provider.interactionDetails(request, response);
  if (present === undefined) {
    const refused = { error: 'access_denied', error_description: 'nobody is there' };
    return provider.interactionFinished(request, response, refused, { mergeWithLastSubmission: false });
  }
  const grant = new provider.Grant({ accountId: present, clientId: details.params.client_id });
  grant.addOIDCScope('openid email profile');
  const grantId = await grant.save();
  const result = { login: { accountId: present, remember: false }, consent: { grantId } };
  return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

process.on('message', ({ account }) => {
  if (account) accounts.set(account.sub, account);
  present = account?.sub;
  process.send({ done: true });
});
process.on('disconnect', () => process.exit(0));
process.send({ port });
