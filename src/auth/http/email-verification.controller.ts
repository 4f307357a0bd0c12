import { Body, Controller, HttpCode, Post, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiNoContentResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import {
  Authenticated,
  CurrentActor,
  CurrentUser,
  Public,
  type Actor,
  type SignedIn,
} from '../../platform/access/index.js';
import { ApiLimit, ApiOperationOf, ApiProblems } from '../../platform/http/index.js';
import { LimitByAddress } from '../../platform/limits/index.js';
import { VerifyEmail } from '../app/verify-email.service.js';
import { LINK_CONFIRM, LinkLimits } from './link-limits.js';
import { ChangeEmailRequest, TokenRequest } from './link.dto.js';

@ApiTags('auth')
@Controller('v1')
export class EmailVerificationController {
  constructor(
    private readonly emails: VerifyEmail,
    private readonly limits: LinkLimits,
  ) {}

  @Post('auth/email-verification')
  @HttpCode(202)
  @Authenticated()
  @ApiLimit()
  @ApiOperationOf(
    'requestEmailVerification',
    "Confirm one's e-mail address: ask for another mail",
    'The first mail goes out when the account is made. Its link is good for 24 hours, and the earlier one no longer.',
  )
  @ApiAcceptedResponse({ description: 'The mail is on its way' })
  @ApiProblems(400, 409)
  async askAgain(@CurrentUser() user: SignedIn, @Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    await this.limits.count(user.userId, reply);
    await this.emails.askAgain(user);
  }

  @Post('auth/email-verification/confirm')
  @HttpCode(204)
  @Public({ ignoresBearer: true })
  @LimitByAddress(LINK_CONFIRM)
  @ApiOperationOf(
    'confirmEmail',
    'Confirm an e-mail address',
    'Takes the token that was mailed to the address, which then is the confirmed address of the account. Good once.',
  )
  @ApiNoContentResponse({ description: 'Confirmed' })
  @ApiProblems(400, 409, 413, 415, 422)
  async confirm(@Body() body: TokenRequest, @CurrentActor() actor: Actor): Promise<void> {
    await this.emails.confirm(actor, body.token);
  }

  @Post('users/me/email')
  @HttpCode(202)
  @Authenticated()
  @ApiLimit()
  @ApiTags('users')
  @ApiOperationOf(
    'changeOwnEmail',
    "Change one's e-mail address",
    'Takes the password, or a code of the second factor. The new address counts once the link that is mailed to it is ' +
      'followed; until then the account keeps the one it has, which gets a notice. Nothing tells whether somebody else has the address.',
  )
  @ApiAcceptedResponse({ description: 'The link is on its way to the new address' })
  @ApiProblems(400, 403, 413, 415, 422, 503)
  async change(
    @CurrentUser() user: SignedIn,
    @Body() { email, password, code }: ChangeEmailRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    await this.limits.count(user.userId, reply);
    await this.emails.change(user, email, { password, code });
  }
}
