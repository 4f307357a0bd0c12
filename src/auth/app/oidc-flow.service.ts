import { Injectable } from '@nestjs/common';
import { Config, type OidcProvider } from '../../platform/config/index.js';
import { NotFoundError } from '../../platform/errors/index.js';
import type { UserId } from '../../platform/ids/index.js';
import { Clock } from '../../platform/time/index.js';
import { SignInStepInvalidError } from '../auth.errors.js';
import { SignInStepsRepository } from '../data/sign-in-steps.repository.js';
import { OidcClient, type OidcChecks } from '../oidc/oidc-client.js';
import { RedirectNotAllowedError } from '../oidc/oidc.errors.js';
import type { OidcPerson } from '../oidc/oidc-person.js';
import { hashStepToken, newStepToken } from '../tokens/step-token.js';

/** How long somebody may be with the provider. */
const STEP_MS = 10 * 60_000;

/** What is begun: a sign-in, or the linking of the provider to the account that is signed in. */
export type OidcPurpose =
  { readonly kind: 'sign_in'; readonly cookie: boolean } | { readonly kind: 'link'; readonly userId: UserId };

export interface OidcStart {
  /** Where the browser goes. */
  readonly url: string;
  /** Stays with the page that has begun, and shows afterwards that it is the same one. */
  readonly token: string;
  /** Seconds. */
  readonly expiresIn: number;
}

/** What came back to the page, and the token that it has kept. */
export interface OidcReturn {
  readonly token: string;
  readonly callbackUrl: string;
}

interface StepData extends OidcChecks {
  readonly provider: string;
  readonly cookie: boolean;
}

/** The way to a provider and back. Each way is good once, for ten minutes, for the page that has begun it, and for what it was begun for. */
@Injectable()
export class OidcFlow {
  constructor(
    private readonly config: Config,
    private readonly client: OidcClient,
    private readonly steps: SignInStepsRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * The provider, where the person may be sent to it and back.
   * @throws NotFoundError `provider.not_found` (404), RedirectNotAllowedError `auth.redirect_not_allowed` (422)
   */
  requireGood(name: string, redirectUri: string): OidcProvider {
    const provider = this.provider(name);
    if (!this.config.oidcRedirectUris.includes(redirectUri)) throw new RedirectNotAllowedError('/redirectUri');
    return provider;
  }

  /**
   * @throws NotFoundError `provider.not_found` (404), RedirectNotAllowedError `auth.redirect_not_allowed` (422),
   *   ProviderUnavailableError `auth.provider_unavailable` (503)
   */
  async begin(name: string, redirectUri: string, purpose: OidcPurpose): Promise<OidcStart> {
    const provider = this.requireGood(name, redirectUri);
    const { url, checks } = await this.client.begin(provider, redirectUri);
    const token = newStepToken();
    const createdAt = this.clock.now();
    await this.steps.insert({
      kind: 'oidc',
      hash: hashStepToken(token),
      ...(purpose.kind === 'link' ? { userId: purpose.userId } : {}),
      data: { ...checks, provider: name, cookie: purpose.kind === 'sign_in' && purpose.cookie },
      createdAt,
      expiresAt: new Date(createdAt.getTime() + STEP_MS),
    });
    return { url, token, expiresIn: STEP_MS / 1000 };
  }

  /**
   * Who has come back to the page that began, for the account that began (undefined: for a sign-in).
   * @throws NotFoundError `provider.not_found` (404), SignInStepInvalidError `auth.sign_in_step_invalid` (401),
   *   RedirectNotAllowedError `auth.redirect_not_allowed` (422), ProviderRefusedError `auth.provider_refused` (401),
   *   ProviderUnavailableError `auth.provider_unavailable` (503)
   */
  async finish(
    name: string,
    { token, callbackUrl }: OidcReturn,
    userId: UserId | undefined,
  ): Promise<{ person: OidcPerson; cookie: boolean }> {
    const provider = this.provider(name);
    // Taken first: whatever comes of it, nobody can try it again.
    const step = await this.steps.take('oidc', hashStepToken(token), this.clock.now());
    const data = step?.data as StepData | undefined;
    if (!step || !data || data.provider !== name || step.userId !== userId) throw new SignInStepInvalidError();
    const [address, ...query] = callbackUrl.split('?');
    if (address !== data.redirectUri) throw new RedirectNotAllowedError('/callbackUrl');
    return {
      person: await this.client.finish(provider, query.join('?').split('#', 1)[0] ?? '', data),
      cookie: data.cookie,
    };
  }

  private provider(name: string): OidcProvider {
    const provider = this.config.oidcProviders.find((one) => one.name === name);
    if (!provider) throw new NotFoundError('provider');
    return provider;
  }
}
