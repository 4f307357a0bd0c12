/** An OpenID Connect provider that customers and staff may sign in with. */
export interface OidcProvider {
  /** Stands in addresses and in the database: small letters, digits, dashes. */
  readonly name: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Beside `openid`; `email` must be among them for accounts to be found or made. */
  readonly scopes: readonly string[];
}

const FORM =
  'OIDC_PROVIDERS must be JSON such as [{"name":"google","issuer":"https://accounts.google.com","clientId":"…","clientSecret":"…"}]';

/** What is wrong with the variable, a line each; its values are never told. */
export function oidcFaults(
  text: string | undefined,
  redirectUris: readonly string[] | undefined,
  production: boolean,
): string[] {
  if (text === undefined) return [];
  const entries = parse(text);
  if (!entries?.every(isProvider)) return [FORM];
  const names = entries.map(({ name }) => name);
  const plain = (url: string) => production && !url.startsWith('https:');
  return [
    ...(new Set(names).size === names.length ? [] : ['OIDC_PROVIDERS names a provider twice']),
    ...(entries.every(({ issuer }) => URL.canParse(issuer)) ? [] : [FORM]),
    ...(entries.some(({ issuer }) => plain(issuer)) ? ['OIDC_PROVIDERS: issuers must be https in production'] : []),
    ...(redirectUris?.length ? [] : ['OIDC_PROVIDERS needs OIDC_REDIRECT_URIS']),
    ...(redirectUris?.some(plain) ? ['OIDC_REDIRECT_URIS must be https in production'] : []),
  ];
}

/** The providers of a variable without faults. */
export function readOidcProviders(text: string | undefined): OidcProvider[] {
  if (text === undefined) return [];
  return (parse(text) ?? []).filter(isProvider).map(({ name, issuer, clientId, clientSecret, scopes }) => ({
    name,
    issuer,
    clientId,
    clientSecret,
    scopes: scopes ?? ['email', 'profile'],
  }));
}

type Entry = Partial<Record<string, unknown>>;

function parse(text: string): Entry[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((entry) => entry !== null && typeof entry === 'object')
      ? (value as Entry[])
      : undefined;
  } catch {
    return undefined;
  }
}

function isProvider(entry: Entry): entry is Entry & Omit<OidcProvider, 'scopes'> & { scopes?: string[] } {
  const { name, issuer, clientId, clientSecret, scopes } = entry;
  return (
    typeof name === 'string' &&
    /^[a-z][a-z0-9-]{0,30}$/.test(name) &&
    typeof issuer === 'string' &&
    /^https?:\/\/\S+$/.test(issuer) &&
    typeof clientId === 'string' &&
    clientId !== '' &&
    typeof clientSecret === 'string' &&
    clientSecret !== '' &&
    (scopes === undefined || (Array.isArray(scopes) && scopes.every((scope) => typeof scope === 'string')))
  );
}
