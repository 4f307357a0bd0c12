import { Body, Controller, Get, Header, HttpCode, Param, Post } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiParam, ApiTags } from '@nestjs/swagger';
import { Authenticated, CurrentUser, type SignedIn } from '../../platform/access/index.js';
import { ApiLimit, ApiOperationOf, ApiProblems } from '../../platform/http/index.js';
import { Identities } from '../app/identities.service.js';
import { OidcFlow } from '../app/oidc-flow.service.js';
import { ProofOfPerson } from '../app/proof-of-person.js';
import type { ExternalIdentity } from '../data/external-identities.repository.js';
import { PROVIDER } from './oidc.controller.js';
import {
  IdentitiesResponse,
  IdentityResponse,
  OidcCallbackRequest,
  OidcLinkRequest,
  OidcStartResponse,
} from './oidc.dto.js';
import { ProofRequest } from './proof.dto.js';

/** The providers that one's own account is linked to. */
@ApiTags('auth')
@Controller('v1/auth')
export class IdentitiesController {
  constructor(
    private readonly flow: OidcFlow,
    private readonly identities: Identities,
    private readonly proofs: ProofOfPerson,
  ) {}

  @Get('identities')
  @Authenticated()
  @ApiOperationOf('listOwnIdentities', 'Linked providers', 'By which providers the account can be signed in to.')
  @ApiOkResponse({ type: IdentitiesResponse, description: 'The providers' })
  @ApiProblems(400)
  async list(@CurrentUser() user: SignedIn): Promise<IdentitiesResponse> {
    return { items: (await this.identities.list(user)).map(toResponse) };
  }

  @Post('oidc/:provider/link')
  @HttpCode(200)
  @Authenticated()
  @ApiLimit()
  @Header('cache-control', 'no-store')
  @ApiParam(PROVIDER)
  @ApiOperationOf(
    'beginProviderLink',
    'Begin to link a provider',
    'Takes the password or a code of the second factor, and gives the address that the browser goes to.',
  )
  @ApiOkResponse({ type: OidcStartResponse, description: 'Where to go' })
  @ApiProblems(400, 403, 404, 413, 415, 422, 503)
  async begin(
    @CurrentUser() user: SignedIn,
    @Param('provider') provider: string,
    @Body() { redirectUri, ...proof }: OidcLinkRequest,
  ): Promise<OidcStartResponse> {
    // Before the proof, which may use a code up.
    this.flow.requireGood(provider, redirectUri);
    await this.proofs.require(user, proof);
    return this.flow.begin(provider, redirectUri, { kind: 'link', userId: user.userId });
  }

  @Post('oidc/:provider/link/callback')
  @HttpCode(200)
  @Authenticated()
  @Header('cache-control', 'no-store')
  @ApiParam(PROVIDER)
  @ApiOperationOf(
    'completeProviderLink',
    'Link a provider',
    'Takes the token of the begin, once, by the account that began. An account has one sign-in of each provider at most.',
  )
  @ApiOkResponse({ type: IdentityResponse, description: 'Linked' })
  @ApiProblems(400, 404, 409, 413, 415, 422, 503)
  async link(
    @CurrentUser() user: SignedIn,
    @Param('provider') provider: string,
    @Body() body: OidcCallbackRequest,
  ): Promise<IdentityResponse> {
    return toResponse(await this.identities.link(user, provider, body));
  }

  @Post('identities/:provider/remove')
  @HttpCode(204)
  @Authenticated()
  @ApiLimit()
  @ApiParam(PROVIDER)
  @ApiOperationOf(
    'unlinkProvider',
    'Unlink a provider',
    'Takes the password or a code of the second factor. The last way of signing in stays (409).',
  )
  @ApiNoContentResponse({ description: 'Unlinked' })
  @ApiProblems(400, 403, 404, 409, 413, 415, 422, 503)
  async unlink(
    @CurrentUser() user: SignedIn,
    @Param('provider') provider: string,
    @Body() proof: ProofRequest,
  ): Promise<void> {
    await this.proofs.require(user, proof);
    await this.identities.unlink(user, provider);
  }
}

function toResponse({ provider, createdAt, lastUsedAt }: ExternalIdentity): IdentityResponse {
  return { provider, linkedAt: createdAt.toISOString(), lastUsedAt: lastUsedAt?.toISOString() ?? null };
}
