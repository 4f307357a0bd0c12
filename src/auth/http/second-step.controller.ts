import { Body, Controller, Header, HttpCode, Post, Res } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentActor, Public, type Actor } from '../../platform/access/index.js';
import { ApiOperationOf, ApiProblems } from '../../platform/http/index.js';
import { LimitByAddress } from '../../platform/limits/index.js';
import { SecondStep } from '../app/second-step.service.js';
import { SignInResponse } from './auth.dto.js';
import { SecondStepRequest } from './second-step.dto.js';
import { SIGN_IN } from './sign-in-limits.js';
import { toSignInResponse } from './sign-in.mapper.js';

@ApiTags('auth')
@Controller('v1/auth/login')
export class SecondStepController {
  constructor(private readonly secondStep: SecondStep) {}

  @Post('second-factor')
  @HttpCode(200)
  @Public({ ignoresBearer: true })
  @LimitByAddress(SIGN_IN)
  @Header('cache-control', 'no-store')
  @ApiOperationOf(
    'signInWithSecondFactor',
    'Sign in, second step',
    'Shows a code of the authenticator app or a recovery code. Five wrong codes end the step, and so do five minutes, a change of ' +
      'the password and the end of the account: the sign-in then begins again.',
  )
  @ApiOkResponse({ type: SignInResponse, description: 'The account and its tokens' })
  @ApiProblems(400, 401, 413, 415, 422, 503)
  async complete(
    @Body() body: SecondStepRequest,
    @CurrentActor() { origin }: Actor,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SignInResponse> {
    return toSignInResponse(await this.secondStep.complete(body.token, body.code, origin), reply);
  }
}
