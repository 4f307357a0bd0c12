import { Body, Controller, Get, Header, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiOkResponse, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentActor, Public, type Actor } from '../../platform/access/index.js';
import { Config } from '../../platform/config/index.js';
import { ApiOperationOf, ApiProblems } from '../../platform/http/index.js';
import { LimitByAddress } from '../../platform/limits/index.js';
import { OidcFlow } from '../app/oidc-flow.service.js';
import { OidcSignIn } from '../app/oidc-sign-in.service.js';
import type { SignInResponse } from './auth.dto.js';
import { OidcCallbackRequest, OidcProvidersResponse, OidcStartRequest, OidcStartResponse } from './oidc.dto.js';
import { ApiSignInOutcome, type SecondFactorResponse } from './second-step.dto.js';
import { SIGN_IN } from './sign-in-limits.js';
import { toOutcomeResponse } from './sign-in.mapper.js';

export const PROVIDER = {
  name: 'provider',
  description: 'The name of the provider',
  schema: { type: 'string', pattern: '^[a-z][a-z0-9-]*$', maxLength: 31 },
  example: 'google',
} as const;

/** Signing in through an OpenID Connect provider: to it, and back. */
@ApiTags('auth')
@Controller('v1/auth/oidc')
export class OidcController {
  constructor(
    private readonly config: Config,
    private readonly flow: OidcFlow,
    private readonly signIns: OidcSignIn,
  ) {}

  @Get()
  @Public({ ignoresBearer: true })
  @ApiOperationOf(
    'listIdentityProviders',
    'Identity providers',
    'With whom one can sign in, for the buttons of a page.',
  )
  @ApiOkResponse({ type: OidcProvidersResponse, description: 'The providers; often none' })
  @ApiProblems(400)
  list(): OidcProvidersResponse {
    const items = this.config.oidcProviders.map(({ name, issuer }) => ({
      name,
      issuer,
      startUrl: `/v1/auth/oidc/${name}/start`,
    }));
    return { items };
  }

  @Post(':provider/start')
  @HttpCode(200)
  @Public({ ignoresBearer: true })
  @LimitByAddress(SIGN_IN)
  @Header('cache-control', 'no-store')
  @ApiParam(PROVIDER)
  @ApiOperationOf(
    'beginProviderSignIn',
    'Begin a sign-in with a provider',
    'Gives the address that the browser goes to, and a token that the page keeps until the person is back.',
  )
  @ApiOkResponse({ type: OidcStartResponse, description: 'Where to go' })
  @ApiProblems(400, 403, 404, 413, 415, 422, 503)
  start(@Param('provider') provider: string, @Body() body: OidcStartRequest): Promise<OidcStartResponse> {
    return this.flow.begin(provider, body.redirectUri, { kind: 'sign_in', cookie: body.cookie ?? false });
  }

  @Post(':provider/callback')
  @HttpCode(200)
  @Public({ ignoresBearer: true })
  @LimitByAddress(SIGN_IN)
  @Header('cache-control', 'no-store')
  @ApiParam(PROVIDER)
  @ApiOperationOf(
    'completeProviderSignIn',
    'Complete a sign-in with a provider',
    'Takes the token of the start, once, and what the provider has sent back. An account with the same address is linked only when both the provider ' +
      'and the shop have verified it (else 409 `auth.identity_not_linked`); where there is none, a customer is made.',
  )
  @ApiSignInOutcome()
  @ApiProblems(400, 401, 404, 409, 413, 415, 422, 503)
  async callback(
    @Param('provider') provider: string,
    @Body() body: OidcCallbackRequest,
    @CurrentActor() { origin }: Actor,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SignInResponse | SecondFactorResponse> {
    return toOutcomeResponse(await this.signIns.signIn(provider, body, origin), reply);
  }
}
