import { Body, Controller, HttpCode, Post, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiNoContentResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentActor, Public, type Actor } from '../../platform/access/index.js';
import { ApiOperationOf, ApiProblems } from '../../platform/http/index.js';
import { LimitByAddress } from '../../platform/limits/index.js';
import { RequestPasswordReset } from '../app/request-password-reset.service.js';
import { ResetPassword } from '../app/reset-password.service.js';
import { LINK_CONFIRM, LINK_REQUEST, LinkLimits } from './link-limits.js';
import { RequestPasswordResetRequest, ResetPasswordRequest } from './link.dto.js';

@ApiTags('auth')
@Controller('v1/auth/password-reset')
export class PasswordResetController {
  constructor(
    private readonly requests: RequestPasswordReset,
    private readonly resets: ResetPassword,
    private readonly limits: LinkLimits,
  ) {}

  @Post()
  @HttpCode(202)
  @Public({ ignoresBearer: true })
  @LimitByAddress(LINK_REQUEST)
  @ApiOperationOf(
    'requestPasswordReset',
    'Ask for a new password',
    'Mails a link that is good for 30 minutes, if there is an account with the address. The answer is the same if there is none.',
  )
  @ApiAcceptedResponse({ description: 'If there is such an account, the mail is on its way' })
  @ApiProblems(400, 413, 415, 422)
  async ask(
    @Body() { email }: RequestPasswordResetRequest,
    @CurrentActor() actor: Actor,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    await this.limits.count(email, reply);
    await this.requests.ask(actor, email);
  }

  @Post('confirm')
  @HttpCode(204)
  @Public({ ignoresBearer: true })
  @LimitByAddress(LINK_CONFIRM)
  @ApiOperationOf(
    'resetPassword',
    'Set a new password',
    'Takes the token that was mailed, once. Ends every session of the account and signs nobody in; a second factor is still asked for at the next sign-in.',
  )
  @ApiNoContentResponse({ description: 'Set; sign in with it' })
  @ApiProblems(400, 413, 415, 422, 503)
  async reset(@Body() { token, password }: ResetPasswordRequest, @CurrentActor() actor: Actor): Promise<void> {
    await this.resets.reset(actor, token, password);
  }
}
