import { Body, Controller, Delete, Get, Header, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import {
  ApiAcceptedResponse,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import {
  CurrentActor,
  CurrentUser,
  Public,
  RequirePermission,
  type Actor,
  type SignedIn,
} from '../../platform/access/index.js';
import {
  ApiOperationOf,
  ApiProblems,
  JsonText,
  PageQuery,
  readTimeKeys,
  timeKeysOf,
  toPage,
} from '../../platform/http/index.js';
import { ApiIdempotencyKey, IdempotencyKey, useOfUsersKey } from '../../platform/idempotency/index.js';
import { LimitByAddress } from '../../platform/limits/index.js';
import { AcceptInvitation } from '../app/accept-invitation.service.js';
import { Invitations, type Invitation } from '../app/invitations.service.js';
import type { SignInResponse } from './auth.dto.js';
import {
  AcceptInvitationRequest,
  InvitationResponse,
  InvitationsPageResponse,
  InviteRequest,
} from './invitation.dto.js';
import { LINK_CONFIRM } from './link-limits.js';
import { ApiSignInOutcome, type SecondFactorResponse } from './second-step.dto.js';
import { toOutcomeResponse } from './sign-in.mapper.js';

const USER_ID = { name: 'userId', description: 'The account', example: '0198c5f0-7b7e-7000-8000-000000000001' };

@ApiTags('invitations')
@Controller('v1')
export class InvitationsController {
  constructor(
    private readonly invitations: Invitations,
    private readonly acceptance: AcceptInvitation,
  ) {}

  @Get('invitations')
  @RequirePermission('users:read')
  @ApiOperationOf(
    'listInvitations',
    'Invitations',
    'Those that nobody has accepted, also those whose link has run out; the one mailed last first.',
  )
  @ApiOkResponse({ type: InvitationsPageResponse, description: 'A page of invitations' })
  @ApiProblems(400, 422)
  async list(@Query() { limit, cursor }: PageQuery): Promise<InvitationsPageResponse> {
    const rows = await this.invitations.list(readTimeKeys(cursor), limit);
    return toPage(
      rows,
      limit,
      (row) => timeKeysOf({ createdAt: row.createdAt, id: row.tokenId }),
      toInvitationResponse,
    );
  }

  @Post('invitations')
  @RequirePermission('users:write')
  @ApiIdempotencyKey()
  @ApiOperationOf(
    'inviteUser',
    'Invite somebody',
    'Makes an account with these roles and mails a link, good for seven days, with which its owner chooses a password. Nobody can ' +
      'invite to permissions beyond their own.',
  )
  @ApiCreatedResponse({ type: InvitationResponse, description: 'The invitation' })
  @ApiProblems(400, 409, 413, 415, 422)
  async invite(
    @CurrentUser() user: SignedIn,
    @Body() body: InviteRequest,
    @IdempotencyKey() key: string | undefined,
  ): Promise<JsonText> {
    const use = useOfUsersKey(user, key, 'POST /v1/invitations', body);
    return new JsonText((await this.invitations.invite(user, body, use, write)).body);
  }

  @Post('invitations/:userId/resend')
  @HttpCode(202)
  @ApiParam(USER_ID)
  @RequirePermission('users:write')
  @ApiIdempotencyKey()
  @ApiOperationOf(
    'resendInvitation',
    'Send an invitation again',
    'With a new link that is good for seven days; the earlier one no longer is.',
  )
  @ApiAcceptedResponse({ type: InvitationResponse, description: 'The invitation as it is now' })
  @ApiProblems(400, 404, 409, 413, 415, 422)
  async resend(
    @CurrentUser() user: SignedIn,
    @Param('userId') userId: string,
    @IdempotencyKey() key: string | undefined,
  ): Promise<JsonText> {
    const use = useOfUsersKey(user, key, `POST /v1/invitations/${userId}/resend`, {});
    return new JsonText((await this.invitations.resend(user, userId, use, write)).body);
  }

  @Delete('invitations/:userId')
  @HttpCode(204)
  @ApiParam(USER_ID)
  @RequirePermission('users:write')
  @ApiOperationOf(
    'withdrawInvitation',
    'Take an invitation back',
    'Its link is no longer good, and the account, which nobody has used, is gone.',
  )
  @ApiNoContentResponse({ description: 'Taken back' })
  @ApiProblems(400, 404, 422)
  async withdraw(@CurrentUser() user: SignedIn, @Param('userId') userId: string): Promise<void> {
    await this.invitations.withdraw(user, userId);
  }

  @Post('auth/invitations/accept')
  @HttpCode(200)
  @Public({ ignoresBearer: true })
  @LimitByAddress(LINK_CONFIRM)
  @Header('cache-control', 'no-store')
  @ApiOperationOf(
    'acceptInvitation',
    'Accept an invitation',
    'Takes the token that was mailed, once, gives the account its password and signs in. The address counts as confirmed.',
  )
  @ApiSignInOutcome()
  @ApiProblems(400, 403, 413, 415, 422, 503)
  async accept(
    @Body() body: AcceptInvitationRequest,
    @CurrentActor() actor: Actor,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SignInResponse | SecondFactorResponse> {
    return toOutcomeResponse(await this.acceptance.accept(actor, body), reply);
  }
}

function write(invitation: Invitation): string {
  return JSON.stringify(toInvitationResponse(invitation));
}

function toInvitationResponse({ user, createdAt, expiresAt }: Invitation): InvitationResponse {
  return {
    userId: user.id,
    email: user.email,
    name: user.name,
    roles: [...user.roles],
    sentAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
  };
}
