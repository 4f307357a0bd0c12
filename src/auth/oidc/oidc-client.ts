import { Inject, Injectable } from '@nestjs/common';
import type { Configuration } from 'openid-client';
import type { Logger } from 'pino';
import { Config, type OidcProvider } from '../../platform/config/index.js';
import { LOGGER } from '../../platform/observability/logger.js';
import { ProviderRefusedError, ProviderUnavailableError } from './oidc.errors.js';
import { personOf, type OidcPerson } from './oidc-person.js';

/** How long any one request to a provider may take. */
const TIMEOUT_SECONDS = 5;
/** How long what a provider publishes of itself is taken for true. */
const FRESH_MS = 3_600_000;

/** openid-client's codes of an answer that is no answer. */
const UNAVAILABLE = new Set([
  'OAUTH_TIMEOUT',
  'OAUTH_ABORT',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
  'OAUTH_PARSE_ERROR',
  'OAUTH_WWW_AUTHENTICATE_CHALLENGE',
]);

/** What a sign-in keeps to itself until the person comes back. */
export interface OidcChecks {
  readonly state: string;
  readonly nonce: string;
  /** PKCE (RFC 7636): only who began can redeem the code. */
  readonly verifier: string;
  readonly redirectUri: string;
}

interface Known {
  readonly configuration: Promise<Configuration>;
  readonly since: number;
}

/** Speaks to OpenID Connect providers: the authorization code flow with PKCE, state, nonce and the issuer's own name (RFC 9700, 2.1). */
@Injectable()
export class OidcClient {
  private readonly known = new Map<string, Known>();

  constructor(
    private readonly config: Config,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Where the person goes, and what is to be kept until they come back.
   * @throws ProviderUnavailableError `auth.provider_unavailable` (503)
   */
  async begin(provider: OidcProvider, redirectUri: string): Promise<{ url: string; checks: OidcChecks }> {
    const configuration = await this.configurationOf(provider);
    const oidc = await load();
    const checks = {
      state: oidc.randomState(),
      nonce: oidc.randomNonce(),
      verifier: oidc.randomPKCECodeVerifier(),
      redirectUri,
    };
    const url = oidc.buildAuthorizationUrl(configuration, {
      redirect_uri: redirectUri,
      scope: [...new Set(['openid', ...provider.scopes])].join(' '),
      state: checks.state,
      nonce: checks.nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(checks.verifier),
      code_challenge_method: 'S256',
    });
    return { url: url.href, checks };
  }

  /**
   * Who has come back, by what they brought with them.
   * @param query of the address to which the provider has sent them
   * @throws ProviderRefusedError `auth.provider_refused` (401), ProviderUnavailableError `auth.provider_unavailable` (503)
   */
  async finish(provider: OidcProvider, query: string, checks: OidcChecks): Promise<OidcPerson> {
    const callback = new URL(checks.redirectUri);
    callback.search = query;
    const configuration = await this.configurationOf(provider);
    const oidc = await load();
    return this.ask(provider, isUnavailable, async () => {
      const tokens = await oidc.authorizationCodeGrant(configuration, callback, {
        expectedState: checks.state,
        expectedNonce: checks.nonce,
        pkceCodeVerifier: checks.verifier,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (!claims) throw new ProviderRefusedError();
      const isComplete = claims['email'] !== undefined || !configuration.serverMetadata().userinfo_endpoint;
      const more = isComplete ? {} : await oidc.fetchUserInfo(configuration, tokens.access_token, claims.sub);
      return personOf(claims.sub, { ...more, ...claims });
    });
  }

  /** What the provider publishes of itself (OpenID Connect Discovery): asked when it is first needed, and now and then anew. */
  private configurationOf(provider: OidcProvider): Promise<Configuration> {
    const known = this.known.get(provider.name);
    if (known && performance.now() - known.since < FRESH_MS) return known.configuration;
    // Whatever is wrong with what it publishes, nothing that the person has brought is.
    const configuration = this.ask(
      provider,
      () => true,
      () => this.discover(provider),
    );
    this.known.set(provider.name, { configuration, since: performance.now() });
    // What failed is asked again by whoever comes next.
    configuration.catch(() => this.known.delete(provider.name));
    return configuration;
  }

  private async discover({ issuer, clientId, clientSecret }: OidcProvider): Promise<Configuration> {
    const oidc = await load();
    const plain = issuer.startsWith('http:') && !this.config.production;
    return oidc.discovery(new URL(issuer), clientId, clientSecret, oidc.ClientSecretBasic(clientSecret), {
      timeout: TIMEOUT_SECONDS,
      // OpenID Connect lets a client believe an ID token that came straight from the provider without looking at its signature.
      execute: [oidc.enableNonRepudiationChecks, ...(plain ? [oidc.allowInsecureRequests] : [])],
    });
  }

  private async ask<T>(
    { name: provider }: OidcProvider,
    means503: (error: ProviderFailure) => boolean,
    work: () => Promise<T>,
  ): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const failure = error as ProviderFailure;
      const { name, code, error: reason, status } = failure;
      this.logger.warn({ provider, name, code, reason, status }, 'sign-in with a provider failed');
      throw means503(failure) ? new ProviderUnavailableError() : new ProviderRefusedError();
    }
  }
}

/** What openid-client throws, and what `fetch` does under it. */
interface ProviderFailure {
  readonly name?: string;
  readonly code?: string;
  /** As the provider says it (RFC 6749, 5.2). */
  readonly error?: string;
  readonly status?: number;
  readonly cause?: unknown;
}

/** Only where somebody signs in so: most shops never need it. */
function load() {
  return import('openid-client');
}

/** Nobody there, no answer that is one, or a provider that does not know this shop by its secret: nothing that the person could change. */
function isUnavailable({ name, code, error, cause }: ProviderFailure): boolean {
  if (name === 'TypeError' || name === 'TimeoutError' || error === 'invalid_client') return true;
  if (code !== undefined && UNAVAILABLE.has(code)) return true;
  return cause !== null && typeof cause === 'object' && isUnavailable(cause);
}
